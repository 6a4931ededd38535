#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "GameServer/Offences.h"
#include "GameServer/Players/PlayerDirectory.h"
#include "GameServer/World/World.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Buffer/SendBuffer.h"

namespace game {

// What sessions work with. Owner: GameServer; outlives every session.
struct GameContext {
    World& world;
    PlayerDirectory& players;
    servercore::SendBufferPool& buffers;
    OffenceCounts& offences;
    const servercore::Clock& clock;
    servercore::Logger& log;
    const std::chrono::seconds resumeTime;
    std::atomic<bool> isDraining = false;  // nobody new comes in
    std::atomic<std::uint64_t> whispers = 0;
};

}  // namespace game
