// Runs swarms from seeds. Exit code 0: nothing broke; 1: something did, and the last lines say how to repeat it.
#include <cstdint>
#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tests/Simulation/Swarm.h"

using namespace servercore;
using namespace servercore::test;

namespace {

struct Options {
    std::uint64_t first = 1;
    std::uint64_t count = 100;
    std::uint64_t progress = 100;
};

void PrintSummary(const SwarmResult& all, std::uint64_t count) {
    fmt::print("{} seeds: {} connections, {} packets, {} graceful ends, {} sends that waited, {} ms of simulated time, trace {:016x}\n",
               count, all.connected, all.packets, all.graceful, all.pendedSends, all.took / std::chrono::milliseconds(1), all.trace);
    for (std::size_t i = 0; i < all.injected.size(); ++i) {
        fmt::print("{}{}={}", i == 0 ? "faults " : " ", ToString(static_cast<platform::SimFault>(i)), all.injected[i]);
    }
    fmt::print("\n");
}

bool RunSeeds(const Options& options, const std::string& program) {
    SwarmResult all;
    for (std::uint64_t seed = options.first; seed < options.first + options.count; ++seed) {
        if ((seed - options.first) % options.progress == 0) {
            fmt::print(stderr, "\rseed {}", seed);
            std::fflush(stderr);
        }
        const SwarmResult result = RunSwarm(DrawPlan(seed));
        all += result;
        if (!result.problems.empty()) {
            fmt::print(stderr, "\n");
            for (const std::string& problem : result.problems) {
                fmt::print("seed {}: {}\n", seed, problem);
            }
            fmt::print("repeat it with: {} --seed {}\n", program, seed);
            return false;
        }
    }
    fmt::print(stderr, "\n");
    PrintSummary(all, options.count);
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Lets swarms of sessions loose in a simulated network, and checks what the engine promises.");
    Options options;
    std::uint64_t seed = 0;
    app.add_option("--first", options.first, "the first seed")->capture_default_str();
    app.add_option("--seeds", options.count, "how many seeds, one after the other")->capture_default_str();
    app.add_option("--progress", options.progress, "names every so many seeds the one that begins; 1: which it was if this program dies")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    CLI::Option* single = app.add_option("--seed", seed, "this seed only");
    CLI11_PARSE(app, argc, argv);
    if (*single) {
        options = {.first = seed, .count = 1};
    }
    return RunSeeds(options, argv[0]) ? 0 : 1;
}
