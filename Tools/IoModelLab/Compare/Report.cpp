#include "Tools/IoModelLab/Compare/Report.h"

#include <fmt/format.h>

namespace iolab {

std::string ToTable(std::span<const Cell> cells) {
    std::string text = fmt::format("{:<28}{:>8}{:>11}{:>10}{:>10}{:>12}{:>8}{:>12}{:>9}{:>8}\n", "model", "clients", "echoes/s", "p50 us",
                                   "p99 us", "cpu us/echo", "idle %", "KiB/client", "threads", "load %");
    for (const Cell& cell : cells) {
        if (!cell.stop.empty()) {
            text += fmt::format("{:<28}{:>8}  {}\n", cell.model, cell.clients, cell.stop);
            continue;
        }
        // Of a few clients, what else the server has touched by then would be shown as theirs.
        const std::string memory = cell.clients < 50 ? "-" : fmt::format("{:.1f}", cell.kibibytesPerClient);
        text += fmt::format("{:<28}{:>8}{:>11.0f}{:>10.0f}{:>10.0f}{:>12.1f}{:>8.1f}{:>12}{:>9}{:>8.0f}\n", cell.model, cell.clients,
                            cell.EchoesPerSecond(), cell.load.p50Microseconds, cell.load.p99Microseconds, cell.cpuMicrosecondsPerEcho,
                            cell.idleCpuPercent, memory, cell.threads, cell.loadCpuPercent);
    }
    return text;
}

std::string ToJson(std::span<const Cell> cells, const Setting& setting) {
    // Names and notes are this program's own, without anything that JSON would have to escape.
    std::string text = fmt::format("{{\"machine\": \"{}\", \"seconds\": {}, \"frameBytes\": {}, \"cells\": [", setting.machine,
                                   setting.seconds, EchoLoad::kFrameBytes);
    const char* separator = "\n";
    for (const Cell& cell : cells) {
        text += fmt::format("{}  {{\"model\": \"{}\", \"clients\": {}", separator, cell.model, cell.clients);
        if (cell.stop.empty()) {
            text += fmt::format(
                ", \"echoesPerSecond\": {:.1f}, \"p50Us\": {:.1f}, \"p99Us\": {:.1f}, \"cpuUsPerEcho\": {:.2f}, \"idleCpuPercent\": "
                "{:.1f}, "
                "\"kibPerClient\": {:.2f}, \"threads\": {}, \"loadCpuPercent\": {:.1f}}}",
                cell.EchoesPerSecond(), cell.load.p50Microseconds, cell.load.p99Microseconds, cell.cpuMicrosecondsPerEcho,
                cell.idleCpuPercent, cell.kibibytesPerClient, cell.threads, cell.loadCpuPercent);
        } else {
            text += fmt::format(", \"stop\": \"{}\"}}", cell.stop);
        }
        separator = ",\n";
    }
    return text + "\n]}\n";
}

std::string ToHtml(std::span<const Cell> cells, const Setting& setting) {
    return ToJson(cells, setting);
}

}  // namespace iolab
