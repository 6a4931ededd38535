#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "DummyClient/World/BotState.h"
#include "DummyClient/World/SightCheck.h"

namespace loadtest {

class WorldBot;

// All bots at one moment, side by side: what none of them can judge alone. It means something once nobody sends any more.
// Owner: WorldPopulation.  Threads: confined to its owner's.
class Settlement {
public:
    using Bots = std::span<const std::unique_ptr<WorldBot>>;

    explicit Settlement(Bots bots);

    // Every bot in a zone has had all that was said there, and all whispers have arrived.
    [[nodiscard]] bool HaveAllArrived() const;

    // The sums of all bots.
    [[nodiscard]] const BotCounts& Counts() const noexcept { return counts_; }
    // Deliveries of chats that ought to have come, by the numbers of the zones.
    [[nodiscard]] std::uint64_t ExpectedByNumbers() const;
    // The same by what was said, when no bot has left its zone: exact whatever the server counts.
    [[nodiscard]] std::uint64_t ExpectedByPresence() const;
    // Of those by the numbers, the ones that have not.
    [[nodiscard]] std::uint64_t Missing() const;
    // What the bots see against where the others stand.
    [[nodiscard]] SightErrors CompareSight(Bots bots) const;

private:
    struct Zone {
        std::vector<std::size_t> bots;
        std::vector<Standing> standing;
        std::uint32_t lastChatNumber = 0;
        std::uint64_t chatsSent = 0;  // by those who are there now
    };

    std::vector<BotState> states_;
    std::map<std::uint32_t, Zone> zones_;
    BotCounts counts_;
};

}  // namespace loadtest
