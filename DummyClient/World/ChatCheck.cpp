#include "DummyClient/World/ChatCheck.h"

#include <algorithm>

#include "DummyClient/World/BotScript.h"

namespace loadtest {

void ChatCheck::OnZoneEntered(std::uint32_t chatNumber) {
    nextNumber_ = chatNumber + 1;
    gaps_.clear();
    lastOf_.clear();
}

void ChatCheck::OnChat(std::optional<std::size_t> speaker, std::uint32_t number, std::uint32_t sequence, std::string_view text) {
    if (!TakeNumber(number)) {
        ++errors_.duplicated;
        return;
    }
    if (!speaker) {
        return;
    }
    ++received_;
    TakeSequence(*speaker, sequence);
    TextBuffer expected;
    if (text != ChatOf(*speaker, sequence, expected)) {
        ++errors_.wrongContent;
    }
}

bool ChatCheck::TakeNumber(std::uint32_t number) {
    if (number < nextNumber_) {
        if (!TakeFromGap(number)) {
            return false;
        }
        --skipped_;
        ++errors_.outOfOrder;
        return true;
    }
    if (number > nextNumber_) {
        skipped_ += number - nextNumber_;
        gaps_.push_back({.first = nextNumber_, .last = number - 1});
    }
    nextNumber_ = number + 1;
    return true;
}

bool ChatCheck::TakeFromGap(std::uint32_t number) {
    const auto gap = std::find_if(gaps_.begin(), gaps_.end(),
                                  [&](const Gap& candidate) { return candidate.first <= number && number <= candidate.last; });
    if (gap == gaps_.end()) {
        return false;
    }
    const Gap before{.first = gap->first, .last = number - 1};
    const Gap after{.first = number + 1, .last = gap->last};
    gaps_.erase(gap);
    for (const Gap& rest : {before, after}) {
        if (rest.first <= rest.last) {
            gaps_.push_back(rest);
        }
    }
    return true;
}

// A chat may come twice under two numbers, or get no number at all; the speaker's own sequence tells.
void ChatCheck::TakeSequence(std::size_t speaker, std::uint32_t sequence) {
    std::uint32_t& last = speaker == bot_ ? lastEcho_ : lastOf_[speaker];
    if (sequence == last) {
        ++errors_.duplicated;
        return;
    }
    if (sequence < last) {
        ++errors_.outOfOrder;
        return;
    }
    if (speaker == bot_) {
        ownSkipped_ += sequence - last - 1;
    }
    last = sequence;
}

}  // namespace loadtest
