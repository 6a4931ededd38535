#include "DummyClient/World/WorldOptions.h"

#include <cmath>

#include <fmt/format.h>

#include "DummyClient/Kit/OptionValues.h"

namespace loadtest {

namespace {

constexpr double kMaxZone = 1'000'000;
// Each needs a place of its own in memory, for what it has seen and sent.
constexpr std::uint64_t kMaxPlayers = 100'000;

bool IsWhole(double number, double from) {
    return number >= from && number <= kMaxZone && std::floor(number) == number;
}

}  // namespace

BehaviourInfo PlayerInfo() {
    return {.name = "player",
            .about = "enters a zone, walks and chats, and checks everything that it sees and hears",
            .options = {{.name = "chat_share",
                         .defaultValue = "0.1",
                         .about = "how many of its messages are chats, 0 to 1; the others are moves"},
                        {.name = "zones", .defaultValue = "0", .about = "use at most so many zones; 0: all that the server has"},
                        {.name = "first_zone", .defaultValue = "1", .about = "the first zone in use"},
                        {.name = "whisper", .defaultValue = "false", .about = "every other chat is a whisper to another of the group"},
                        {.name = "switch_every", .defaultValue = "0s", .about = "each goes to the next zone that often; 0s: never"},
                        {.name = "reconnect_every",
                         .defaultValue = "0s",
                         .about = "each breaks its connection and takes its player over that often; 0s: never"}},
            .hasRate = true};
}

WorldOptions ReadWorldOptions(const GroupPlan& group) {
    const OptionValues values(group.options);
    return {.chatShare = values.Number("chat_share"),
            .zones = {.first = static_cast<std::uint32_t>(values.Number("first_zone")),
                      .count = static_cast<std::uint32_t>(values.Number("zones"))},
            .whisper = values.Flag("whisper"),
            .switchEvery = values.Time("switch_every"),
            .reconnectEvery = values.Time("reconnect_every")};
}

std::string FindMistake(const Scenario& scenario, const GroupPlan& group) {
    const OptionValues values(group.options);
    const double share = values.Number("chat_share");
    if (!(share >= 0 && share <= 1)) {
        return "chat_share must be 0 to 1";
    }
    if (!IsWhole(values.Number("zones"), 0) || !IsWhole(values.Number("first_zone"), 1)) {
        return "zones and first_zone must be whole numbers";
    }
    if (values.Flag("whisper") && !group.shape.IsSteady()) {
        return "players can only whisper when all of them stay: give the group a steady shape, or no whisper";
    }
    if (const std::uint64_t players = group.shape.Joins(scenario.Play(), group.bots); players > kMaxPlayers) {
        return fmt::format("{} players would come and go, and each is remembered; {} is the most (the behaviour login has no such limit)",
                           players, kMaxPlayers);
    }
    return {};
}

}  // namespace loadtest
