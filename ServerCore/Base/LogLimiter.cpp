#include "ServerCore/Base/LogLimiter.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace servercore {

namespace {

constexpr LogKey kFurtherKeys = "(other)";

}  // namespace

std::string SuppressedLines::Note() const {
    if (count == 0) {
        return {};
    }
    return fmt::format(" ({} more in the last {} s)", count, std::chrono::ceil<std::chrono::seconds>(during).count());
}

LogLimiter::LogLimiter(const Clock& clock, Limits limits) : clock_(clock), limits_(limits) {}

std::optional<SuppressedLines> LogLimiter::TryAcquire(LogKey key, std::uint32_t kind) {
    const TimePoint now = clock_.Now();
    MutexLock lock(mutex_);
    Entry& entry = EntryOf(key, kind);
    if (now - entry.secondBegan >= std::chrono::seconds(1)) {
        entry.secondBegan = now;
        entry.lines = 0;
    }
    if (entry.lines < limits_.linesPerSecond) {
        ++entry.lines;
        return TakeFrom(entry, now);
    }
    if (entry.suppressed == 0) {
        entry.suppressedSince = now;
    }
    ++entry.suppressed;
    ++totalSuppressed_;
    return std::nullopt;
}

std::uint64_t LogLimiter::TotalSuppressed() const {
    MutexLock lock(mutex_);
    return totalSuppressed_;
}

LogLimiter::Entry& LogLimiter::EntryOf(LogKey key, std::uint32_t kind) {
    const auto is = [](LogKey k, std::uint32_t n) { return [k, n](const Entry& entry) { return entry.key == k && entry.kind == n; }; };
    auto found = std::find_if(entries_.begin(), entries_.end(), is(key, kind));
    if (found == entries_.end() && entries_.size() >= limits_.maxKeys) {
        key = kFurtherKeys;
        kind = 0;
        found = std::find_if(entries_.begin(), entries_.end(), is(key, kind));
    }
    return found != entries_.end() ? *found : entries_.emplace_back(Entry{key, kind});
}

SuppressedLines LogLimiter::TakeFrom(Entry& entry, TimePoint now) noexcept {
    const std::uint64_t count = std::exchange(entry.suppressed, 0);
    // Another thread may have read the clock later and come here earlier.
    return {count, count == 0 ? Duration::zero() : std::max(now - entry.suppressedSince, Duration::zero())};
}

}  // namespace servercore
