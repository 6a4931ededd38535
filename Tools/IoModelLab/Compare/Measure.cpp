#include "Tools/IoModelLab/Compare/Measure.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "Tools/IoModelLab/Compare/ChildProcess.h"
#include "Tools/IoModelLab/Compare/EchoLoad.h"
#include "Tools/IoModelLab/Net/Errors.h"
#include "Tools/IoModelLab/Serve/ProcessUsage.h"

namespace iolab {

namespace {

constexpr std::chrono::milliseconds kIdleTime{300};

// `IoModelLab serve` as a child.
class ServerProcess {
public:
    explicit ServerProcess(std::string_view model)
        : child_(ChildProcess::Start({"serve", "--model", std::string(model), "--listen", "127.0.0.1:0", "--framing",
                                      fmt::format("fixed:{}", EchoLoad::kFrameBytes), "--console"})) {
        constexpr std::string_view kReady = "ready listen=";
        const auto line = child_->ReadLine();
        const auto address =
            line && line->starts_with(kReady)
                ? servercore::NetAddress::Parse(line->substr(kReady.size()))
                : servercore::Result<servercore::NetAddress>(std::error_code(std::make_error_code(std::errc::not_connected)));
        if (!address) {
            throw SystemFailure(fmt::format("the server of model {0} does not start; try IoModelLab serve --model {0}", model));
        }
        address_ = *address;
    }

    [[nodiscard]] const servercore::NetAddress& Address() const noexcept { return address_; }

    // nullopt: it has ended.
    [[nodiscard]] std::optional<ProcessUsage> Usage() {
        const auto line = child_->WriteLine("usage") ? child_->ReadLine() : std::nullopt;
        return line ? ProcessUsage::Parse(*line) : std::nullopt;
    }

private:
    std::unique_ptr<ChildProcess> child_;
    servercore::NetAddress address_;
};

double Between(std::uint64_t before, std::uint64_t after) {
    return static_cast<double>(after) - static_cast<double>(before);
}

double CpuPercent(const ProcessUsage& before, const ProcessUsage& after, double seconds) {
    return Between(before.cpuMicroseconds, after.cpuMicroseconds) / (seconds * 10'000);
}

// What went wrong; empty: nothing.
std::string Fill(Cell& cell, ServerProcess& server, EchoLoad& load, std::chrono::duration<double> time) {
    const auto empty = server.Usage();
    if (!empty || !load.Connect(server.Address(), cell.clients)) {
        return fmt::format("{} connections lost", load.Lost());
    }
    if (!load.EchoOnce()) {
        return load.Lost() > 0 ? fmt::format("{} connections lost", load.Lost()) : std::string("not all are served");
    }
    const auto idle = server.Usage();
    std::this_thread::sleep_for(kIdleTime);
    const auto before = server.Usage();
    const ProcessUsage loadBefore = ProcessUsage::OfThisProcess();
    cell.load = load.Run(time);
    const auto after = server.Usage();
    if (!idle || !before || !after) {
        return "the server has ended";
    }
    if (cell.load.echoes == 0 || cell.load.p50Microseconds <= 0) {
        return "no answers";
    }
    cell.loadCpuPercent = CpuPercent(loadBefore, ProcessUsage::OfThisProcess(), cell.load.seconds);
    cell.cpuMicrosecondsPerEcho = Between(before->cpuMicroseconds, after->cpuMicroseconds) / static_cast<double>(cell.load.echoes);
    cell.switchesPerEcho = Between(before->switches, after->switches) / static_cast<double>(cell.load.echoes);
    cell.idleCpuPercent = CpuPercent(*idle, *before, std::chrono::duration<double>(kIdleTime).count());
    cell.kibibytesPerClient = Between(empty->memoryKibibytes, idle->memoryKibibytes) / static_cast<double>(cell.clients);
    cell.threads = after->threads;
    return {};
}

}  // namespace

Cell Measure(const Model& model, std::size_t clients, std::chrono::duration<double> time, servercore::platform::Network& network) {
    Cell cell;
    cell.model = model.name;
    cell.clients = clients;
    if (model.maxClients != 0 && clients > model.maxClients) {
        cell.stop = model.stop;
        return cell;
    }
    ServerProcess server(model.name);
    EchoLoad load(network);
    cell.stop = Fill(cell, server, load, time);
    return cell;
}

}  // namespace iolab
