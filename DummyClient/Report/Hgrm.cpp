#include <cstdint>
#include <iterator>

#include <fmt/format.h>

#include "DummyClient/Report/ReportText.h"

namespace loadtest {

std::string ToHgrm(const Histogram& histogram) {
    std::string text = fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
    const auto total = static_cast<double>(histogram.Count());
    std::uint64_t seen = 0;
    for (const Histogram::Cell& cell : histogram.Cells()) {
        seen += cell.count;
        const double share = static_cast<double>(seen) / total;
        const std::string inverse = seen == histogram.Count() ? "inf" : fmt::format("{:.2f}", 1 / (1 - share));
        fmt::format_to(std::back_inserter(text), "{:>12.3f} {:>14.12f} {:>10} {:>14}\n", static_cast<double>(cell.lowestUs) / 1000, share,
                       seen, inverse);
    }
    fmt::format_to(std::back_inserter(text), "#[Mean    = {:>12.3f}]\n#[Max     = {:>12.3f}, Total count    = {:>12}]\n",
                   histogram.MeanUs() / 1000, static_cast<double>(histogram.MaxUs()) / 1000, histogram.Count());
    return text;
}

}  // namespace loadtest
