#include "tests/Contract/ContractNetwork.h"

#include "ServerCore/Platform/Sim/SimNetwork.h"

namespace servercore::test {

namespace {

Result<std::unique_ptr<platform::Network>> OpenPerfectSimulation() {
    return std::unique_ptr<platform::Network>(std::make_unique<platform::SimNetwork>());
}

// Completions and segments come late, and completions in any order; nothing gets lost.
Result<std::unique_ptr<platform::Network>> OpenUnpunctualSimulation() {
    using platform::SimFault;
    platform::SimOptions options{.jitter = std::chrono::milliseconds(2), .maxDelay = std::chrono::milliseconds(20)};
    for (const SimFault fault : {SimFault::Reorder, SimFault::LateCompletion, SimFault::LateCancel, SimFault::SlowSegment,
                                 SimFault::ConnectDelayed, SimFault::ErrorAtSubmit}) {
        options.faults[fault] = 0.5;
    }
    return std::unique_ptr<platform::Network>(std::make_unique<platform::SimNetwork>(options));
}

// 1 when the cross-built tests run under Wine, 0 elsewhere (tests/CMakeLists.txt).
constexpr bool kUnderWine = SERVERCORE_TESTS_UNDER_WINE != 0;

std::string NameOfSystemNetwork() {
    const Result<std::unique_ptr<platform::Network>> network = platform::OpenSystemNetwork();
    return network ? std::string((*network)->Name()) : std::string();
}

}  // namespace

const std::vector<ContractNetwork>& ContractNetworks() {
    static const std::vector<ContractNetwork> networks = {
        {.name = "System",
         .open = &platform::OpenSystemNetwork,
         .timesShortWaits = NameOfSystemNetwork() == "iocp",
         // Wine 8: a receive after a reset succeeds with 0 bytes; only one that was pending reports it.
         .reportsEarlyReset = !kUnderWine,
         .connectChoosesPort = NameOfSystemNetwork() == "epoll",
         // Every Winsock call is several round trips to Wine's single-threaded server.
         .manyConnections = kUnderWine ? 100U : 1000U,
         .stressPercent = kUnderWine ? 10U : 100U},
        {.name = "Sim", .open = &OpenPerfectSimulation, .threads = false, .realTime = false},
        {.name = "UnpunctualSim", .open = &OpenUnpunctualSimulation, .threads = false, .realTime = false},
    };
    return networks;
}

std::string NameOf(const ::testing::TestParamInfo<ContractNetwork>& info) {
    return info.param.name;
}

void PrintTo(const ContractNetwork& network, std::ostream* stream) {
    *stream << network.name;
}

}  // namespace servercore::test
