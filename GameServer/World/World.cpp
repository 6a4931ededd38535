#include "GameServer/World/World.h"

#include "ServerCore/Base/Assert.h"

namespace game {

World::World(servercore::JobExecutor& executor, const servercore::Clock& clock, servercore::SendBufferPool& buffers,
             servercore::Logger& log, std::size_t zones, const ZoneConfig& config)
    : tick_(config.tick) {
    SC_VERIFY(zones > 0);
    for (std::size_t i = 0; i < zones; ++i) {
        zones_.push_back(std::make_shared<Zone>(static_cast<ZoneId>(i + 1), executor, clock, buffers, log, config));
    }
}

std::shared_ptr<Zone> World::Find(ZoneId zone) const noexcept {
    return zone == 0 || zone > zones_.size() ? nullptr : zones_[zone - 1];
}

void World::StartTicking(servercore::JobTimers& timers) {
    for (std::size_t i = 0; i < zones_.size(); ++i) {
        zones_[i]->StartTicking(timers, servercore::Duration(tick_) * i / zones_.size());
    }
}

void World::Close() {
    for (const std::shared_ptr<Zone>& zone : zones_) {
        zone->Close();
    }
}

WorldTotals World::Totals() const {
    WorldTotals totals;
    totals.zones = zones_.size();
    for (const std::shared_ptr<Zone>& zone : zones_) {
        totals += zone->Totals();
    }
    return totals;
}

}  // namespace game
