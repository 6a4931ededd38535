#include "DummyClient/Scenario/Scenario.h"

#include "DummyClient/Scenario/Draws.h"

namespace loadtest {

std::uint64_t Scenario::SeedOf(std::size_t group) const noexcept {
    return Draws(seed, group).Bits(0);
}

void Scenario::SeedShapes() noexcept {
    for (std::size_t group = 0; group < groups.size(); ++group) {
        if (auto* const arrival = std::get_if<LoadShape::Arrival>(&groups[group].shape.kind)) {
            arrival->seed = Draws(seed, group).Bits(1);
        }
    }
}

}  // namespace loadtest
