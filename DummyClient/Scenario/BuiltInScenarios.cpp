#include "DummyClient/Scenario/BuiltInScenarios.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "DummyClient/Scenario/NearestName.h"
#include "DummyClient/Scenario/OptionText.h"
#include "DummyClient/Scenario/ScenarioFile.h"

namespace loadtest {

namespace {

constexpr std::string_view kWorld = R"(# What an evening in the world is like, and the place to begin.
name = "world"
about = "200 players walk through all zones and talk now and then"

[[group]]
behaviour = "player"
bots = 200
rate = 10                # messages per second: nine moves to one chat

[group.options]
chat_share = 0.1
)";

constexpr std::string_view kEcho =
    R"(# The engine alone: no world, no database, one answer to each message. What the network and the machine can do at best.
name = "echo"
about = "200 clients ask, the server answers each of them"

[[group]]
behaviour = "echo"
bots = 200
rate = 10
)";

constexpr std::string_view kWalk = R"(# Moves are what a world has most of: each is told to everybody in sight at the next tick.
name = "walk"
about = "200 players walk, nobody talks"

[[group]]
behaviour = "player"
bots = 200
rate = 10

[group.options]
chat_share = 0
)";

constexpr std::string_view kChat =
    R"(# A chat goes to everybody in the zone: the dearest message there is. Bots who talk only stand where they came in.
name = "chat"
about = "200 players talk once a second, nobody walks"

[[group]]
behaviour = "player"
bots = 200
rate = 1
think = "exponential"    # people do not talk in turn

[group.options]
chat_share = 1
)";

constexpr std::string_view kCrowd = R"(# Everybody in one place: the work grows with the square of how many see each other.
name = "crowd"
about = "500 players in one zone"

[[group]]
behaviour = "player"
bots = 500
rate = 10

[group.options]
zones = 1
chat_share = 0.1
)";

constexpr std::string_view kLoginStorm =
    R"(# After a restart everybody wants in. They come when they like, not in step; each logs in, is let in, and leaves.
name = "login-storm"
about = "200 logins a second, at random times"

[[group]]
behaviour = "login"
shape = { kind = "arrival", per_second = 200, random = true }
)";

constexpr std::string_view kIdle = R"(# What sessions cost that do nothing, and whether those who play notice them.
# 12,000 connections: see that the limit of open files lets client and server have them.
name = "idle"
about = "10,000 idle in the lobby while 2,000 play"
connect_rate = 1000

[[group]]
name = "lobby"
behaviour = "idle"
bots = 10000

[group.options]
heartbeat = "10s"

[[group]]
name = "players"
behaviour = "player"
bots = 2000
rate = 1

[group.options]
chat_share = 0
)";

constexpr std::string_view kReconnect =
    R"(# Connections that break, as on the road: players take their session over on another, and nothing may be lost.
name = "reconnect"
about = "200 players, each of whom loses the connection every 5 seconds"

[[group]]
behaviour = "player"
bots = 200
rate = 10

[group.options]
reconnect_every = "5s"
chat_share = 0.1
)";

constexpr std::array kBuiltIn = {
    BuiltInScenario{"world", kWorld}, BuiltInScenario{"echo", kEcho},           BuiltInScenario{"walk", kWalk},
    BuiltInScenario{"chat", kChat},   BuiltInScenario{"crowd", kCrowd},         BuiltInScenario{"login-storm", kLoginStorm},
    BuiltInScenario{"idle", kIdle},   BuiltInScenario{"reconnect", kReconnect},
};

std::string_view AboutOf(std::string_view toml) noexcept {
    constexpr std::string_view kBefore = "\nabout = \"";
    const std::size_t begin = toml.find(kBefore) + kBefore.size();
    return toml.substr(begin, toml.find('"', begin) - begin);
}

std::vector<std::string_view> NamesOf(std::span<const BuiltInScenario> scenarios) {
    std::vector<std::string_view> names;
    std::ranges::transform(scenarios, std::back_inserter(names), &BuiltInScenario::name);
    return names;
}

}  // namespace

std::span<const BuiltInScenario> BuiltInScenarios() noexcept {
    return kBuiltIn;
}

std::string ListScenarios(std::span<const BuiltInScenario> scenarios) {
    std::string list;
    for (const BuiltInScenario& scenario : scenarios) {
        list += fmt::format("  {:12} {}\n", scenario.name, AboutOf(scenario.toml));
    }
    return list;
}

ReadScenarioResult FindScenario(const std::string& nameOrPath, std::span<const BuiltInScenario> scenarios,
                                std::span<const BehaviourInfo> behaviours) {
    const auto builtIn = std::ranges::find(scenarios, nameOrPath, &BuiltInScenario::name);
    if (builtIn != scenarios.end()) {
        return ReadScenario(builtIn->toml, nameOrPath, behaviours);
    }
    std::error_code error;
    if (std::filesystem::exists(nameOrPath, error)) {
        return ReadScenarioFile(nameOrPath, behaviours);
    }
    const std::vector<std::string_view> names = NamesOf(scenarios);
    const std::string_view nearest = NearestName(nameOrPath, names);
    const std::string meant = nearest.empty() ? std::string() : fmt::format("; did you mean '{}'?", nearest);
    return {.scenario = std::nullopt,
            .mistakes = {fmt::format("{}: neither a file nor a built-in scenario{} Built in are {}", nameOrPath,
                                     meant.empty() ? "." : meant, fmt::join(names, ", "))}};
}

}  // namespace loadtest
