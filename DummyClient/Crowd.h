#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "DummyClient/BotScript.h"
#include "DummyClient/Latencies.h"
#include "DummyClient/MoveLog.h"
#include "DummyClient/PlayerTable.h"
#include "DummyClient/Traffic.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Net/CloseReason.h"

namespace loadtest {

// Connected: until it is in its first zone. Entering: changes zones. Resuming: changes connections.
enum class BotStage : std::uint8_t { Waiting, Connecting, Connected, InZone, Entering, Resuming, Gone };

// What a bot tells the run and the other bots while it plays. Written by the bot, read by all.
struct BotRecord {
    std::atomic<BotStage> stage = BotStage::Waiting;
    std::atomic<std::uint64_t> deliveries = 0;  // moves, chats and whispers, each once
    std::atomic<std::uint64_t> errors = 0;
    std::atomic<bool> wasCorrected = false;  // the server has put it back at least once
    Traffic traffic;
    MoveLog moves;
};

// All bots at one moment.
struct CrowdState {
    std::size_t online = 0;      // in the world
    std::size_t connecting = 0;  // on their way there
    std::uint64_t deliveries = 0;
    std::uint64_t errors = 0;
    TrafficCounts traffic;
};

using DisconnectCounts = std::array<std::uint64_t, servercore::kCloseReasonCount>;

// What the bots of one run share.
// Owner: LoadRun; outlives the bots.  Threads: safe from any.
class Crowd {
public:
    // `maxZones`: how many zones to use at most; 0: all that the server has. `threads`: how many the bots' callbacks run on.
    Crowd(std::size_t bots, std::string tag, std::uint32_t protocolVersion, std::uint32_t maxZones, std::size_t threads);

    // Fixed.
    const std::uint32_t protocolVersion;
    const std::uint32_t maxZones;
    const BotNames names;

    std::vector<BotRecord> records;
    PlayerTable players;
    Latencies latencies;
    std::atomic<bool> isMeasuring = false;          // what is sent now: that of the ramp does not count
    std::atomic<std::uint64_t> connects = 0;        // tried, those to resume included
    std::atomic<std::uint64_t> connectsFailed = 0;  // they or the login after them
    std::atomic<std::uint64_t> resumesFailed = 0;   // those of them that were to resume
    std::atomic<std::uint32_t> serverTickMs = 0;

    [[nodiscard]] std::size_t Size() const noexcept { return records.size(); }
    [[nodiscard]] CrowdState Look() const noexcept;

    // `expected`: the run asked for it.
    void CountDisconnect(servercore::CloseReason reason, bool expected) SC_EXCLUDES(mutex_);
    // For people; the same text is kept once, with a count.
    void Report(const std::string& problem) SC_EXCLUDES(mutex_);

    [[nodiscard]] DisconnectCounts Disconnects() const SC_EXCLUDES(mutex_);
    [[nodiscard]] std::uint64_t UnexpectedDisconnects() const SC_EXCLUDES(mutex_);
    [[nodiscard]] std::map<std::string, std::uint64_t> Problems() const SC_EXCLUDES(mutex_);

private:
    mutable servercore::Mutex mutex_;
    DisconnectCounts disconnects_ SC_GUARDED_BY(mutex_){};
    std::uint64_t unexpectedDisconnects_ SC_GUARDED_BY(mutex_) = 0;
    std::map<std::string, std::uint64_t> problems_ SC_GUARDED_BY(mutex_);
};

}  // namespace loadtest
