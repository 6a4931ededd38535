#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "DummyClient/Kit/Connector.h"
#include "DummyClient/Kit/Population.h"
#include "DummyClient/Kit/RunBoard.h"
#include "DummyClient/Kit/Traffic.h"
#include "DummyClient/World/BotScript.h"
#include "DummyClient/World/MoveLog.h"
#include "DummyClient/World/PlayerTable.h"

namespace loadtest {

// What is measured, and its name in reports and thresholds: a ping until its pong, a chat until its speaker hears it, a whisper until its
// speaker knows that it has arrived.
inline constexpr std::string_view kPingKind = "ping";
inline constexpr std::string_view kChatKind = "chat";
inline constexpr std::string_view kWhisperKind = "whisper";

// Connected: until it is in its first zone. Entering: changes zones. Resuming: changes connections. Left: has gone as it was told; Gone:
// before it was.
enum class BotStage : std::uint8_t { Waiting, Connecting, Connected, InZone, Entering, Resuming, Left, Gone };

// What a bot tells the run and the other bots while it plays. Written by the bot, read by all.
struct BotRecord {
    std::atomic<BotStage> stage = BotStage::Waiting;
    std::atomic<std::uint64_t> deliveries = 0;  // moves, chats and whispers, each once
    std::atomic<std::uint64_t> errors = 0;
    std::atomic<bool> wasCorrected = false;  // the server has put it back at least once
    Traffic traffic;
    MoveLog moves;
};

// Which zones of the server's the bots use.
struct ZoneChoice {
    std::uint32_t first = 1;
    std::uint32_t count = 0;  // 0: all from the first on
};

// What the bots of one group share.
// Owner: WorldPopulation; outlives the bots.  Threads: safe from any.
class Crowd {
public:
    // `bots`: places for them. `talkers`: how many of them, from the first, are spoken to. `seed`: of the ways that they walk.
    Crowd(std::size_t bots, std::size_t talkers, std::string tag, std::uint64_t seed, ZoneChoice zones, RunBoard& board,
          Connector& connector);

    // Fixed.
    const std::size_t talkers;
    const std::uint64_t seed;
    const ZoneChoice zones;
    const BotNames names;

    RunBoard& board;
    Connector& connector;
    std::vector<BotRecord> records;
    PlayerTable players;
    std::atomic<std::uint64_t> resumesFailed = 0;
    std::atomic<std::uint64_t> unexpectedDisconnects = 0;
    std::atomic<std::uint32_t> serverTickMs = 0;

    [[nodiscard]] PopulationState Look() const noexcept;
};

}  // namespace loadtest
