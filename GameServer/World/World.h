#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "GameServer/World/PlayerInfo.h"
#include "GameServer/World/Zone.h"
#include "GameServer/World/ZoneTotals.h"

namespace game {

// All zones. They have nothing in common but the threads that run them.
// Owner: GameServer.  Threads: safe from any, but for StartTicking and Close, which are the owner's.
class World {
public:
    // The references outlive the zones, which sessions may keep for longer than the world. Precondition: at least one zone.
    World(servercore::JobExecutor& executor, const servercore::Clock& clock, servercore::SendBufferPool& buffers, servercore::Logger& log,
          std::size_t zones, const ZoneConfig& config);

    // nullptr: there is no such zone.
    [[nodiscard]] std::shared_ptr<Zone> Find(ZoneId zone) const noexcept;
    [[nodiscard]] std::size_t ZoneCount() const noexcept { return zones_.size(); }

    // The zones take turns within the period, so that not all are due at once. Once; `timers` outlives Close.
    void StartTicking(servercore::JobTimers& timers);
    // As Zone::Close.
    void Close();

    [[nodiscard]] WorldTotals Totals() const;

private:
    const std::chrono::milliseconds tick_;
    std::vector<std::shared_ptr<Zone>> zones_;
};

}  // namespace game
