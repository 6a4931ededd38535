#include "Tools/IoModelLab/Serve/ServeContext.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

constexpr std::chrono::milliseconds kAcceptPause{20};

}  // namespace

Socket ServeContext::OpenListener() {
    Socket listener = iolab::OpenListener(listen_);
    SayReady(listener.LocalAddress().ToString());
    return listener;
}

void ServeContext::SayReady(std::string_view address) {
    fmt::print("ready listen={}\n", address);
    std::fflush(stdout);
}

void ServeContext::Accepted() {
    servercore::MutexLock lock(mutex_);
    ++totals_.accepted;
}

void ServeContext::AcceptFailed(int error) {
    if (IsStopping()) {
        return;
    }
    {
        servercore::MutexLock lock(mutex_);
        ++totals_.acceptFailures;
    }
    Log(ErrorText("accept", error));
    std::this_thread::sleep_for(kAcceptPause);
}

void ServeContext::Refused(const Address& peer, std::string_view why) {
    {
        servercore::MutexLock lock(mutex_);
        ++totals_.refused;
    }
    Log(fmt::format("{} refused: {}", peer.ToString(), why));
}

bool ServeContext::Left(const Client& /*client*/) {
    servercore::MutexLock lock(mutex_);
    // Socket::Interrupt looks like a client that has left.
    ++(IsStopping() ? totals_.endedByStop : totals_.closedOrderly);
    return false;
}

bool ServeContext::Failed(const Client& client, std::string_view call, int error) {
    {
        servercore::MutexLock lock(mutex_);
        if (IsStopping()) {
            ++totals_.endedByStop;
            return false;
        }
        ++totals_.aborted;
    }
    Log(fmt::format("{} aborted: {}", client.peer.ToString(), ErrorText(call, error)));
    return false;
}

bool ServeContext::Take(Client& client, const char* data, int bytes) {
    const std::uint64_t framesBefore = client.echo.Frames();
    const bool isGood = client.echo.Take(data, static_cast<std::size_t>(bytes));
    {
        servercore::MutexLock lock(mutex_);
        totals_.frames += client.echo.Frames() - framesBefore;
        totals_.bytes += static_cast<std::uint64_t>(bytes);
        totals_.brokeFraming += isGood ? 0U : 1U;
    }
    if (!isGood) {
        Log(fmt::format("{} dropped: {} is not what --framing {} allows", client.peer.ToString(), client.echo.Mistake(),
                        framing_.ToString()));
    }
    return isGood;
}

void ServeContext::Stopped() {
    servercore::MutexLock lock(mutex_);
    ++totals_.endedByStop;
}

void ServeContext::Break(const std::string& why) {
    Log(why);
    hasBroken_ = true;
    stop_.Request();
}

void ServeContext::Log(const std::string& line) {
    servercore::MutexLock lock(logMutex_);
    fmt::print(stderr, "IoModelLab: {}\n", line);
    std::fflush(stderr);  // not a matter of course on Windows
}

Totals ServeContext::GetTotals() const {
    servercore::MutexLock lock(mutex_);
    return totals_;
}

}  // namespace iolab
