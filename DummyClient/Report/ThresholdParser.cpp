#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "DummyClient/Report/Threshold.h"
#include "DummyClient/Report/ThresholdSubjects.h"

namespace loadtest {

namespace {

using Comparison = Threshold::Comparison;
using Statistic = Threshold::Statistic;

// Longer ones first: "<=" begins with "<".
constexpr auto kComparisons = std::to_array<std::pair<std::string_view, Comparison>>({
    {"<=", Comparison::LessOrEqual},
    {">=", Comparison::GreaterOrEqual},
    {"==", Comparison::Equal},
    {"!=", Comparison::NotEqual},
    {"<", Comparison::Less},
    {">", Comparison::Greater},
});

struct Unit {
    std::string_view name;
    double factor;
};
constexpr auto kTimeUnits = std::to_array<Unit>({{"us", 1}, {"ms", 1e3}, {"s", 1e6}, {"min", 60e6}});
constexpr auto kByteUnits =
    std::to_array<Unit>({{"", 1}, {"B", 1}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"KiB", 1024}, {"MiB", 1048576}});
constexpr auto kCountUnits = std::to_array<Unit>({{"", 1}, {"k", 1e3}, {"M", 1e6}});
constexpr auto kShareUnits = std::to_array<Unit>({{"", 1}, {"%", 0.01}});
constexpr auto kCpuUnits = std::to_array<Unit>({{"%", 1}});

std::string_view Trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlanks);
    return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The number that `text` begins with, and what is left of it; nothing when it begins with none.
std::optional<double> TakeNumber(std::string_view& text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || !std::isfinite(number) || number < 0) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

struct StatisticName {
    Statistic statistic = Statistic::None;
    double percentile = 0;
};

// "p99.9", "min", "mean", "max"; None for everything else.
StatisticName ParseStatistic(std::string_view text) {
    constexpr auto kNames = std::to_array<std::pair<std::string_view, Statistic>>(
        {{"min", Statistic::Min}, {"mean", Statistic::Mean}, {"max", Statistic::Max}});
    for (const auto& [name, statistic] : kNames) {
        if (text == name) {
            return {.statistic = statistic};
        }
    }
    if (text.size() < 2 || text[0] != 'p' || text[1] < '0' || text[1] > '9') {
        return {};
    }
    text.remove_prefix(1);
    const std::optional<double> percentile = TakeNumber(text);
    return percentile && text.empty() && *percentile <= 100 ? StatisticName{Statistic::Percentile, *percentile} : StatisticName{};
}

// How many letters must change to make one of the other.
std::size_t Distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = std::exchange(row[j + 1], std::min({row[j + 1] + 1, row[j] + 1, changed}));
        }
    }
    return row[to.size()];
}

// ", did you mean X?", or nothing when none is similar.
std::string Suggestion(std::string_view name, std::span<const std::string> known) {
    if (known.empty() || name.size() > 64) {
        return {};
    }
    const auto nearest = std::min_element(
        known.begin(), known.end(), [&](const std::string& a, const std::string& b) { return Distance(name, a) < Distance(name, b); });
    return Distance(name, *nearest) <= std::max<std::size_t>(1, nearest->size() / 2) ? fmt::format(", did you mean '{}'?", *nearest) : "";
}

std::vector<std::string> SubjectNames() {
    std::vector<std::string> names;
    for (const ThresholdSubject& subject : ThresholdSubjects()) {
        names.emplace_back(subject.name);
    }
    return names;
}

class Parser {
public:
    Parser(std::string_view text, std::span<const std::string> kinds) : text_(Trimmed(text)), kinds_(kinds) { threshold_.text = text_; }

    ParseThresholdResult Parse() {
        const std::size_t at = text_.find_first_of("<>=!");
        if (at == text_.npos) {
            return Wrong("it lacks a comparison (<, <=, >, >=, ==, !=); write for example 'p99<20ms'");
        }
        const std::string_view rest = text_.substr(at);
        const auto comparison =
            std::find_if(kComparisons.begin(), kComparisons.end(), [&](const auto& known) { return rest.starts_with(known.first); });
        if (comparison == kComparisons.end()) {
            return Wrong(fmt::format("'{}' is no comparison; there are <, <=, >, >=, == and !=", rest.substr(0, 1)));
        }
        threshold_.comparison = comparison->second;
        std::string problem = ParseSubject(Trimmed(text_.substr(0, at)));
        if (problem.empty()) {
            problem = ParseLimit(Trimmed(rest.substr(comparison->first.size())));
        }
        return problem.empty() ? ParseThresholdResult{.threshold = std::move(threshold_), .problem = {}} : Wrong(problem);
    }

private:
    [[nodiscard]] ParseThresholdResult Wrong(const std::string& why) const {
        return {.threshold = std::nullopt, .problem = fmt::format("threshold '{}': {}", text_, why)};
    }

    std::string ParseSubject(std::string_view name) {
        if (name.empty()) {
            return "nothing stands before the comparison; write for example 'p99<20ms'";
        }
        if (FindThresholdSubject(name) != nullptr) {
            threshold_.subject = name;
            return {};
        }
        // A percentile may have a dot of its own, so the statistic is the longest end of the name that can be one.
        for (std::size_t begin = 0;; ++begin) {
            const StatisticName statistic = ParseStatistic(name.substr(begin));
            if (statistic.statistic != Statistic::None) {
                threshold_.statistic = statistic.statistic;
                threshold_.percentile = statistic.percentile;
                return ParseKind(begin == 0 ? std::string_view() : name.substr(0, begin - 1));
            }
            begin = name.find('.', begin);
            if (begin == name.npos) {
                break;
            }
        }
        std::vector<std::string> known = SubjectNames();
        const std::string names = fmt::format("{}", fmt::join(known, ", "));
        known.insert(known.end(), {"p50", "p90", "p99", "p99.9", "min", "mean", "max"});
        return fmt::format(
            "nothing is called '{}'{} Latencies are p50, p99.9 and the like, min, mean and max, with a kind and a dot before them; "
            "the rest are {}",
            name, Suggestion(name, known).empty() ? "." : Suggestion(name, known), names);
    }

    std::string ParseKind(std::string_view kind) {
        for (const std::string_view time : {"service", "response"}) {
            if (kind == time || (kind.ends_with(time) && kind.size() > time.size() && kind[kind.size() - time.size() - 1] == '.')) {
                threshold_.service = time == "service";
                kind.remove_suffix(std::min(kind.size(), time.size() + 1));
                break;
            }
        }
        if (!kind.empty() && !kinds_.empty() && std::find(kinds_.begin(), kinds_.end(), kind) == kinds_.end()) {
            const std::string suggestion = Suggestion(kind, kinds_);
            return fmt::format("no latency of the kind '{}' is measured{} There are: {}", kind, suggestion.empty() ? "." : suggestion,
                               fmt::join(kinds_, ", "));
        }
        threshold_.subject = kind;
        return {};
    }

    std::string ParseLimit(std::string_view limit) {
        const std::string_view written = limit;
        const std::optional<double> number = TakeNumber(limit);
        if (!number) {
            return fmt::format("'{}' is no number of 0 or more", written);
        }
        limit = Trimmed(limit);
        if (threshold_.statistic != Statistic::None) {
            return TakeUnit(limit, *number, kTimeUnits, "a time needs a unit: us, ms, s or min");
        }
        const ThresholdSubject& subject = *FindThresholdSubject(threshold_.subject);
        const bool canBeRate = subject.unit == SubjectUnit::Count || subject.unit == SubjectUnit::Bytes;
        if (canBeRate && limit.ends_with("/s")) {
            threshold_.perSecond = true;
            limit = Trimmed(limit.substr(0, limit.size() - 2));
        }
        switch (subject.unit) {
            case SubjectUnit::Count:
                return TakeUnit(limit, *number, kCountUnits, "a count has no unit but k or M, and /s after it for a rate");
            case SubjectUnit::Bytes:
                return TakeUnit(limit, *number, kByteUnits, "the units are B, KB, MB, GB, KiB and MiB, and /s after it for a rate");
            case SubjectUnit::Share: return TakeUnit(limit, *number, kShareUnits, "a share is a percentage (0.1%) or a fraction (0.001)");
            case SubjectUnit::CpuPercent: return TakeUnit(limit, *number, kCpuUnits, "processor time is a percentage: 80%");
        }
        return {};
    }

    std::string TakeUnit(std::string_view unit, double number, std::span<const Unit> known, std::string_view problem) {
        const auto found = std::find_if(known.begin(), known.end(), [&](const Unit& candidate) { return candidate.name == unit; });
        if (found == known.end()) {
            return unit.empty() ? std::string(problem) : fmt::format("'{}' is no unit here; {}", unit, problem);
        }
        threshold_.limit = number * found->factor;
        return {};
    }

    const std::string_view text_;
    const std::span<const std::string> kinds_;
    Threshold threshold_;
};

}  // namespace

ParseThresholdResult ParseThreshold(std::string_view text, std::span<const std::string> kinds) {
    return Parser(text, kinds).Parse();
}

std::string ThresholdHelp() {
    std::string help = fmt::format("  {:<18} {}\n  {:<18} {}\n", "p50, p99.9, ...", "latency of all kinds together; also min, mean, max",
                                   "KIND.p99", "of one kind; KIND.service.p99: from when it was really sent");
    for (const ThresholdSubject& subject : ThresholdSubjects()) {
        help += fmt::format("  {:<18} {}\n", subject.name, subject.meaning);
    }
    return help;
}

}  // namespace loadtest
