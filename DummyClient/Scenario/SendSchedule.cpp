#include "DummyClient/Scenario/SendSchedule.h"

#include <algorithm>

#include "ServerCore/Base/Assert.h"

namespace loadtest {

namespace {

// Four children instead of two: half the levels, and the four lie in one or two cache lines.
constexpr std::size_t kChildren = 4;

}  // namespace

void SendSchedule::Add(std::size_t bot, servercore::TimePoint from) {
    SC_VERIFY(!Has(bot));
    if (bot >= senders_.size()) {
        senders_.resize(bot + 1);
    }
    heap_.push_back({.intended = from + gaps_.First(bot), .bot = bot});
    senders_[bot].place = heap_.size() - 1;
    SiftUp(heap_.size() - 1);
}

void SendSchedule::Remove(std::size_t bot) noexcept {
    if (!Has(bot)) {
        return;
    }
    const std::size_t place = senders_[bot].place;
    senders_[bot].place = kNowhere;
    const Next last = heap_.back();
    heap_.pop_back();
    if (place < heap_.size()) {
        Put(place, last);
        SiftDown(place);
        SiftUp(senders_[last.bot].place);
    }
}

std::optional<SendSchedule::Due> SendSchedule::TakeDue(servercore::TimePoint now) noexcept {
    if (heap_.empty() || heap_.front().intended > now) {
        return std::nullopt;
    }
    Next& next = heap_.front();
    Sender& sender = senders_[next.bot];
    const Due due{.bot = next.bot, .intended = next.intended, .turn = sender.turn};
    next.intended += gaps_.After(next.bot, sender.turn++);
    SiftDown(0);
    return due;
}

std::optional<servercore::TimePoint> SendSchedule::NextDue() const noexcept {
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().intended);
}

void SendSchedule::Shift(servercore::Duration by) noexcept {
    for (Next& next : heap_) {
        next.intended += by;  // of all, so their order stays
    }
}

void SendSchedule::SiftUp(std::size_t place) noexcept {
    const Next moved = heap_[place];
    while (place > 0 && moved < heap_[(place - 1) / kChildren]) {
        Put(place, heap_[(place - 1) / kChildren]);
        place = (place - 1) / kChildren;
    }
    Put(place, moved);
}

void SendSchedule::SiftDown(std::size_t place) noexcept {
    const Next moved = heap_[place];
    for (std::size_t first = place * kChildren + 1; first < heap_.size(); first = place * kChildren + 1) {
        const auto begin = heap_.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = begin + static_cast<std::ptrdiff_t>(std::min(kChildren, heap_.size() - first));
        const auto least = std::min_element(begin, end);
        if (moved < *least) {
            break;
        }
        Put(place, *least);
        place = static_cast<std::size_t>(least - heap_.begin());
    }
    Put(place, moved);
}

void SendSchedule::Put(std::size_t place, const Next& next) noexcept {
    heap_[place] = next;
    senders_[next.bot].place = place;
}

}  // namespace loadtest
