#include "DummyClient/World/WhisperCheck.h"

#include "DummyClient/World/BotScript.h"

namespace loadtest {

void WhisperCheck::OnWhisper(std::size_t speaker, std::uint32_t sequence, std::string_view text) {
    std::uint32_t& last = lastOf_[speaker];
    if (sequence == last) {
        ++errors_.duplicated;
        return;
    }
    ++received_;
    if (sequence < last) {
        ++errors_.outOfOrder;
    } else {
        last = sequence;
    }
    TextBuffer expected;
    if (bots_ < 2 || ListenerOf(speaker, sequence, bots_) != bot_ || text != WhisperOf(speaker, sequence, expected)) {
        ++errors_.wrongContent;
    }
}

void WhisperCheck::OnResult(std::uint32_t sequence, bool delivered) {
    if (sequence <= lastResult_) {
        ++errors_.duplicated;
        return;
    }
    skipped_ += sequence - lastResult_ - 1;
    lastResult_ = sequence;
    refused_ += delivered ? 0U : 1U;
}

}  // namespace loadtest
