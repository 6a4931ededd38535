// As files that a user writes: what may stand in them is in DummyClient/Scenario/README.md of ServerCore.
#include "Client/Scenarios.h"

#include <array>
#include <string_view>

namespace mytitle {

namespace {

constexpr std::string_view kTalk = R"(# Everybody hears everybody: the work grows with the square of how many talk.
name = "talk"
about = "50 players say a line a second"

[[group]]
behaviour = "talk"
bots = 50
rate = 1
)";

constexpr std::string_view kStorm = R"(# After a restart everybody wants in. They come when they like, not in step.
name = "storm"
about = "100 players a second come in, say a line, and leave"

[[group]]
behaviour = "visit"
shape = { kind = "arrival", per_second = 100, random = true }

[group.options]
stay = "100ms"
)";

constexpr std::string_view kEvening = R"(# Some talk all the time, and others drop in.
name = "evening"
about = "20 players talk, while 5 a second look in for two seconds"

[[group]]
name = "regulars"
behaviour = "talk"
bots = 20
rate = 1
think = "exponential"    # people do not talk in turn

[[group]]
name = "guests"
behaviour = "visit"
shape = { kind = "arrival", per_second = 5, random = true }

[group.options]
stay = "2s"
)";

constexpr std::array kScenarios = {loadtest::BuiltInScenario{"talk", kTalk}, loadtest::BuiltInScenario{"storm", kStorm},
                                   loadtest::BuiltInScenario{"evening", kEvening}};

}  // namespace

std::span<const loadtest::BuiltInScenario> Scenarios() noexcept {
    return kScenarios;
}

}  // namespace mytitle
