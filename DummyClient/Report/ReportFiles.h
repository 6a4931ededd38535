#pragma once

#include <string>

#include "DummyClient/Report/ReportJson.h"
#include "DummyClient/Report/RunReport.h"

namespace CLI {
class App;
}

namespace loadtest {

// Where a report goes; nothing is written where a name is empty.
struct ReportFiles {
    std::string json;
    std::string csv;
    std::string hgrm;
    std::string junit;
    std::string html;
};

// --json, --csv, --hgrm, --junit and --html.
void AddReportOptions(CLI::App& parser, ReportFiles& files);

// What is wrong when one cannot be written, the others having been tried; empty when all are. With OUT.hgrm, each latency gets a file of
// its own: OUT.KIND.response.hgrm and OUT.KIND.service.hgrm.
[[nodiscard]] std::string WriteReportFiles(const RunReport& report, const ReportFiles& files);

[[nodiscard]] std::string WriteTextFile(const std::string& path, const std::string& text);

// The problem names the file.
[[nodiscard]] ReadReportResult ReadReportFile(const std::string& path);

}  // namespace loadtest
