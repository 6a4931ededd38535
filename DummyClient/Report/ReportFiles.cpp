#include "DummyClient/Report/ReportFiles.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <system_error>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "DummyClient/Report/HtmlPage.h"
#include "DummyClient/Report/ReportText.h"

namespace loadtest {

namespace {

std::string LastError() {
    return std::generic_category().message(errno);
}

// A kind's name as part of a file's: it may come from anybody's scenario.
std::string FileNamePart(const std::string& name) {
    constexpr std::size_t kLongest = 40;
    std::string part;
    for (const char c : name.substr(0, kLongest)) {
        const bool harmless = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        part += harmless ? c : '_';
    }
    return part.empty() ? "_" : part;
}

std::string WriteHgrm(const RunReport& report, const std::string& path) {
    std::string problem;
    for (const KindTotals& kind : report.latency) {
        for (const auto& [time, histogram] : {std::pair("response", &kind.response), std::pair("service", &kind.service)}) {
            std::filesystem::path file(path);
            file.replace_extension(fmt::format(".{}.{}.hgrm", FileNamePart(kind.name), time));
            problem += WriteTextFile(file.string(), ToHgrm(*histogram));
        }
    }
    return problem;
}

}  // namespace

void AddReportOptions(CLI::App& parser, ReportFiles& files) {
    const auto add = [&](const char* name, std::string& file, const char* help) {
        parser.add_option(name, file, help)->type_name("FILE")->group("Report");
    };
    add("--json", files.json, "Write everything there, for 'compare' and 'merge'");
    add("--csv", files.csv, "Write a line for each second");
    add("--hgrm", files.hgrm, "Write the percentiles of each latency, for HdrHistogram's plotter");
    add("--junit", files.junit, "Write thresholds and checks as test results");
    add("--html", files.html, "Write a page with charts, to look at without network");
}

std::string WriteTextFile(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    return file ? std::string() : fmt::format("{} cannot be written: {}\n", path, LastError());
}

std::string WriteReportFiles(const RunReport& report, const ReportFiles& files) {
    std::string problems;
    const auto write = [&](const std::string& path, std::string (*text)(const RunReport&)) {
        if (!path.empty()) {
            problems += WriteTextFile(path, text(report));
        }
    };
    write(files.json, ToJson);
    write(files.csv, ToCsv);
    write(files.junit, ToJUnit);
    write(files.html, ToHtml);
    if (!files.hgrm.empty()) {
        problems += WriteHgrm(report, files.hgrm);
    }
    return problems;
}

ReadReportResult ReadReportFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return {.report = std::nullopt, .problem = fmt::format("{} cannot be read: {}", path, LastError())};
    }
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    ReadReportResult result = ParseReport(text);
    if (!result.report) {
        result.problem = fmt::format("{}: {}", path, result.problem);
    }
    return result;
}

}  // namespace loadtest
