// The load tester's process. Its commands and reports come from the engine's kit; what is ours is what the bots do.
#include "Client/Behaviours.h"
#include "Client/Scenarios.h"
#include "DummyClient/Kit/LoadTester.h"
#include "Protocol/Rules.h"

int main(int argc, char** argv) {
    const loadtest::LoadTester tester{
        .program = "MyTitleClient",
        .about = "bots that talk on a server of MyTitle, and check what they hear.",
        .version = MYTITLE_VERSION,
        .protocolVersion = mytitle::protocol::kVersion,
        .behaviours = mytitle::Behaviours(),
        .scenarios = mytitle::Scenarios(),
    };
    return loadtest::RunLoadTester(tester, argc, argv);
}
