#include "Tools/IoModelLab/Compare/Report.h"

#include <fmt/format.h>

#include "Tools/IoModelLab/Compare/PageParts.h"
#include "Tools/IoModelLab/Models/Models.h"

namespace iolab {

namespace {

std::string ToJson(const Cell& cell) {
    std::string text = fmt::format("  {{\"model\": \"{}\", \"clients\": {}", cell.model, cell.clients);
    if (!cell.stop.empty()) {
        return text + fmt::format(", \"stop\": \"{}\"}}", cell.stop);
    }
    return text + fmt::format(
                      ", \"echoesPerSecond\": {:.1f}, \"p50Us\": {:.1f}, \"p99Us\": {:.1f}, \"cpuUsPerEcho\": {:.2f}, "
                      "\"switchesPerEcho\": {:.2f}, \"idleCpuPercent\": {:.1f}, \"kibPerClient\": {:.2f}, \"threads\": {}, "
                      "\"loadCpuPercent\": {:.1f}}}",
                      cell.EchoesPerSecond(), cell.load.p50Microseconds, cell.load.p99Microseconds, cell.cpuMicrosecondsPerEcho,
                      cell.switchesPerEcho, cell.idleCpuPercent, cell.kibibytesPerClient, cell.threads, cell.loadCpuPercent);
}

}  // namespace

std::string ToTable(std::span<const Cell> cells) {
    std::string text = fmt::format("{:<28}{:>8}{:>11}{:>10}{:>10}{:>12}{:>10}{:>8}{:>12}{:>9}{:>8}\n", "model", "clients", "echoes/s",
                                   "p50 us", "p99 us", "cpu us/echo", "switches", "idle %", "KiB/client", "threads", "load %");
    for (const Cell& cell : cells) {
        if (!cell.stop.empty()) {
            text += fmt::format("{:<28}{:>8}  {}\n", cell.model, cell.clients, cell.stop);
            continue;
        }
        // Of a few clients, what else the server has touched by then would be shown as theirs.
        const std::string memory = cell.clients < 50 ? "-" : fmt::format("{:.1f}", cell.kibibytesPerClient);
        text +=
            fmt::format("{:<28}{:>8}{:>11.0f}{:>10.0f}{:>10.0f}{:>12.1f}{:>10.2f}{:>8.1f}{:>12}{:>9}{:>8.0f}\n", cell.model, cell.clients,
                        cell.EchoesPerSecond(), cell.load.p50Microseconds, cell.load.p99Microseconds, cell.cpuMicrosecondsPerEcho,
                        cell.switchesPerEcho, cell.idleCpuPercent, memory, cell.threads, cell.loadCpuPercent);
    }
    return text;
}

std::string ToJson(std::span<const Cell> cells, const Setting& setting) {
    // All texts are this program's own, without anything that JSON would have to escape.
    std::string text = fmt::format("{{\"machine\": \"{}\", \"seconds\": {}, \"frameBytes\": {}, \"models\": [", setting.machine,
                                   setting.seconds, EchoLoad::kFrameBytes);
    const char* separator = "\n";
    for (const Model& model : AllModels()) {
        text += fmt::format("{}  {{\"name\": \"{}\", \"summary\": \"{}\", \"limit\": \"{}\"}}", separator, model.name, model.summary,
                            model.limit);
        separator = ",\n";
    }
    text += "\n], \"cells\": [";
    separator = "\n";
    for (const Cell& cell : cells) {
        text += separator + ToJson(cell);
        separator = ",\n";
    }
    return text + "\n]}\n";
}

std::string ToHtml(std::span<const Cell> cells, const Setting& setting) {
    // The policy lets the page fetch nothing, whatever is in it.
    std::string page =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src "
        "'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>IoModelLab</title>\n";
    const auto add = [&](std::string_view before, std::string_view part, std::string_view after) {
        page.append(before).append(part).append(after);
    };
    add("<!-- The charts are drawn with uPlot. Its license:\n", ChartLicense(), "\n-->\n");
    add("<style>\n", ChartStyle(), "</style>\n");
    add("<style>\n", PageStyle(),
        "</style>\n</head>\n<body>\n<noscript>This page is drawn by a script; allow scripts to see it.</noscript>\n");
    add("<main id=\"page\"></main>\n<script type=\"application/json\" id=\"data\">", ToJson(cells, setting), "</script>\n");
    add("<script>\n", ChartScript(), "</script>\n");
    add("<script>\n", PageScript(), "</script>\n</body>\n</html>\n");
    return page;
}

}  // namespace iolab
