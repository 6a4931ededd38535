#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "DummyClient/Report/RunReport.h"
#include "DummyClient/World/BotState.h"
#include "DummyClient/World/Crowd.h"

namespace loadtest {

// What the bots did and found in the whole run; what it measured stands in RunReport.
struct WorldResult {
    std::size_t bots = 0;
    std::size_t botsEntered = 0;
    // Deliveries of chats: to everybody in the speaker's zone, the speaker included.
    std::uint64_t expected = 0;
    std::uint64_t received = 0;
    // Deliveries that never came, and own chats that did not come back.
    std::uint64_t lost = 0;
    BotCounts counts;
    std::uint64_t unexpectedDisconnects = 0;
    std::uint64_t resumesFailed = 0;
    std::uint32_t serverTickMs = 0;

    [[nodiscard]] std::uint64_t WhispersLost() const noexcept;
    // All bots took part, everything reliable arrived once, in order and unchanged, and nobody saw what it must not.
    [[nodiscard]] bool IsVerified() const noexcept;
};

// For people.
[[nodiscard]] std::string ToTable(const WorldResult& result);

}  // namespace loadtest
