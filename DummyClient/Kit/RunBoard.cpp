#include "DummyClient/Kit/RunBoard.h"

namespace loadtest {

namespace {

// A broken server may complain in a thousand ways.
constexpr std::size_t kMaxProblems = 20;

}  // namespace

void RunBoard::NoteSent(servercore::TimePoint intended, servercore::TimePoint now) noexcept {
    const servercore::Duration lateness = now - intended;
    sent_.fetch_add(1, std::memory_order_relaxed);
    if (lateness > kLateAfter) {
        late_.fetch_add(1, std::memory_order_relaxed);
    }
    const std::int64_t us = std::chrono::duration_cast<std::chrono::microseconds>(lateness).count();
    std::int64_t worst = worstLatenessUs_.load(std::memory_order_relaxed);
    while (us > worst && !worstLatenessUs_.compare_exchange_weak(worst, us, std::memory_order_relaxed)) {
        // `worst` is now what another thread has written.
    }
}

SendCounts RunBoard::Sends() const noexcept {
    return {.sent = sent_.load(std::memory_order_relaxed),
            .late = late_.load(std::memory_order_relaxed),
            .worstLatenessUs = worstLatenessUs_.load(std::memory_order_relaxed)};
}

void RunBoard::CountDisconnect(servercore::CloseReason reason, bool expected) {
    servercore::MutexLock lock(mutex_);
    ++disconnects_[static_cast<std::size_t>(reason)];
    if (!expected) {
        ++unexpectedDisconnects_;
    }
}

void RunBoard::NoteUnanswered(std::error_code error) {
    ++connectsFailed;
    servercore::MutexLock lock(mutex_);
    if (!unanswered_) {
        unanswered_ = error ? error : std::make_error_code(std::errc::connection_refused);
    }
}

std::error_code RunBoard::WhyUnreachable() const {
    servercore::MutexLock lock(mutex_);
    return connected.load() == 0 ? unanswered_ : std::error_code();
}

void RunBoard::Report(const std::string& problem) {
    servercore::MutexLock lock(mutex_);
    if (problems_.size() < kMaxProblems || problems_.contains(problem)) {
        ++problems_[problem];
    }
}

Counts RunBoard::Disconnects() const {
    servercore::MutexLock lock(mutex_);
    Counts counts;
    for (std::size_t i = 0; i < disconnects_.size(); ++i) {
        if (disconnects_[i] > 0) {
            counts[std::string(servercore::ToString(static_cast<servercore::CloseReason>(i)))] = disconnects_[i];
        }
    }
    return counts;
}

std::uint64_t RunBoard::UnexpectedDisconnects() const {
    servercore::MutexLock lock(mutex_);
    return unexpectedDisconnects_;
}

Counts RunBoard::Problems() const {
    servercore::MutexLock lock(mutex_);
    return problems_;
}

}  // namespace loadtest
