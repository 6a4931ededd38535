#include <string>

#include "DummyClient/Kit/LoadTester.h"
#include "DummyClient/World/GameBehaviours.h"
#include "Protocol/Version.h"

int main(int argc, char** argv) {
    const loadtest::LoadTester tester{
        .program = "DummyClient",
        .about = "a crowd of players that tests a GameServer.",
        .version = SERVERCORE_VERSION ", protocol " + std::to_string(game::protocol::kProtocolVersion),
        .protocolVersion = game::protocol::kProtocolVersion,
        .behaviours = loadtest::GameBehaviours(),
        .scenarios = loadtest::BuiltInScenarios(),
    };
    return loadtest::RunLoadTester(tester, argc, argv);
}
