#pragma once

#include <cstddef>
#include <vector>

#include "DummyClient/Report/RunReport.h"

namespace loadtest {

// Adds what another process saw in the same second: everything is summed, percentiles come from the buckets of both (at most a sixteenth
// wrong). The server's figures are of the same server, so those that are already there stay.
void AddBeside(RunSample& sample, const RunSample& other);

// Makes one longer sample of two that follow one another: what happened is summed, what is at a moment is that of the later one.
void AddAfter(RunSample& sample, const RunSample& next);

// At most `most` samples (1 or more) that cover the same time.
[[nodiscard]] std::vector<RunSample> Thinned(const std::vector<RunSample>& samples, std::size_t most);

// What a run has to say of one second, from the latencies of that second.
[[nodiscard]] KindSample ToKindSample(const Histogram& response, const Histogram& service);

// Adds what samples know to the totals; the rest (connects, expected, lost, disconnects) only the run knows. For measured samples.
void AddToTotals(RunTotals& totals, const RunSample& sample);

void AddCounts(Counts& counts, const Counts& other);

}  // namespace loadtest
