#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "DummyClient/BotState.h"
#include "DummyClient/Crowd.h"
#include "DummyClient/LatencyHistogram.h"

namespace loadtest {

// The last second.
struct LiveSample {
    std::chrono::seconds elapsed{};
    const char* phase = "";
    std::size_t botsOnline = 0;
    std::size_t bots = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    Percentiles ping;
    std::uint64_t errors = 0;  // in all
};

// The whole run.
struct LoadResult {
    std::size_t bots = 0;
    std::size_t botsEntered = 0;
    // Deliveries of chats: to everybody in the speaker's zone, the speaker included.
    std::uint64_t expected = 0;
    std::uint64_t received = 0;
    // Deliveries that never came, and own chats that did not come back.
    std::uint64_t lost = 0;
    BotCounts counts;
    DisconnectCounts disconnects{};
    std::uint64_t unexpectedDisconnects = 0;
    Percentiles ping;
    Percentiles chat;
    std::uint32_t serverTickMs = 0;
    std::chrono::duration<double> playTime{};
    std::map<std::string, std::uint64_t> problems;

    [[nodiscard]] std::uint64_t WhispersLost() const noexcept;
    // All bots took part, everything reliable arrived once, in order and unchanged, and nobody saw what it must not.
    [[nodiscard]] bool IsVerified() const noexcept;
};

// One line without its end, and the final table.
[[nodiscard]] std::string ToLine(const LiveSample& sample);
[[nodiscard]] std::string ToTable(const LoadResult& result);

}  // namespace loadtest
