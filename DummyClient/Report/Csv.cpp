#include <functional>
#include <iterator>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "DummyClient/Report/ReportText.h"

namespace loadtest {

namespace {

struct Column {
    std::string name;
    std::function<std::string(const RunSample&)> cell;
};

std::string Quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == text.npos) {
        return text;
    }
    std::string quoted = "\"";
    for (const char character : text) {
        quoted.append(character == '"' ? 2 : 1, character);
    }
    return quoted + "\"";
}

// Empty where the sample has no such entry.
template <class Map, class Show>
std::string CellOf(const Map& map, const std::string& name, const Show& show) {
    const auto found = map.find(name);
    return found == map.end() ? std::string() : fmt::format("{}", show(found->second));
}

class Columns {
public:
    explicit Columns(const RunReport& report) {
        AddFixed();
        std::set<std::string> kinds, errors, server;
        for (const RunSample& sample : report.samples) {
            for (const auto& [name, kind] : sample.latency) {
                kinds.insert(name);
            }
            for (const auto& [name, count] : sample.errors) {
                errors.insert(name);
            }
            for (const auto& [name, value] : sample.server) {
                server.insert(name);
            }
        }
        for (const std::string& kind : kinds) {
            AddFigures(kind, "response", &KindSample::response);
            AddFigures(kind, "service", &KindSample::service);
        }
        for (const std::string& name : errors) {
            Add("errors." + name, [name](const RunSample& s) { return CellOf(s.errors, name, [](auto count) { return count; }); });
        }
        for (const std::string& name : server) {
            Add("server." + name, [name](const RunSample& s) { return CellOf(s.server, name, [](auto value) { return value; }); });
        }
    }

    [[nodiscard]] std::string Header() const {
        return Line([](const Column& column) { return Quoted(column.name); });
    }
    [[nodiscard]] std::string Row(const RunSample& sample) const {
        return Line([&](const Column& column) { return column.cell(sample); });
    }

private:
    void Add(std::string name, std::function<std::string(const RunSample&)> cell) {
        columns_.push_back({std::move(name), std::move(cell)});
    }

    template <class T>
    void AddField(const char* name, T RunSample::*field) {
        Add(name, [field](const RunSample& sample) { return fmt::format("{}", sample.*field); });
    }

    void AddFixed() {
        AddField("seconds", &RunSample::t);
        AddField("width", &RunSample::width);
        Add("measured", [](const RunSample& sample) { return std::string(sample.measured ? "1" : "0"); });
        AddField("connected", &RunSample::connected);
        AddField("connecting", &RunSample::connecting);
        AddField("failed", &RunSample::failed);
        AddField("packets_in", &RunSample::packetsIn);
        AddField("packets_out", &RunSample::packetsOut);
        AddField("bytes_in", &RunSample::bytesIn);
        AddField("bytes_out", &RunSample::bytesOut);
        AddField("sent", &RunSample::sent);
        AddField("received", &RunSample::received);
        AddField("late_sends", &RunSample::lateSends);
        AddField("cpu_percent", &RunSample::cpuPercent);
    }

    void AddFigures(const std::string& kind, const char* time, LatencyFigures KindSample::*figures) {
        const auto add = [&](const char* name, auto field) {
            Add(fmt::format("latency.{}.{}.{}", kind, time, name), [kind, figures, field](const RunSample& sample) {
                return CellOf(sample.latency, kind, [&](const KindSample& found) { return found.*figures.*field; });
            });
        };
        add("count", &LatencyFigures::count);
        add("p50_us", &LatencyFigures::p50);
        add("p90_us", &LatencyFigures::p90);
        add("p99_us", &LatencyFigures::p99);
        add("p99.9_us", &LatencyFigures::p999);
        add("max_us", &LatencyFigures::max);
    }

    template <class Cell>
    [[nodiscard]] std::string Line(const Cell& cell) const {
        std::string line;
        for (const Column& column : columns_) {
            fmt::format_to(std::back_inserter(line), "{}{}", line.empty() ? "" : ",", cell(column));
        }
        return line + "\r\n";
    }

    std::vector<Column> columns_;
};

}  // namespace

std::string ToCsv(const RunReport& report) {
    const Columns columns(report);
    std::string text = columns.Header();
    for (const RunSample& sample : report.samples) {
        text += columns.Row(sample);
    }
    return text;
}

}  // namespace loadtest
