// Writes what RenderPages.py and CheckFiles.py look at: ReportPages DIRECTORY.
#include <cstdio>
#include <filesystem>
#include <string>

#include "DummyClient/Report/HtmlPage.h"
#include "DummyClient/Report/ReportFiles.h"
#include "tests/Unit/LoadReport/InventedRuns.h"

int main(int argc, char** argv) {
    if (argc != 2) {
        return std::puts("usage: ReportPages DIRECTORY"), 2;
    }
    using namespace loadtest;
    const std::filesystem::path directory = argv[1];
    std::filesystem::create_directories(directory);
    const auto file = [&](const char* name) { return (directory / name).string(); };
    const auto files = [&](const std::string& name) {
        return ReportFiles{.json = file((name + ".json").c_str()),
                           .csv = file((name + ".csv").c_str()),
                           .hgrm = file((name + ".hgrm").c_str()),
                           .junit = file((name + ".xml").c_str()),
                           .html = file((name + ".html").c_str())};
    };
    const RunReport before = test::Invent({});
    const RunReport after = test::Invent({.seed = 2, .slowdown = 1.25});
    const RunReport hostile = test::Invent({.seed = 3, .seconds = 40, .hostile = true});
    RunReport empty;
    std::string problems = WriteReportFiles(before, files("report")) + WriteReportFiles(hostile, files("hostile")) +
                           WriteReportFiles(empty, files("empty")) +
                           WriteTextFile(file("comparison.html"), ToHtml(before, "before.json", after, "after.json")) +
                           WriteTextFile(file("hostile-comparison.html"), ToHtml(hostile, hostile.meta.scenario, hostile, "again"));
    std::fputs(problems.c_str(), stderr);
    return problems.empty() ? 0 : 1;
}
