#include "Tools/IoModelLab/Compare/CompareCommand.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ServerCore/Platform/Network.h"
#include "Tools/IoModelLab/Compare/Machine.h"
#include "Tools/IoModelLab/Compare/Measure.h"
#include "Tools/IoModelLab/Compare/Report.h"
#include "Tools/IoModelLab/Models/Models.h"
#include "Tools/IoModelLab/Net/Errors.h"
#include "Tools/IoModelLab/Serve/ProcessUsage.h"

namespace iolab {

namespace {

std::vector<Model> Chosen(const std::vector<std::string>& names) {
    std::vector<Model> chosen;
    std::ranges::copy_if(AllModels(), std::back_inserter(chosen), [&](const Model& model) {
        return FindRun(model.name) != nullptr && (names.empty() || std::ranges::find(names, model.name) != names.end());
    });
    return chosen;
}

std::string OneLine(const Cell& cell) {
    return cell.stop.empty() ? fmt::format("{:.0f} echoes/s", cell.EchoesPerSecond()) : cell.stop;
}

void WriteFile(const std::string& name, const std::string& text) {
    std::ofstream file(name, std::ios::binary);
    file << text;
    file.flush();
    if (!file) {
        throw SystemFailure(fmt::format("cannot write '{}'; choose another file", name));
    }
}

// Beyond its documented limit a model is expected to stop; anything else is a failure.
bool IsExpected(const Cell& cell, const std::vector<Model>& models) {
    return cell.stop.empty() || std::ranges::any_of(models, [&](const Model& model) {
               return model.name == cell.model && model.maxClients != 0 && cell.clients > model.maxClients;
           });
}

}  // namespace

int Compare(const CompareOptions& options) {
    RaiseDescriptorLimit();
    const auto network = servercore::platform::OpenSystemNetwork();
    if (!network) {
        throw SystemFailure("network: " + network.error().message());
    }
    // Before the first measurement: a file that cannot be written should not cost three minutes.
    for (const std::string& name : {options.json, options.html}) {
        if (!name.empty()) {
            WriteFile(name, "");
        }
    }
    const Setting setting{.machine = DescribeMachine(), .seconds = options.seconds};
    const std::vector<Model> models = Chosen(options.models);
    std::vector<Cell> cells;
    const std::size_t count = models.size() * options.clients.size();
    for (const Model& model : models) {
        for (const std::size_t clients : options.clients) {
            cells.push_back(Measure(model, clients, std::chrono::duration<double>(options.seconds), **network));
            fmt::print(stderr, "[{}/{}] {} with {} clients: {}\n", cells.size(), count, model.name, clients, OneLine(cells.back()));
            std::fflush(stderr);  // not a matter of course on Windows
        }
    }
    fmt::print("{}: echoes of {} bytes, {} s for each line\n\n{}", setting.machine, EchoLoad::kFrameBytes, setting.seconds, ToTable(cells));
    if (!options.json.empty()) {
        WriteFile(options.json, ToJson(cells, setting));
    }
    if (!options.html.empty()) {
        WriteFile(options.html, ToHtml(cells, setting));
    }
    return std::ranges::all_of(cells, [&](const Cell& cell) { return IsExpected(cell, models); }) ? 0 : 1;
}

}  // namespace iolab
