#include "DummyClient/Kit/RunOptions.h"

#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "DummyClient/Kit/AbortWatch.h"
#include "DummyClient/Kit/Latencies.h"
#include "DummyClient/Kit/RunMeter.h"
#include "ServerCore/App/CommandLine.h"
#include "ServerCore/App/ConfigFile.h"

namespace loadtest {

namespace {

constexpr const char* kExamples =
    "Example:\n"
    "  DummyClient run --connect 127.0.0.1:7777 --bots 200 --seconds 30 --rate 10\n"
    "\n"
    "  DummyClient run --zones 1 --bots 500                                     (a crowd in one place)\n"
    "  DummyClient run --switch-every 5 --reconnect-every 7 --whisper           (everything that players do)\n"
    "  DummyClient run --warm-up 5 --threshold 'ping.p99<20ms' --html run.html  (demands, and a page with charts)\n"
    "\n"
    "The bots spread over the zones, walk and chat, and each checks everything that it receives: nothing may be lost, doubled, reordered "
    "or\n"
    "changed, and nobody may hear of a player out of sight. Ctrl-C ends the run early, with the result so far.\n"
    "\n"
    "Latencies are those of ping, chat and whisper, from when they should have been sent (response, what thresholds mean) and from when\n"
    "they were (service).\n";

constexpr const char* kExitCodes =
    "\n"
    "Exit code: 0 every packet arrived where it should and every threshold is met; 99 a threshold is not met; 1 a packet did not arrive,\n"
    "bots were disconnected, the load tester was saturated, the server cannot be reached or a file not be written; 2 wrong usage.";

std::string CheckServer(const std::string& text) {
    std::string mistake = servercore::app::CheckHostPort(text);
    if (mistake.empty() && servercore::SplitHostPort(text)->port == 0) {
        mistake = "nobody listens on port 0; give the port that GameServer printed";
    }
    return mistake;
}

std::vector<std::string> Kinds() {
    return {kMessageKinds.begin(), kMessageKinds.end()};
}

std::string CheckThreshold(const std::string& text) {
    return ParseThreshold(text, Kinds()).problem;
}

void AddMeasureOptions(CLI::App& app, LoadConfig& config, std::vector<std::string>& thresholds) {
    app.add_option("--warm-up", config.warmUp, "How long they play before the time that is measured")
        ->type_name("S")
        ->check(CLI::Range(0, 86'400))
        ->capture_default_str();
    app.add_option("--threshold", thresholds, "A demand on the run; may be given several times")
        ->type_name("DEMAND")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->check(CLI::Validator(CheckThreshold, "", "threshold"))
        ->group("Report");
    app.add_flag("--abort-on-fail", config.abortOnFail,
                 fmt::format("End the play when a demand with an upper limit (<, <=, ==) has been exceeded {} seconds running",
                             AbortWatch::kLooks))
        ->group("Report");
    app.add_option("--max-late", config.maxLatePercent,
                   fmt::format("The result is invalid when more of the messages than this go out {} late, in percent; 100: never",
                               RunMeter::kLateAfter))
        ->type_name("PERCENT")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str()
        ->group("Report");
    AddReportOptions(app, config.files);
}

void AddOptions(CLI::App& app, LoadConfig& config) {
    app.add_option("--connect", config.connectText, "The server to test")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(CheckServer, "", "host and port"))
        ->capture_default_str();
    app.add_option("--bots", config.bots, "How many players")->type_name("N")->check(CLI::Range(1, 20'000))->capture_default_str();
    app.add_option("--seconds", config.seconds, "How long they play, once all have entered")
        ->type_name("S")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    app.add_option("--rate", config.rate, "Packets per second and bot: nine moves to one chat")
        ->type_name("N")
        ->check(CLI::Range(0.01, 10'000.0))
        ->capture_default_str();
    app.add_option("--connect-rate", config.connectRate, "Bots that connect per second")
        ->type_name("N")
        ->check(CLI::Range(0.1, 100'000.0))
        ->capture_default_str();
    app.add_option("--zones", config.zones, "Use at most so many zones; 0: all that the server has")
        ->type_name("N")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--switch-every", config.switchEvery, "Each bot goes to the next zone that often; 0: never")
        ->type_name("S")
        ->check(CLI::Range(0.0, 86'400.0))
        ->capture_default_str();
    app.add_option("--reconnect-every", config.reconnectEvery,
                   "Each bot breaks its connection and takes its player over that often; 0: never")
        ->type_name("S")
        ->check(CLI::Range(0.0, 86'400.0))
        ->capture_default_str();
    app.add_flag("--whisper", config.whisper, "Every other chat is a whisper to another bot");
    app.add_option("--workers", config.workers, "Threads for network I/O")
        ->type_name("N")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_option("--protocol-version", config.protocolVersion, "Claim to speak this version, to see it refused")
        ->type_name("N")
        ->capture_default_str();
}

}  // namespace

CommandLineResult ParseRunOptions(std::span<const std::string> arguments, const std::string& version) {
    CLI::App app("Lets a crowd of players test a GameServer.", "DummyClient run");
    app.footer(std::string(kExamples) + "\n" + ThresholdHelp() + kExitCodes);
    LoadConfig config;
    config.workers = servercore::app::DefaultWorkers();
    std::vector<std::string> thresholds;
    AddOptions(app, config);
    AddMeasureOptions(app, config, thresholds);

    std::vector<const char*> words = {"DummyClient run"};
    config.commandLine = words[0];
    for (const std::string& argument : arguments) {
        words.push_back(argument.c_str());
        config.commandLine += " " + argument;
    }
    if (auto end = servercore::app::ReadCommandLine(app, version, static_cast<int>(words.size()), words.data())) {
        return {.config = {}, .end = *std::move(end)};
    }
    config.connect = servercore::SplitHostPort(config.connectText).value();
    for (const std::string& text : thresholds) {
        config.thresholds.push_back(ParseThreshold(text, Kinds()).threshold.value());
    }
    config.configuration = servercore::app::WriteConfig(app);
    return {.config = std::move(config), .end = {}};
}

}  // namespace loadtest
