#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "DummyClient/Attack/AttackCommand.h"
#include "DummyClient/Attack/Catalogue.h"
#include "DummyClient/Kit/LoadTester.h"
#include "DummyClient/World/GameBehaviours.h"
#include "Protocol/Version.h"

int main(int argc, char** argv) {
    loadtest::LoadTester tester{
        .program = "DummyClient",
        .about = "a crowd of players that tests a GameServer.",
        .version = SERVERCORE_VERSION ", protocol " + std::to_string(game::protocol::kProtocolVersion),
        .protocolVersion = game::protocol::kProtocolVersion,
        .behaviours = loadtest::GameBehaviours(),
        .scenarios = loadtest::BuiltInScenarios(),
    };
    tester.commands = {{"attack", "NAME | --all [OPTION...]", "attacks beside honest players, and judges the server",
                        [&tester](std::span<const std::string> arguments) { return loadtest::RunAttackCommand(arguments, tester.version); }}};
    std::vector<const char*> words(argv, argv + argc);
    // An attack is a scenario, too.
    if (words.size() > 2 && std::string_view(words[1]) == "run" && loadtest::attack::FindAttack(words[2]) != nullptr) {
        words[1] = "attack";
    }
    return loadtest::RunLoadTester(tester, argc, words.data());
}
