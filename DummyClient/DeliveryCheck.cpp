#include "DummyClient/DeliveryCheck.h"

#include <algorithm>

namespace loadtest {

DeliveryErrors& DeliveryErrors::operator+=(const DeliveryErrors& other) noexcept {
    duplicated += other.duplicated;
    outOfOrder += other.outOfOrder;
    wrongContent += other.wrongContent;
    wrongRoster += other.wrongRoster;
    return *this;
}

void DeliveryCheck::OnEntered(std::size_t sender, std::uint32_t moveSequence, std::uint32_t chatSequence) {
    if (sender >= senders_.size() || senders_[sender].isPresent) {
        ++errors_.wrongRoster;
        return;
    }
    senders_[sender] = {.nextMove = moveSequence + 1, .nextChat = chatSequence + 1, .isPresent = true};
    ++present_;
}

void DeliveryCheck::OnLeft(std::size_t sender) {
    if (sender >= senders_.size() || !senders_[sender].isPresent) {
        ++errors_.wrongRoster;
        return;
    }
    senders_[sender].isPresent = false;
    --present_;
}

void DeliveryCheck::OnMove(std::size_t sender, std::uint32_t sequence, Point position) {
    if (sender >= senders_.size() || !senders_[sender].isPresent) {
        ++errors_.wrongRoster;
        return;
    }
    Take(sender, Kind::Move, senders_[sender].nextMove, sequence);
    if (position != MoveOf(sender, sequence)) {
        ++errors_.wrongContent;
    }
}

void DeliveryCheck::OnChat(std::size_t sender, std::uint32_t sequence, std::string_view text) {
    if (sender >= senders_.size() || !senders_[sender].isPresent) {
        ++errors_.wrongRoster;
        return;
    }
    Take(sender, Kind::Chat, senders_[sender].nextChat, sequence);
    ChatBuffer expected;
    if (text != ChatOf(sender, sequence, expected)) {
        ++errors_.wrongContent;
    }
}

void DeliveryCheck::Take(std::size_t sender, Kind kind, std::uint32_t& next, std::uint32_t sequence) {
    if (sequence == next) {
        ++next;
        ++received_;
        return;
    }
    if (sequence > next) {
        ++received_;
        skipped_ += sequence - next;
        gaps_.push_back({.sender = sender, .kind = kind, .first = next, .last = sequence - 1});
        next = sequence + 1;
        return;
    }
    if (TakeFromGap(sender, kind, sequence)) {
        ++received_;
        --skipped_;
        ++errors_.outOfOrder;
    } else {
        ++errors_.duplicated;
    }
}

bool DeliveryCheck::TakeFromGap(std::size_t sender, Kind kind, std::uint32_t sequence) {
    const auto gap = std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& candidate) {
        return candidate.sender == sender && candidate.kind == kind && candidate.first <= sequence && sequence <= candidate.last;
    });
    if (gap == gaps_.end()) {
        return false;
    }
    const Gap before{.sender = sender, .kind = kind, .first = gap->first, .last = sequence - 1};
    const Gap after{.sender = sender, .kind = kind, .first = sequence + 1, .last = gap->last};
    gaps_.erase(gap);
    for (const Gap& rest : {before, after}) {
        if (rest.first <= rest.last) {
            gaps_.push_back(rest);
        }
    }
    return true;
}

std::uint32_t DeliveryCheck::Next(std::size_t sender, Kind kind) const noexcept {
    return kind == Kind::Move ? senders_[sender].nextMove : senders_[sender].nextChat;
}

std::uint64_t DeliveryCheck::Lost(std::size_t sender, Kind kind, std::uint32_t lastSent) const noexcept {
    const std::uint32_t next = Next(sender, kind);
    std::uint64_t lost = lastSent >= next ? lastSent - next + 1 : 0;
    for (const Gap& gap : gaps_) {
        if (gap.sender == sender && gap.kind == kind && gap.first <= lastSent) {
            lost += std::min(gap.last, lastSent) - gap.first + 1;
        }
    }
    return lost;
}

std::uint64_t DeliveryCheck::Invented(std::size_t sender, Kind kind, std::uint32_t lastSent) const noexcept {
    const std::uint32_t next = Next(sender, kind);
    return next > lastSent + 1 ? next - lastSent - 1 : 0;
}

}  // namespace loadtest
