#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"

namespace servercore {

// What a line is about. A literal, so that it needs no memory; equal texts are equal keys.
class LogKey {
public:
    consteval LogKey(const char* literal) : text_(literal) {}

    friend bool operator==(LogKey, LogKey) noexcept = default;

private:
    std::string_view text_;
};

// How many lines were kept back, and over what time.
struct SuppressedLines {
    std::uint64_t count = 0;
    Duration during{};

    // " (412 more in the last 3 s)", or nothing for none. To be put at the end of the line.
    [[nodiscard]] std::string Note() const;
};

// Lets a few lines per second and key into the log, so that no peer can fill the disk, and counts the others: the next line of the
// key tells how many they were.
//
//     if (const auto suppressed = limiter.TryAcquire("bad packet size")) {
//         log.Warning("{} sent a packet of {} bytes{}", peer, size, suppressed->Note());
//     }
//
// Seconds are counted from a key's first line. There is room for `maxKeys`; further keys share the allowance of one.
// Owner: whoever owns the log; `clock` outlives it.  Threads: safe from any.
class LogLimiter {
public:
    struct Limits {
        std::uint32_t linesPerSecond = 10;
        std::size_t maxKeys = 256;
    };

    LogLimiter(const Clock& clock, Limits limits);

    // nullopt: write nothing. Otherwise write the line, with the note of what was suppressed since the key's last line.
    // Each `kind` (the number of a close reason, say) is a key of its own.
    [[nodiscard]] std::optional<SuppressedLines> TryAcquire(LogKey key, std::uint32_t kind = 0) SC_EXCLUDES(mutex_);

    // Of all keys, since the beginning.
    [[nodiscard]] std::uint64_t TotalSuppressed() const SC_EXCLUDES(mutex_);

private:
    struct Entry {
        LogKey key;
        std::uint32_t kind;
        TimePoint secondBegan{};
        std::uint32_t lines = 0;  // within that second
        std::uint64_t suppressed = 0;
        TimePoint suppressedSince{};
    };

    [[nodiscard]] Entry& EntryOf(LogKey key, std::uint32_t kind) SC_REQUIRES(mutex_);
    [[nodiscard]] static SuppressedLines TakeFrom(Entry& entry, TimePoint now) noexcept;

    const Clock& clock_;
    const Limits limits_;

    mutable Mutex mutex_;
    // Searched from end to end: keys are as few as the places in the code that use them, and the noisiest came early.
    std::vector<Entry> entries_ SC_GUARDED_BY(mutex_);
    std::uint64_t totalSuppressed_ SC_GUARDED_BY(mutex_) = 0;
};

}  // namespace servercore
