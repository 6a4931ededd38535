#include "tests/Contract/ContractNetwork.h"

namespace servercore::test {

namespace {

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
         // Every Winsock call is several round trips to Wine's single-threaded server.
         .manyConnections = kUnderWine ? 100U : 1000U,
         .stressPercent = kUnderWine ? 10U : 100U},
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
