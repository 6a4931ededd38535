// What the bots of one run share: who they are, how far they are, and what went wrong.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>

#include "ServerCore/Base/Mutex.h"

namespace mytitle {

// Owner: main() or a test; outlives the bots.  Threads: safe from any.
class Crowd {
public:
    Crowd(std::size_t bots, std::uint32_t lines) noexcept : bots_(bots), lines_(lines) {}
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    // What each bot says, and what each has to hear.
    [[nodiscard]] std::uint32_t Lines() const noexcept { return lines_; }
    [[nodiscard]] std::uint64_t LinesOfAll() const noexcept { return std::uint64_t{lines_} * bots_; }

    // A bot is in the room and was told its number. True: it is the last, and all may speak.
    [[nodiscard]] bool OnEntered(std::uint64_t player) SC_EXCLUDES(mutex_);
    // Whether that player is one of us. Others may be in the room, too.
    [[nodiscard]] bool IsOurs(std::uint64_t player) const SC_EXCLUDES(mutex_);

    // A bot has heard everything.
    void OnFinished() SC_EXCLUDES(mutex_);
    // The run has failed; the first reason is kept.
    void Fail(const std::string& problem) SC_EXCLUDES(mutex_);

    // All have heard everything, or it has failed.
    [[nodiscard]] bool IsOver() const SC_EXCLUDES(mutex_);
    [[nodiscard]] bool WaitUntilOver(std::chrono::milliseconds timeout) const SC_EXCLUDES(mutex_);

    [[nodiscard]] std::size_t Finished() const SC_EXCLUDES(mutex_);
    // Empty while nothing went wrong.
    [[nodiscard]] std::string Problem() const SC_EXCLUDES(mutex_);

private:
    [[nodiscard]] bool IsOverLocked() const SC_REQUIRES(mutex_) { return finished_ == bots_ || !problem_.empty(); }

    const std::size_t bots_;
    const std::uint32_t lines_;

    mutable servercore::Mutex mutex_;
    mutable std::condition_variable_any over_;
    std::unordered_set<std::uint64_t> players_ SC_GUARDED_BY(mutex_);
    std::size_t finished_ SC_GUARDED_BY(mutex_) = 0;
    std::string problem_ SC_GUARDED_BY(mutex_);
};

}  // namespace mytitle
