#pragma once

#include <cstdint>

#include "DummyClient/Report/RunReport.h"

namespace loadtest::test {

struct InventedRun {
    std::uint64_t seed = 1;
    int seconds = 90;
    double slowdown = 1;   // of every latency
    bool hostile = false;  // names and reasons that try to be markup, formulas and terminal commands
};

// A run as it could have been, the same for the same arguments: a warm-up, a ramp, a steady stage; two kinds of latency, errors, the
// server's figures. The totals agree with the samples.
[[nodiscard]] RunReport Invent(const InventedRun& run);

}  // namespace loadtest::test
