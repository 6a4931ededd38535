#include <cstdio>
#include <exception>
#include <string>
#include <variant>

#include <fmt/format.h>

#include "Tools/IoModelLab/Client/ClientCommand.h"
#include "Tools/IoModelLab/Compare/CompareCommand.h"
#include "Tools/IoModelLab/Models/Models.h"
#include "Tools/IoModelLab/Options.h"
#include "Tools/IoModelLab/Serve/ServeCommand.h"

namespace iolab {

namespace {

constexpr int kFailed = 1;

int List(const ListOptions& options) {
    for (const Model& model : AllModels()) {
        const bool isHere = FindRun(model.name) != nullptr;
        if (!options.namesOnly) {
            fmt::print("{:<27}  {:<7}  {}{}\n{:<38}limit: {}\n", model.name, model.system, model.summary,
                       isHere ? "" : " (not on this system)", "", model.limit);
        } else if (isHere) {
            fmt::print("{}\n", model.name);
        }
    }
    return 0;
}

int Run(const servercore::app::CommandLineEnd& end) {
    fmt::print(end.exitCode == 0 ? stdout : stderr, "{}", end.message);
    return end.exitCode;
}

int Run(const ServeOptions& options) {
    return Serve(options);
}

int Run(const ListOptions& options) {
    return List(options);
}

int Run(const ClientOptions& options) {
    return RunClient(options);
}

int Run(const CompareOptions& options) {
    return Compare(options);
}

}  // namespace

}  // namespace iolab

int main(int argc, char** argv) {
    try {
        return std::visit([](const auto& options) { return iolab::Run(options); }, iolab::ParseCommandLine(argc, argv));
    } catch (const std::exception& failure) {
        fmt::print(stderr, "IoModelLab: {}\n", failure.what());
        return iolab::kFailed;
    }
}
