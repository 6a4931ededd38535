#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "ServerCore/Base/Assert.h"

namespace servercore {

// What a worker is busy with.
struct UnitOfWork {
    const char* kind = nullptr;  // a literal: "OnPacket", "job"
    std::uint64_t subject = 0;   // whose: a session's id
    std::uint32_t detail = 0;    // which: a packet's id
};

// Where a worker says what it is doing, for the Watchdog to read. A unit of work costs it five plain stores on x86, and no look at the
// clock; on its own cache line, if the owner cares.
//
// A sequence lock whose writer never waits (H.-J. Boehm, "Can Seqlocks Get Along With Programming Language Memory Models?", MSPC 2012):
// the number is odd while a unit runs, and a reader that finds it unchanged after reading has read that unit and no other.
// Owner: the worker's thread.  Threads: Begin and End on that thread only, not nested; Read from any.
class WorkerActivity {
public:
    struct Sample {
        std::uint64_t sequence = 0;
        UnitOfWork unit;
    };

    void Begin(const UnitOfWork& unit) noexcept {
        const std::uint64_t sequence = sequence_.load(std::memory_order_relaxed);
        SC_ASSERT(sequence % 2 == 0);
        // Released, so that who reads one of these (acquire in Read) also sees that the unit before has ended.
        kind_.store(unit.kind, std::memory_order_release);
        subject_.store(unit.subject, std::memory_order_release);
        detail_.store(unit.detail, std::memory_order_release);
        // Released, so that who reads it (acquire in Read) sees the three.
        sequence_.store(sequence + 1, std::memory_order_release);
    }

    void End() noexcept {
        const std::uint64_t sequence = sequence_.load(std::memory_order_relaxed);
        SC_ASSERT(sequence % 2 == 1);
        // Relaxed: it publishes nothing by itself, and the stores of the next Begin carry it along.
        sequence_.store(sequence + 1, std::memory_order_relaxed);
    }

    // The present unit has ended, and the next begins.
    void GoOnWith(const UnitOfWork& unit) noexcept {
        End();
        Begin(unit);
    }

    // nullopt: the worker is idle, or has just begun or ended something.
    [[nodiscard]] std::optional<Sample> Read() const noexcept {
        Sample sample;
        sample.sequence = sequence_.load(std::memory_order_acquire);  // with the last store of Begin
        if (sample.sequence % 2 == 0) {
            return std::nullopt;
        }
        sample.unit.kind = kind_.load(std::memory_order_acquire);  // with the stores of the next Begin
        sample.unit.subject = subject_.load(std::memory_order_acquire);
        sample.unit.detail = detail_.load(std::memory_order_acquire);
        if (sequence_.load(std::memory_order_relaxed) != sample.sequence) {
            return std::nullopt;
        }
        return sample;
    }

private:
    std::atomic<std::uint64_t> sequence_ = 0;
    std::atomic<const char*> kind_ = nullptr;
    std::atomic<std::uint64_t> subject_ = 0;
    std::atomic<std::uint32_t> detail_ = 0;
};

// A unit of work for a scope; also when it is left by an exception.
class ActivityScope {
public:
    ActivityScope(WorkerActivity& activity, const UnitOfWork& unit) noexcept : activity_(activity) { activity_.Begin(unit); }
    ~ActivityScope() { activity_.End(); }
    ActivityScope(const ActivityScope&) = delete;
    ActivityScope& operator=(const ActivityScope&) = delete;

private:
    WorkerActivity& activity_;
};

}  // namespace servercore
