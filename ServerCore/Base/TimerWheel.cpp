#include "ServerCore/Base/TimerWheel.h"

#include <algorithm>
#include <bit>
#include <chrono>

namespace servercore {

namespace {

using std::chrono::milliseconds;

// Before the clock's epoch is long ago.
std::uint64_t ToTick(std::chrono::time_point<std::chrono::steady_clock, milliseconds> time) noexcept {
    return static_cast<std::uint64_t>(std::max<milliseconds::rep>(time.time_since_epoch().count(), 0));
}

std::uint64_t LastTickUntil(TimePoint time) noexcept {
    return ToTick(std::chrono::floor<milliseconds>(time));
}

// The end of time is the last whole millisecond that a TimePoint can name.
std::uint64_t FirstTickFrom(TimePoint time) noexcept {
    return std::min(ToTick(std::chrono::ceil<milliseconds>(time)), LastTickUntil(TimePoint::max()));
}

TimePoint TimeOf(std::uint64_t tick) noexcept {
    return TimePoint(milliseconds(static_cast<milliseconds::rep>(tick)));
}

}  // namespace

void TimerWheel::List::PushBack(TimerLink& link) noexcept {
    link.previous = head_.previous;
    link.next = &head_;
    head_.previous->next = &link;
    head_.previous = &link;
}

void TimerWheel::List::TakeAllFrom(List& other) noexcept {
    if (other.IsEmpty()) {
        return;
    }
    other.head_.next->previous = head_.previous;
    other.head_.previous->next = &head_;
    head_.previous->next = other.head_.next;
    head_.previous = other.head_.previous;
    other.head_.previous = other.head_.next = &other.head_;
}

TimerWheel::TimerWheel(TimePoint now) noexcept : turnedTo_(LastTickUntil(now)), target_(turnedTo_) {}

void TimerWheel::Arm(TimerNode& node, TimePoint when) noexcept {
    Cancel(node);
    ++armed_;
    node.tick_ = FirstTickFrom(when);
    if (node.tick_ <= target_) {
        // A list apart: a callback that arms again and again for now must not keep the running Advance from its end.
        late_.PushBack(node);
    } else {
        Place(node);
    }
}

bool TimerWheel::Cancel(TimerNode& node) noexcept {
    if (!node.IsArmed()) {
        return false;
    }
    Unlink(node);
    --armed_;
    return true;
}

std::optional<TimePoint> TimerWheel::NextExpiry() const noexcept {
    if (!due_.IsEmpty() || !falling_.IsEmpty() || !late_.IsEmpty()) {
        return TimeOf(target_);
    }
    if (const std::optional<NextSlot> slot = FindNextSlot()) {
        return TimeOf(slot->begin);
    }
    return std::nullopt;
}

void TimerWheel::BeginAdvance(TimePoint now) noexcept {
    target_ = std::max(target_, LastTickUntil(now));
    due_.TakeAllFrom(late_);
}

TimerNode* TimerWheel::TakeExpired(std::size_t& limit) noexcept {
    for (; limit > 0; --limit) {
        while (due_.IsEmpty() && falling_.IsEmpty()) {
            if (!TurnToNextSlot()) {
                return nullptr;
            }
        }
        if (!due_.IsEmpty()) {
            TimerNode& node = NodeOf(due_.Front());
            Cancel(node);
            --limit;
            return &node;
        }
        TimerNode& node = NodeOf(falling_.Front());
        Unlink(node);
        Place(node);
    }
    return nullptr;
}

// False: no slot begins until the target, and the wheel has turned to it.
bool TimerWheel::TurnToNextSlot() noexcept {
    const std::optional<NextSlot> slot = FindNextSlot();
    if (!slot || slot->begin > target_) {
        // Nodes keep their places: up to the beginning of the next slot no digit changes that is above anybody's level.
        turnedTo_ = target_;
        return false;
    }
    turnedTo_ = slot->begin;
    occupied_[slot->level] &= ~(std::uint64_t{1} << (slot->index % kSlotsPerLevel));
    (slot->level == 0 ? due_ : falling_).TakeAllFrom(slots_[slot->index]);
    return true;
}

// All of a level is earlier than all of the next, because it shares more digits with the present.
std::optional<TimerWheel::NextSlot> TimerWheel::FindNextSlot() const noexcept {
    for (unsigned level = 0; level < kLevels; ++level) {
        if (occupied_[level] == 0) {
            continue;
        }
        const auto digit = static_cast<unsigned>(std::countr_zero(occupied_[level]));
        const unsigned shift = level * kDigitBits;
        const std::uint64_t above = turnedTo_ >> (shift + kDigitBits) << (shift + kDigitBits);
        return NextSlot{level, level * kSlotsPerLevel + digit, above | (std::uint64_t{digit} << shift)};
    }
    return std::nullopt;
}

void TimerWheel::Place(TimerNode& node) noexcept {
    SC_ASSERT(node.tick_ >= turnedTo_);
    const std::uint64_t difference = node.tick_ ^ turnedTo_;
    const unsigned level = static_cast<unsigned>(std::bit_width(difference | 1) - 1) / kDigitBits;
    const std::uint64_t digit = (node.tick_ >> (level * kDigitBits)) % kSlotsPerLevel;
    node.slot_ = static_cast<std::uint16_t>(level * kSlotsPerLevel + digit);
    slots_[node.slot_].PushBack(node);
    occupied_[level] |= std::uint64_t{1} << digit;
}

void TimerWheel::Unlink(TimerNode& node) noexcept {
    node.previous->next = node.next;
    node.next->previous = node.previous;
    node.previous = node.next = nullptr;
    // True also for a node that has left its slot for another list: an empty slot's bit is never set.
    if (slots_[node.slot_].IsEmpty()) {
        occupied_[node.slot_ / kSlotsPerLevel] &= ~(std::uint64_t{1} << (node.slot_ % kSlotsPerLevel));
    }
}

}  // namespace servercore
