#include "DummyClient/Kit/AbortWatch.h"

#include <utility>

namespace loadtest {

AbortWatch::AbortWatch(const std::vector<Threshold>& thresholds) {
    using Comparison = Threshold::Comparison;
    for (const Threshold& threshold : thresholds) {
        const bool isStrict = threshold.comparison == Comparison::Less;
        if (isStrict || threshold.comparison == Comparison::LessOrEqual || threshold.comparison == Comparison::Equal) {
            Threshold exceeded = threshold;
            exceeded.comparison = isStrict ? Comparison::GreaterOrEqual : Comparison::Greater;
            watched_.push_back({.text = threshold.text, .exceeded = std::move(exceeded)});
        }
    }
}

std::optional<std::string> AbortWatch::Look(const RunReport& soFar) {
    for (Watched& watched : watched_) {
        watched.looks = Judge(watched.exceeded, soFar).passed ? watched.looks + 1 : 0;
        if (watched.looks >= kLooks) {
            return watched.text;
        }
    }
    return std::nullopt;
}

}  // namespace loadtest
