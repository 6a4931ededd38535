#include "Tools/IoModelLab/Compare/EchoLoad.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <thread>

#include "ServerCore/Net/Session.h"
#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

constexpr std::chrono::seconds kPatience{15};
constexpr std::size_t kExpectedEchoes = 1'000'000;

servercore::ServiceConfig Config() {
    servercore::ServiceConfig config;
    config.name = "load";
    config.workers = 1;
    config.limits.firstPacketTimeout = std::chrono::milliseconds(0);
    config.limits.packetTimeout = std::chrono::milliseconds(0);
    config.limits.idleTimeout = std::chrono::milliseconds(0);
    config.limits.sendAge = std::chrono::milliseconds(0);
    config.stopTimeout = std::chrono::milliseconds(2000);
    return config;
}

double Percentile(std::vector<std::uint32_t>& latencies, double share) {
    if (latencies.empty()) {
        return 0;
    }
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(latencies.size() - 1));
    const auto place = latencies.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(latencies.begin(), place, latencies.end());
    return static_cast<double>(*place) / 1000.0;
}

}  // namespace

class LoadSession final : public servercore::Session {
public:
    explicit LoadSession(EchoLoad& load) : load_(load) {}

    void SendFrame() {
        servercore::SendBufferRef frame = load_.service_.Buffers().Allocate(EchoLoad::kFrameBytes);
        std::memset(frame->Writable().data(), 'x', frame->Size());
        ++load_.asked_;
        sentAt_ = load_.clock_.Now();
        Send(std::move(frame));
    }

private:
    void OnConnected() override { ++load_.connected_; }
    void OnConnectFailed(const servercore::CloseInfo& /*info*/) override { ++load_.lost_; }
    void OnDisconnected(const servercore::CloseInfo& info) override {
        load_.lost_ += info.reason == servercore::CloseReason::ServiceStopping ? 0U : 1U;
    }

    void OnReceived(servercore::ConstBytes bytes) override {
        received_ += bytes.size();
        if (received_ < EchoLoad::kFrameBytes) {
            return;
        }
        received_ = 0;
        const auto latency = std::chrono::nanoseconds(load_.clock_.Now() - sentAt_).count();
        if (load_.isRunning_) {
            load_.latencies_.push_back(
                static_cast<std::uint32_t>(std::clamp<std::int64_t>(latency, 0, std::numeric_limits<std::uint32_t>::max())));
            SendFrame();
        }
        ++load_.answers_;
    }

    EchoLoad& load_;
    std::size_t received_ = 0;
    servercore::TimePoint sentAt_;
};

EchoLoad::EchoLoad(servercore::platform::Network& network)
    : log_(servercore::Logger::ToStandardError("load", servercore::LogLevel::Error)), service_(network, Config(), clock_, log_) {
    if (const std::error_code error = service_.Start()) {
        throw SystemFailure("the load: " + error.message());
    }
    latencies_.reserve(kExpectedEchoes);
}

EchoLoad::~EchoLoad() {
    service_.Stop();
    while (service_.Wait(std::chrono::hours(1)) != servercore::WaitResult::Stopped) {
    }
}

template <class Condition>
bool EchoLoad::WaitUntil(Condition condition) const {
    const auto deadline = clock_.Now() + kPatience;
    while (!condition()) {
        if (clock_.Now() > deadline || lost_ > 0) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

bool EchoLoad::Connect(const servercore::NetAddress& server, std::size_t clients) {
    // Fewer at once than a listener's queue holds (SOMAXCONN may be as few as 128).
    constexpr std::size_t kAtOnce = 64;
    while (sessions_.size() < clients) {
        sessions_.push_back(std::make_shared<LoadSession>(*this));
        if (!service_.Connect(server, sessions_.back())) {
            return false;
        }
        if (!WaitUntil([&] { return sessions_.size() < connected_ + kAtOnce; })) {
            return false;
        }
    }
    return WaitUntil([&] { return connected_ == clients; });
}

bool EchoLoad::EchoOnce() {
    for (const auto& session : sessions_) {
        session->SendFrame();
    }
    return WaitUntil([&] { return answers_ == asked_; });
}

LoadFigures EchoLoad::Run(std::chrono::duration<double> time) {
    const std::uint64_t before = answers_;
    const auto start = clock_.Now();
    latencies_.clear();
    isRunning_ = true;
    for (const auto& session : sessions_) {
        session->SendFrame();
    }
    std::this_thread::sleep_for(time);
    // A slow turn through a thousand clients may take longer than that; a rate of nothing would say nothing.
    static_cast<void>(WaitUntil([&] { return answers_ >= before + sessions_.size(); }));
    LoadFigures figures;
    figures.echoes = answers_ - before;
    figures.seconds = std::chrono::duration<double>(clock_.Now() - start).count();
    isRunning_ = false;
    // What is still to come brings no next question; when it has come, the latencies are this thread's.
    if (WaitUntil([&] { return answers_ == asked_; })) {
        figures.p50Microseconds = Percentile(latencies_, 0.50);
        figures.p99Microseconds = Percentile(latencies_, 0.99);
    }
    return figures;
}

}  // namespace iolab
