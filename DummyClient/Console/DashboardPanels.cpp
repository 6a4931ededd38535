#include "DummyClient/Console/DashboardPanels.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "DummyClient/Console/Bars.h"
#include "DummyClient/Console/PlainText.h"
#include "DummyClient/Console/RunKeys.h"
#include "DummyClient/Console/ShortFigures.h"

namespace loadtest {

namespace {

constexpr std::size_t kIndent = 1;
constexpr std::size_t kValues = 13;  // where values begin, after a label
constexpr std::size_t kBarColumns = 50;
constexpr std::size_t kItemColumns = 40;  // of a name among others

// The higher, the longer it stays.
enum Importance {
    kServer = 1,
    kHistory,
    kGroups,
    kSchedule,
    kThresholds,
    kErrors,
    kLatencies,
    kTraffic,
    kBots,
    kProgress,
    kHelp,
    kTitle,
    kKeys
};

FrameLine Label(const FrameSpace& space, std::string_view label) {
    FrameLine line(space);
    line.PadTo(kIndent).Add(label, FrameStyle::Faint).PadTo(kValues);
    return line;
}

// A name from elsewhere that leaves room for what comes behind it.
std::string Name(std::string_view text, std::size_t columns, const FrameSpace& space) {
    return std::string(FirstColumns(PlainText(text, space.utf8), columns));
}

double ToDouble(std::uint64_t count) noexcept {
    return static_cast<double>(count);
}

double PerSecond(const RunSample& sample, std::uint64_t count) noexcept {
    return sample.width > 0 ? ToDouble(count) / sample.width : 0;
}

// Items side by side, in as many lines as they need; the label stands before the first.
std::vector<FrameLine> Flow(const FrameSpace& space, std::string_view label, const std::vector<std::string>& items, FrameStyle style) {
    constexpr std::size_t kGap = 3;
    std::vector<FrameLine> lines;
    for (const std::string& item : items) {
        if (lines.empty()) {
            lines.push_back(Label(space, label));
        } else if (lines.back().Columns() > kValues && lines.back().ColumnsLeft() < kGap + ColumnsOf(item)) {
            lines.push_back(Label(space, ""));
        }
        FrameLine& line = lines.back();
        if (line.Columns() > kValues) {
            line.PadTo(line.Columns() + kGap);
        }
        line.Add(item, style);
    }
    return lines;
}

// One row of a table whose columns are aligned to the right.
FrameLine Row(const FrameSpace& space, std::string_view name, const std::vector<std::string>& cells, FrameStyle nameStyle,
              FrameStyle style) {
    constexpr std::size_t kNameColumns = 20;
    constexpr std::size_t kCellColumns = kShortColumns + 1;
    FrameLine line(space);
    line.PadTo(kIndent).Add(Name(name, kNameColumns - kIndent - 1, space), nameStyle);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        line.AddEndingAt(kNameColumns + (i + 1) * kCellColumns, cells[i], style);
    }
    return line;
}

}  // namespace

FrameSection DrawTitle(const DashboardState& state, const FrameSpace& space) {
    FrameLine line(space);
    line.PadTo(kIndent);
    if (state.paused) {
        line.Add("PAUSED  ", FrameStyle::Warning);
    }
    constexpr std::size_t kNameColumns = 24;
    line.Add(Name(state.scenario, kNameColumns, space), FrameStyle::Strong).Add(" -> ").Add(Name(state.target, kNameColumns, space));
    line.Add("   ").Add(Name(state.stage, kNameColumns, space), FrameStyle::Strong);
    return {.importance = kTitle, .lines = {line}};
}

FrameSection DrawProgress(const DashboardState& state, const FrameSpace& space) {
    FrameLine line(space);
    line.PadTo(kIndent);
    if (!state.remaining) {
        line.Add(fmt::format("{} so far, until you press q", ShortTime(state.elapsed)));
        return {.importance = kProgress, .lines = {line}};
    }
    const double total = state.elapsed + std::max(*state.remaining, 0.0);
    const double share = total > 0 && std::isfinite(total) ? std::clamp(state.elapsed / total, 0.0, 1.0) : 0;
    const std::string text = fmt::format(" {:3.0f}%   {} of {}, {} left", std::floor(share * 100), ShortTime(state.elapsed),
                                         ShortTime(total), ShortTime(*state.remaining));
    const std::size_t room = line.ColumnsLeft() > text.size() ? line.ColumnsLeft() - text.size() : 0;
    line.AddDrawing(ProgressBar(share, std::min(room, kBarColumns)), FrameStyle::Good).Add(text);
    return {.importance = kProgress, .lines = {line}};
}

FrameSection DrawBots(const RunSample& sample, const DashboardState& state, const FrameSpace& space) {
    FrameLine line = Label(space, "bots");
    line.Add("connected ").Add(ShortNumber(ToDouble(sample.connected)), FrameStyle::Strong);
    line.Add(fmt::format(" of {}   connecting {}   ", ShortNumber(ToDouble(state.botsWanted)), ShortNumber(ToDouble(sample.connecting))));
    line.Add(fmt::format("failed {}", ShortNumber(ToDouble(state.connectsFailed))),
             state.connectsFailed > 0 ? FrameStyle::Bad : FrameStyle::Plain);
    return {.importance = kBots, .lines = {line}};
}

FrameSection DrawGroups(const DashboardState& state, const FrameSpace& space) {
    FrameSection section{.importance = kGroups, .lines = {}};
    if (state.groups.size() < 2) {
        return section;
    }
    for (const DashboardGroup& group : state.groups) {
        constexpr std::size_t kNameColumns = 22;
        FrameLine line(space);
        line.PadTo(kValues).Add(Name(group.name, kNameColumns - 1, space)).PadTo(kValues + kNameColumns);
        line.Add(fmt::format("{} of {}   connecting {}", ShortNumber(ToDouble(group.online)), ShortNumber(ToDouble(group.wanted)),
                             ShortNumber(ToDouble(group.connecting))));
        section.lines.push_back(line);
    }
    return section;
}

FrameSection DrawTraffic(const RunSample& sample, const FrameSpace& space) {
    const auto both = [&](std::string_view label, auto show, std::uint64_t in, std::uint64_t out) {
        FrameLine line = Label(space, label);
        line.Add(fmt::format("in {}/s", show(PerSecond(sample, in)))).PadTo(kValues + 18);
        line.Add(fmt::format("out {}/s", show(PerSecond(sample, out))));
        return line;
    };
    return {.importance = kTraffic,
            .lines = {both("packets", &ShortNumber, sample.packetsIn, sample.packetsOut),
                      both("bytes", &ShortBytes, sample.bytesIn, sample.bytesOut)}};
}

FrameSection DrawSchedule(const RunSample& sample, const FrameSpace& space) {
    FrameLine line = Label(space, "messages");
    line.Add(fmt::format("sent {}/s", ShortNumber(PerSecond(sample, sample.sent)))).PadTo(kValues + 18);
    line.Add(fmt::format("late {}/s   ", ShortNumber(PerSecond(sample, sample.lateSends))),
             sample.lateSends > 0 ? FrameStyle::Warning : FrameStyle::Plain);
    line.Add(fmt::format("own CPU {}%", ShortNumber(std::round(sample.cpuPercent))));
    return {.importance = kSchedule, .lines = {line}};
}

FrameSection DrawLatencies(const RunSample& sample, const FrameSpace& space) {
    FrameSection section{.importance = kLatencies, .lines = {}};
    if (sample.latency.empty()) {
        return section;
    }
    section.lines.push_back(
        Row(space, "response time", {"p50", "p90", "p99", "p99.9", "max", "count"}, FrameStyle::Faint, FrameStyle::Faint));
    for (const auto& [kind, latencies] : sample.latency) {
        const LatencyFigures& figures = latencies.response;
        std::vector<std::string> cells(5, "-");
        if (figures.count > 0) {
            const auto times = {figures.p50, figures.p90, figures.p99, figures.p999, figures.max};
            std::transform(times.begin(), times.end(), cells.begin(),
                           [](std::int64_t us) { return ShortMicroseconds(static_cast<double>(us)); });
        }
        cells.push_back(ShortNumber(static_cast<double>(figures.count)));
        section.lines.push_back(Row(space, "  " + kind, cells, FrameStyle::Plain, FrameStyle::Plain));
    }
    return section;
}

FrameSection DrawHistory(const DashboardState& state, const FrameSpace& space) {
    FrameSection section{.importance = kHistory, .lines = {}};
    if (state.p99History.empty()) {
        return section;
    }
    const std::span<const double> history = std::span(state.p99History).last(std::min(state.p99History.size(), kBarColumns));
    const double highest = *std::max_element(history.begin(), history.end());
    const std::string text = fmt::format(" up to {}", ShortMicroseconds(highest));
    FrameLine line = Label(space, "p99");
    const std::size_t room = line.ColumnsLeft() > text.size() ? line.ColumnsLeft() - text.size() : 0;
    line.AddDrawing(Sparkline(history, std::min(room, kBarColumns), space.utf8)).Add(text);
    section.lines.push_back(line);
    return section;
}

FrameSection DrawErrors(const DashboardState& state, const FrameSpace& space) {
    std::vector<std::pair<std::string, std::uint64_t>> errors(state.errors.begin(), state.errors.end());
    std::erase_if(errors, [](const auto& error) { return error.second == 0; });
    std::stable_sort(errors.begin(), errors.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    if (errors.empty()) {
        return {.importance = kErrors, .lines = {Label(space, "errors").Add("none")}};
    }
    std::vector<std::string> items;
    for (const auto& [reason, count] : errors) {
        items.push_back(fmt::format("{} {}", Name(reason, kItemColumns, space), ShortNumber(ToDouble(count))));
    }
    return {.importance = kErrors, .lines = Flow(space, "errors", items, FrameStyle::Bad)};
}

FrameSection DrawThresholds(const DashboardState& state, const FrameSpace& space) {
    FrameSection section{.importance = kThresholds, .lines = {}};
    for (const ThresholdResult& threshold : state.thresholds) {
        FrameLine line = Label(space, section.lines.empty() ? "thresholds" : "");
        line.Add(threshold.passed ? "ok    " : "FAILS ", threshold.passed ? FrameStyle::Good : FrameStyle::Bad);
        line.Add(Name(threshold.text, kItemColumns, space)).Add("  now ", FrameStyle::Faint).Add(threshold.found);
        section.lines.push_back(line);
    }
    return section;
}

FrameSection DrawServer(const DashboardState& state, const FrameSpace& space) {
    std::vector<std::string> items;
    for (const auto& [name, figure] : state.server) {
        items.push_back(fmt::format("{} {}", Name(name, kItemColumns, space), ShortNumber(figure)));
    }
    return {.importance = kServer, .lines = Flow(space, "server", items, FrameStyle::Plain)};
}

FrameSection DrawHelp(const DashboardState& state, const FrameSpace& space) {
    FrameSection section{.importance = kHelp, .lines = {}};
    if (state.showsHelp) {
        for (const std::string_view help : kKeyHelp) {
            section.lines.push_back(FrameLine(space).PadTo(kIndent).Add(help));
        }
    }
    return section;
}

FrameSection DrawKeys(const FrameSpace& space) {
    return {.importance = kKeys, .lines = {FrameLine(space).PadTo(kIndent).Add(kKeyLine, FrameStyle::Faint)}};
}

}  // namespace loadtest
