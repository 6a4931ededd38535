#pragma once

#include <cstdint>

#include "DummyClient/World/DeliveryErrors.h"
#include "DummyClient/World/Point.h"
#include "DummyClient/World/SightErrors.h"

namespace loadtest {

// What a bot, or all of them, did and found.
struct BotCounts {
    std::uint64_t movesSent = 0;
    std::uint64_t playersEntered = 0;  // into sight
    std::uint64_t playersLeft = 0;
    std::uint64_t movesHeard = 0;
    std::uint64_t movesMerged = 0;  // a later one of the same player took their place
    std::uint64_t chatsSent = 0;
    std::uint64_t chatsReceived = 0;
    std::uint64_t chatsSkipped = 0;   // numbers of a zone
    std::uint64_t chatsUnechoed = 0;  // own chats that have not come back
    std::uint64_t whispersSent = 0;
    std::uint64_t whispersReceived = 0;
    std::uint64_t whispersUnanswered = 0;
    std::uint64_t whispersRefused = 0;
    std::uint64_t corrections = 0;
    std::uint64_t switches = 0;
    std::uint64_t resumes = 0;
    std::uint64_t keptPackets = 0;
    DeliveryErrors errors;
    SightErrors sight;

    BotCounts& operator+=(const BotCounts& other) noexcept;
};

// One bot at one moment.
struct BotState {
    bool hasEntered = false;  // a zone, sometime
    bool isInZone = false;    // and neither changes zones nor connections
    bool isAnswered = false;  // all that it has sent has been taken and, where that is due, come back
    std::uint32_t playerId = 0;
    std::uint32_t zone = 0;
    std::uint32_t lastChatNumber = 0;  // of the zone
    Point at;
    BotCounts counts;
};

}  // namespace loadtest
