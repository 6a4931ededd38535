#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "DummyClient/Kit/Latencies.h"
#include "DummyClient/Report/RunReport.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Net/CloseReason.h"

namespace loadtest {

using DisconnectCounts = std::array<std::uint64_t, servercore::kCloseReasonCount>;

// Messages of the schedule that have been sent.
struct SendCounts {
    std::uint64_t sent = 0;
    std::uint64_t late = 0;
    std::int64_t worstLatenessUs = 0;
};

// What all bots of a run report to.
// Owner: LoadRun; outlives the bots.  Threads: safe from any.
class RunBoard {
public:
    // A message that is sent later than planned by more than this is late.
    static constexpr std::chrono::milliseconds kLateAfter{20};

    // `kinds`: the latencies that can be recorded. `lanes`: how many threads record at a time.
    RunBoard(std::vector<std::string> kinds, std::size_t lanes) : latencies(std::move(kinds), lanes) {}

    Latencies latencies;
    std::atomic<bool> isMeasuring = false;          // what is sent now: that of the ramp does not count
    std::atomic<std::uint64_t> connects = 0;        // tried, those to resume included
    std::atomic<std::uint64_t> connected = 0;       // those that somebody answered
    std::atomic<std::uint64_t> connectsFailed = 0;  // they or the login after them

    // A message that should have been sent at `intended` goes out now.
    void NoteSent(servercore::TimePoint intended, servercore::TimePoint now) noexcept;
    [[nodiscard]] SendCounts Sends() const noexcept;

    // `expected`: the run asked for it.
    void CountDisconnect(servercore::CloseReason reason, bool expected) SC_EXCLUDES(mutex_);
    // A connect that nobody answered; `error` may be empty.
    void NoteUnanswered(std::error_code error) SC_EXCLUDES(mutex_);
    // Why the server cannot be reached, when nobody has answered so far and somebody should have.
    [[nodiscard]] std::error_code WhyUnreachable() const SC_EXCLUDES(mutex_);

    // For people; the same text is kept once, with a count.
    void Report(const std::string& problem) SC_EXCLUDES(mutex_);

    [[nodiscard]] Counts Disconnects() const SC_EXCLUDES(mutex_);
    [[nodiscard]] std::uint64_t UnexpectedDisconnects() const SC_EXCLUDES(mutex_);
    [[nodiscard]] Counts Problems() const SC_EXCLUDES(mutex_);

private:
    std::atomic<std::uint64_t> sent_ = 0;
    std::atomic<std::uint64_t> late_ = 0;
    std::atomic<std::int64_t> worstLatenessUs_ = 0;

    mutable servercore::Mutex mutex_;
    DisconnectCounts disconnects_ SC_GUARDED_BY(mutex_){};
    std::error_code unanswered_ SC_GUARDED_BY(mutex_);  // the first
    std::uint64_t unexpectedDisconnects_ SC_GUARDED_BY(mutex_) = 0;
    Counts problems_ SC_GUARDED_BY(mutex_);
};

}  // namespace loadtest
