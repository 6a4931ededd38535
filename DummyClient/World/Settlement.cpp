#include "DummyClient/World/Settlement.h"

#include <algorithm>

#include "DummyClient/World/WorldBot.h"

namespace loadtest {

Settlement::Settlement(Bots bots) {
    states_.reserve(bots.size());
    for (const std::unique_ptr<WorldBot>& bot : bots) {
        const BotState& state = states_.emplace_back(bot->State());
        counts_ += state.counts;
        if (!state.isInZone) {
            continue;
        }
        Zone& zone = zones_[state.zone];
        zone.bots.push_back(states_.size() - 1);
        zone.standing.push_back({.playerId = state.playerId, .at = state.at});
        zone.lastChatNumber = std::max(zone.lastChatNumber, state.lastChatNumber);
        zone.chatsSent += state.counts.chatsSent;
    }
}

bool Settlement::HaveAllArrived() const {
    return Missing() == 0 && counts_.whispersReceived >= counts_.whispersSent;
}

std::uint64_t Settlement::Missing() const {
    std::uint64_t missing = counts_.chatsSkipped;
    for (const auto& [id, zone] : zones_) {
        for (const std::size_t bot : zone.bots) {
            missing += zone.lastChatNumber - states_[bot].lastChatNumber;
        }
    }
    return missing;
}

std::uint64_t Settlement::ExpectedByNumbers() const {
    return counts_.chatsReceived + Missing();
}

std::uint64_t Settlement::ExpectedByPresence() const {
    std::uint64_t expected = 0;
    for (const auto& [id, zone] : zones_) {
        expected += zone.chatsSent * zone.bots.size();
    }
    return expected;
}

SightErrors Settlement::CompareSight(Bots bots) const {
    SightErrors errors;
    for (const auto& [id, zone] : zones_) {
        for (const std::size_t bot : zone.bots) {
            errors += bots[bot]->CompareAtEnd(zone.standing);
        }
    }
    return errors;
}

}  // namespace loadtest
