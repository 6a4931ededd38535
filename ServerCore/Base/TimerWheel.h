#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Base/Clock.h"

namespace servercore {

// A place in one of the wheel's lists. A list is a ring through a link that belongs to no node.
struct TimerLink {
    TimerLink* previous = nullptr;
    TimerLink* next = nullptr;
};

// Something to be done at a time. A derived class, or the object around it, knows what.
// Owner: whatever it is a member of, which cancels it before it dies.  Threads: those of its wheel.
class TimerNode : private TimerLink {
public:
    TimerNode() = default;
    ~TimerNode() { SC_ASSERT(!IsArmed()); }
    TimerNode(const TimerNode&) = delete;
    TimerNode& operator=(const TimerNode&) = delete;

    [[nodiscard]] bool IsArmed() const noexcept { return next != nullptr; }

private:
    friend class TimerWheel;

    std::uint64_t tick_ = 0;
    std::uint16_t slot_ = 0;
};

// Timers in great number: arming and cancelling cost the same whatever is armed, and nothing is allocated.
//
// A hierarchical timing wheel (G. Varghese, T. Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987, scheme 7): 8 levels of 64 slots
// of 1 ms, 64 ms, 4.1 s, ... A node lies at the level of the highest digit (base 64) in which its time differs from the present, and falls
// to a lower level when the time reaches its slot. Bitmaps find the next slot in use, so that time may jump as far as it likes.
//
// Resolution 1 ms: a node is handed out by the first Advance whose `now` has reached its time rounded up to a whole millisecond; never
// early. Owner: whoever waits for the timers; it outlives their arming.  Threads: none of its own, the owner locks.
class TimerWheel {
public:
    static constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

    explicit TimerWheel(TimePoint now) noexcept;
    // Precondition: nothing is armed.
    ~TimerWheel() { SC_ASSERT(armed_ == 0); }
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;

    // A node that is armed already gets the new time. A time that has passed is due at the next Advance.
    void Arm(TimerNode& node, TimePoint when) noexcept;

    // False: it was not armed. Precondition: not armed in another wheel.
    bool Cancel(TimerNode& node) noexcept;

    // Calls `onExpired(TimerNode&)` for the nodes that are due, in the order of their milliseconds; returns for how many. Each is no longer
    // armed by then and not touched afterwards. The callback may arm, cancel and destroy any node; what it arms waits for a later Advance.
    // `limit` bounds the work: nodes handed out or moved to a lower level. Beyond it the rest waits for the next Advance, and NextExpiry
    // is not later than `now`.
    template <class OnExpired>
    std::size_t Advance(TimePoint now, OnExpired&& onExpired, std::size_t limit = kNoLimit) {
        std::size_t expired = 0;
        BeginAdvance(now);
        while (TimerNode* node = TakeExpired(limit)) {
            ++expired;
            onExpired(*node);
        }
        return expired;
    }

    // When to call Advance next: nothing is due before (now that is, once something is due). It may find nothing to hand out then, but at
    // most once per level until the earliest node. nullopt: nothing is armed.
    [[nodiscard]] std::optional<TimePoint> NextExpiry() const noexcept;

    [[nodiscard]] std::size_t Armed() const noexcept { return armed_; }

private:
    static constexpr unsigned kDigitBits = 6;
    static constexpr std::size_t kSlotsPerLevel = std::size_t{1} << kDigitBits;
    static constexpr unsigned kLevels = 8;  // 48 bits of milliseconds; a TimePoint has 44

    class List {
    public:
        List() noexcept { head_.previous = head_.next = &head_; }
        List(const List&) = delete;
        List& operator=(const List&) = delete;

        [[nodiscard]] bool IsEmpty() const noexcept { return head_.next == &head_; }
        [[nodiscard]] TimerLink& Front() noexcept { return *head_.next; }
        void PushBack(TimerLink& link) noexcept;
        void TakeAllFrom(List& other) noexcept;

    private:
        TimerLink head_;
    };

    // The slot that comes next in time, and the millisecond at which it begins.
    struct NextSlot {
        unsigned level;
        std::size_t index;
        std::uint64_t begin;
    };

    void BeginAdvance(TimePoint now) noexcept;
    [[nodiscard]] TimerNode* TakeExpired(std::size_t& limit) noexcept;
    [[nodiscard]] bool TurnToNextSlot() noexcept;
    [[nodiscard]] std::optional<NextSlot> FindNextSlot() const noexcept;
    void Place(TimerNode& node) noexcept;
    void Unlink(TimerNode& node) noexcept;
    [[nodiscard]] static TimerNode& NodeOf(TimerLink& link) noexcept { return static_cast<TimerNode&>(link); }

    std::uint64_t turnedTo_;  // the millisecond to which the slots have been emptied
    std::uint64_t target_;    // that of the latest Advance; only a limit keeps turnedTo_ behind it
    std::size_t armed_ = 0;

    std::array<std::uint64_t, kLevels> occupied_{};  // per level, a bit for each slot that is not empty
    std::array<List, kLevels * kSlotsPerLevel> slots_;
    List due_;      // to be handed out
    List falling_;  // from a slot that time has reached, to a lower level
    List late_;     // armed for a time that had passed
};

}  // namespace servercore
