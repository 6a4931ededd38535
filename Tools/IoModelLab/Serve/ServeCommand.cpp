#include "Tools/IoModelLab/Serve/ServeCommand.h"

#include <atomic>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "ServerCore/Platform/LineInput.h"
#include "ServerCore/Platform/NetAddress.h"
#include "ServerCore/Platform/StopSignal.h"
#include "Tools/IoModelLab/Models/Models.h"
#include "Tools/IoModelLab/Net/Errors.h"
#include "Tools/IoModelLab/Serve/ProcessUsage.h"

namespace iolab {

namespace {

using servercore::platform::LineInput;
using servercore::platform::StopSignal;

// Answers what is typed, on a thread of its own.
class Console {
public:
    Console(std::unique_ptr<LineInput> input, const ServeContext& context)
        : input_(std::move(input)), context_(context), thread_([this] { Run(); }) {}
    ~Console() {
        input_->Stop();
        thread_.join();
    }
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    [[nodiscard]] bool WantsStop() const noexcept { return wantsStop_.load(); }

private:
    void Run() {
        while (const auto line = input_->ReadLine()) {
            if (*line == "stop") {
                break;
            }
            fmt::print("{}", Answer(*line));
            std::fflush(stdout);
        }
        wantsStop_ = true;
    }

    [[nodiscard]] std::string Answer(const std::string& command) const {
        if (command == "usage") {
            return ProcessUsage::OfThisProcess().ToString() + "\n";
        }
        return command == "totals" ? context_.GetTotals().ToString() : "commands: usage, totals, stop\n";
    }

    const std::unique_ptr<LineInput> input_;
    const ServeContext& context_;
    std::atomic<bool> wantsStop_ = false;
    std::thread thread_;
};

// The model, on a thread of its own.
class ModelThread {
public:
    ModelThread(RunModel run, ServeContext& context) : context_(context), thread_([this, run] { Run(run); }) {}
    ~ModelThread() {
        while (!HasEnded()) {
            context_.GetStop().Request();
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        thread_.join();
    }
    ModelThread(const ModelThread&) = delete;
    ModelThread& operator=(const ModelThread&) = delete;

    [[nodiscard]] bool HasEnded() const noexcept { return ended_.load(); }

private:
    void Run(RunModel run) {
        try {
            run(context_);
        } catch (const std::exception& failure) {
            context_.Break(failure.what());
        }
        ended_ = true;
    }

    ServeContext& context_;
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

Address ListenAddress(const std::string& text) {
    const servercore::HostAndPort parts = servercore::SplitHostPort(text).value();
    return Address::Resolve(parts.host, parts.port);
}

}  // namespace

int Serve(const ServeOptions& options) {
    const auto stopSignal = StopSignal::Create();
    if (!stopSignal) {
        throw SystemFailure("signals: " + stopSignal.error().message());
    }
    const Winsock winsock;
    RaiseDescriptorLimit();
    ServeContext context(ListenAddress(options.listen), options.framing);
    std::optional<Console> console;
    if (options.console) {
        auto input = LineInput::OpenStandardInput();
        if (!input) {
            throw SystemFailure("standard input: " + input.error().message());
        }
        console.emplace(*std::move(input), context);
    }
    {
        const ModelThread model(FindRun(options.model), context);
        while (!model.HasEnded() && !(console && console->WantsStop()) && !(*stopSignal)->WaitFor(Stop::kLookEvery)) {
        }
    }
    const Totals totals = context.GetTotals();
    fmt::print("{}", totals.ToString());
    std::fflush(stdout);
    return totals.IsBalanced() && !context.HasBroken() ? 0 : 1;
}

}  // namespace iolab
