#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "DummyClient/World/DeliveryErrors.h"

namespace loadtest {

// One bot's whispers at both ends: those of each speaker in order and as BotScript says, and an answer to each of its own, in order. That
// nothing is lost shows in the sums over all bots.
// Owner: WorldBot.  Threads: confined to its owner's lock.
class WhisperCheck {
public:
    WhisperCheck(std::size_t bot, std::size_t bots) : bot_(bot), bots_(bots) {}

    void OnWhisper(std::size_t speaker, std::uint32_t sequence, std::string_view text);
    // `delivered`: the server says so.
    void OnResult(std::uint32_t sequence, bool delivered);

    // Whispers that arrived, each counted once.
    [[nodiscard]] std::uint64_t Received() const noexcept { return received_; }
    [[nodiscard]] std::uint32_t LastResult() const noexcept { return lastResult_; }
    // The server said that the addressee was not online, although all bots are.
    [[nodiscard]] std::uint64_t Refused() const noexcept { return refused_; }
    // Own whispers that were never answered.
    [[nodiscard]] std::uint64_t Skipped() const noexcept { return skipped_; }
    [[nodiscard]] const DeliveryErrors& Errors() const noexcept { return errors_; }

private:
    const std::size_t bot_;
    const std::size_t bots_;
    std::unordered_map<std::size_t, std::uint32_t> lastOf_;
    std::uint32_t lastResult_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t skipped_ = 0;
    DeliveryErrors errors_;
};

}  // namespace loadtest
