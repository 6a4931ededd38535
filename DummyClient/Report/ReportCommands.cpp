#include "DummyClient/Report/ReportCommands.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "DummyClient/Report/CompareReports.h"
#include "DummyClient/Report/HtmlPage.h"
#include "DummyClient/Report/MergeReports.h"
#include "DummyClient/Report/ReportFiles.h"
#include "DummyClient/Report/ReportText.h"
#include "DummyClient/Report/Threshold.h"

namespace loadtest {

using servercore::app::CommandLineEnd;

namespace {

std::optional<CommandLineEnd> Read(CLI::App& parser, std::span<const std::string> arguments, const std::string& version) {
    const std::string name = parser.get_name();
    std::vector<const char*> words = {name.c_str()};
    for (const std::string& argument : arguments) {
        words.push_back(argument.c_str());
    }
    return servercore::app::ReadCommandLine(parser, version, static_cast<int>(words.size()), words.data());
}

CommandLineEnd Failed(const std::string& problem) {
    return {.exitCode = kRunFailed, .message = fmt::format("DummyClient: {}{}", problem, problem.ends_with('\n') ? "" : "\n")};
}

CommandLineEnd Misused(const std::string& problem) {
    return {.exitCode = servercore::app::kUsageError, .message = fmt::format("DummyClient: {}\n", problem)};
}

struct ReadReports {
    std::vector<RunReport> reports;
    std::string problem;
};

ReadReports ReadAll(const std::vector<std::string>& paths) {
    ReadReports all;
    for (const std::string& path : paths) {
        ReadReportResult result = ReadReportFile(path);
        if (!result.report) {
            all.problem = std::move(result.problem);
            break;
        }
        all.reports.push_back(*std::move(result.report));
    }
    return all;
}

// What the reports were judged by, each demand once.
std::vector<std::string> ThresholdsOf(const std::vector<RunReport>& reports) {
    std::vector<std::string> texts;
    for (const RunReport& report : reports) {
        for (const ThresholdResult& threshold : report.thresholds) {
            if (std::find(texts.begin(), texts.end(), threshold.text) == texts.end()) {
                texts.push_back(threshold.text);
            }
        }
    }
    return texts;
}

std::vector<std::string> KindsOf(const RunReport& report) {
    std::vector<std::string> kinds;
    for (const KindTotals& kind : report.latency) {
        kinds.push_back(kind.name);
    }
    return kinds;
}

}  // namespace

CommandLineEnd RunCompareCommand(std::span<const std::string> arguments, const std::string& version) {
    std::vector<std::string> paths;
    std::string html;
    bool failIfWorse = false;
    CLI::App parser("Puts two runs side by side: each figure, its change, and how much it moves within a run.", "DummyClient compare");
    parser.add_option("REPORT", paths, "Two reports that --json has written: before and after")->required()->expected(2)->type_name("");
    parser.add_option("--html", html, "Write a page with both runs in each chart")->type_name("FILE");
    parser.add_flag("--fail-if-worse", failIfWorse, "Exit code 99 when a figure is worse by more than its noise");
    if (auto end = Read(parser, arguments, version)) {
        return *std::move(end);
    }
    const ReadReports runs = ReadAll(paths);
    if (!runs.problem.empty()) {
        return Failed(runs.problem);
    }
    const RunReport& a = runs.reports[0];
    const RunReport& b = runs.reports[1];
    const std::vector<ComparedFigure> figures = Compare(a, b);
    if (!html.empty()) {
        if (const std::string problem = WriteTextFile(html, ToHtml(a, paths[0], b, paths[1])); !problem.empty()) {
            return Failed(problem);
        }
    }
    const bool worse =
        std::any_of(figures.begin(), figures.end(), [](const ComparedFigure& figure) { return figure.verdict == FigureVerdict::Worse; });
    return {.exitCode = failIfWorse && worse ? kThresholdFailed : kRunPassed, .message = ToTable(figures)};
}

CommandLineEnd RunMergeCommand(std::span<const std::string> arguments, const std::string& version) {
    std::vector<std::string> paths;
    std::vector<std::string> texts;
    ReportFiles files;
    CLI::App parser("Makes one report of several processes that tested one server at the same time.", "DummyClient merge");
    parser.add_option("REPORT", paths, "Reports that --json has written")->required()->expected(1, 10000)->type_name("");
    parser.add_option("--threshold", texts, "A demand on the whole, instead of those in the reports; may be given several times")
        ->type_name("DEMAND")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    AddReportOptions(parser, files);
    if (auto end = Read(parser, arguments, version)) {
        return *std::move(end);
    }
    const ReadReports runs = ReadAll(paths);
    if (!runs.problem.empty()) {
        return Failed(runs.problem);
    }
    MergeResult merged = Merge(runs.reports);
    if (!merged.report) {
        return Failed(merged.problem);
    }
    RunReport& report = *merged.report;
    const bool own = !texts.empty();
    const std::vector<std::string> kinds = KindsOf(report);
    std::vector<Threshold> thresholds;
    for (const std::string& text : own ? texts : ThresholdsOf(runs.reports)) {
        ParseThresholdResult parsed = ParseThreshold(text, own ? kinds : std::vector<std::string>());
        if (!parsed.threshold) {
            return own ? Misused(parsed.problem) : Failed(parsed.problem);
        }
        thresholds.push_back(*std::move(parsed.threshold));
    }
    JudgeRun(thresholds, report);
    if (const std::string problem = WriteReportFiles(report, files); !problem.empty()) {
        return Failed(problem);
    }
    return {.exitCode = report.exitCode, .message = ToSummary(report)};
}

}  // namespace loadtest
