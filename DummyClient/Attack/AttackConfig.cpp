#include "DummyClient/Attack/AttackConfig.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace loadtest::attack {

using servercore::app::CommandLineEnd;
using servercore::app::kUsageError;

namespace {

constexpr const char* kFooter =
    "Example:\n"
    "  GameServer &\n"
    "  DummyClient attack --all --seconds 20 --json attacks.json\n"
    "  DummyClient attack slowloris --attackers 1000\n"
    "  DummyClient attack half-open --deadline 5                       (against GameServer --idle-timeout 5)\n"
    "  DummyClient attack conn-flood --cap 100 --attack-from 127.0.0.2  (against GameServer --max-per-ip 100)\n"
    "\n"
    "Honest players log in first and play the whole time: a baseline, each attack, and a rest after it. An attack passes when the server\n"
    "has done what --list says, no honest player was disconnected and none of their messages was lost, and a newcomer still gets in.\n"
    "Ctrl-C ends with the table so far. Attacks that wait for a deadline of the server last until it has passed; --seconds is for the\n"
    "others. What is not loopback is refused without --i-own-the-target.\n"
    "\n"
    "Exit code: 0 all passed, 1 one failed, or the server cannot be reached, 2 wrong usage or a target that is refused.";

// As text and plain numbers, for CLI11.
struct RawOptions {
    std::string name;
    bool all = false;
    bool list = false;
    std::string connect = "127.0.0.1:7777";
    std::string from;
    double seconds = 10;
    std::optional<double> deadline;
    std::optional<double> firstPacket;
    std::optional<double> packet;
    std::optional<double> idle;
    std::optional<double> reading;
    double margin = 1;
    double baseline = 10;
    double rest = 2;
};

servercore::Duration ToDuration(double seconds) {
    return std::chrono::duration_cast<servercore::Duration>(std::chrono::duration<double>(seconds));
}

std::string CheckServer(const std::string& text) {
    std::string mistake = servercore::app::CheckHostPort(text);
    if (mistake.empty() && servercore::SplitHostPort(text)->port == 0) {
        mistake = "nobody listens on port 0; give the port that GameServer printed";
    }
    return mistake;
}

// An address without a port.
servercore::Result<servercore::NetAddress> ParseHost(const std::string& text) {
    return servercore::NetAddress::Parse(text.find(':') == std::string::npos ? text + ":0" : "[" + text + "]:0");
}

std::string CheckFrom(const std::string& text) {
    return ParseHost(text) ? "" : "'" + text + "' is no address; write for example 127.0.0.2 or ::1";
}

void AddServerOptions(CLI::App& app, RawOptions& raw, AttackConfig& config) {
    const auto addDeadline = [&](const char* name, std::optional<double>& seconds, const char* help) {
        app.add_option(name, seconds, help)->type_name("S")->check(CLI::Range(0.01, 86'400.0))->group("What the server is set to");
    };
    addDeadline("--deadline", raw.deadline, "All of the following four");
    addDeadline("--deadline-first", raw.firstPacket, "From a connect to the first whole packet (5)");
    addDeadline("--deadline-packet", raw.packet, "From a packet's first byte to its last (10)");
    addDeadline("--deadline-idle", raw.idle, "Without a byte: GameServer's --idle-timeout (30)");
    addDeadline("--deadline-reading", raw.reading, "Not reading what is sent (10)");
    app.add_option(
           "--cap", config.plan.settings.cap,
           "Connections that the server lets the attackers hold, for conn-flood: its cap for an address, less the honest players if they "
           "share it; 0: no cap")
        ->type_name("N")
        ->check(CLI::Range(0, 1'000'000))
        ->group("What the server is set to");
    app.add_option("--burst", config.plan.settings.burst, "Packets that a client may send at once: twice GameServer's --packet-rate")
        ->type_name("N")
        ->check(CLI::Range(4, 1'000'000))
        ->capture_default_str()
        ->group("What the server is set to");
    app.add_option("--margin", raw.margin, "How much later than its deadline the server may be")
        ->type_name("S")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str()
        ->group("What the server is set to");
}

void AddHonestOptions(CLI::App& app, RawOptions& raw, AttackConfig& config) {
    app.add_option("--honest", config.plan.honest.players, "How many honest players")
        ->type_name("N")
        ->check(CLI::Range(1, 20'000))
        ->capture_default_str()
        ->group("Honest players");
    app.add_option("--rate", config.plan.honest.rate, "Pings per second of each of them")
        ->type_name("N")
        ->check(CLI::Range(0.1, 40.0))
        ->capture_default_str()
        ->group("Honest players");
    app.add_option("--baseline", raw.baseline, "How long they play before the first attack")
        ->type_name("S")
        ->check(CLI::Range(0.1, 3600.0))
        ->capture_default_str()
        ->group("Honest players");
    app.add_option("--rest", raw.rest, "How long they play between two attacks")
        ->type_name("S")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str()
        ->group("Honest players");
    app.add_flag("--strict-latency", config.plan.strictLatency,
                 "An attack also fails when their p99 exceeds 1.25 times the baseline's and is more than 2 ms above it")
        ->group("Honest players");
}

void AddOptions(CLI::App& app, RawOptions& raw, AttackConfig& config) {
    app.add_option("attack", raw.name, "Which attack: see --list")->type_name("NAME");
    app.add_flag("--all", raw.all, "All of them, one after the other");
    app.add_flag("--list", raw.list, "Say which there are, what each stands for and what the server has to do, and end");
    app.add_option("--connect", raw.connect, "The server to attack")
        ->type_name("HOST:PORT")
        ->check(CLI::Validator(CheckServer, "", "host and port"))
        ->capture_default_str();
    app.add_flag("--i-own-the-target", config.isOwned, "Attack an address that is not this machine's own");
    app.add_option("--attack-from", raw.from, "An address of this machine that the attackers come from, and nobody else: 127.0.0.2")
        ->type_name("ADDRESS")
        ->check(CLI::Validator(CheckFrom, "", "address"));
    app.add_option("--attackers", config.plan.attackers, "How many at a time; 0: as many as the attack likes")
        ->type_name("N")
        ->check(CLI::Range(0, 20'000))
        ->capture_default_str();
    app.add_option("--connect-rate", config.plan.settings.connectRate, "Connections of attackers per second, at most")
        ->type_name("N")
        ->check(CLI::Range(1.0, 100'000.0))
        ->capture_default_str();
    app.add_option("--seconds", raw.seconds, "How long an attack lasts that does not end by itself")
        ->type_name("S")
        ->check(CLI::Range(0.1, 86'400.0))
        ->capture_default_str();
    app.add_option("--seed", config.plan.settings.seed, "Of what is random: the same seed makes the same attack")
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--json", config.json, "Write the table there as well, for programs")->type_name("FILE");
    AddServerOptions(app, raw, config);
    AddHonestOptions(app, raw, config);
}

void Convert(const RawOptions& raw, AttackConfig& config) {
    AttackSettings& settings = config.plan.settings;
    Deadlines& deadlines = settings.deadlines;
    const std::vector<std::pair<std::optional<double>, servercore::Duration*>> all = {{raw.firstPacket, &deadlines.firstPacket},
                                                                                      {raw.packet, &deadlines.packet},
                                                                                      {raw.idle, &deadlines.idle},
                                                                                      {raw.reading, &deadlines.reading}};
    for (const auto& [own, deadline] : all) {
        if (const std::optional<double> seconds = own ? own : raw.deadline) {
            *deadline = ToDuration(*seconds);
        }
    }
    if (!raw.from.empty()) {
        settings.from = *ParseHost(raw.from);
    }
    settings.duration = ToDuration(raw.seconds);
    settings.margin = ToDuration(raw.margin);
    config.plan.target = raw.connect;
    config.connect = servercore::SplitHostPort(raw.connect).value();
    config.plan.baseline = std::chrono::duration_cast<std::chrono::milliseconds>(ToDuration(raw.baseline));
    config.plan.rest = std::chrono::duration_cast<std::chrono::milliseconds>(ToDuration(raw.rest));
    config.plan.honest.tag = std::to_string(settings.seed % 1'000'000);  // a name has 24 characters at most
    const auto text = [](servercore::Duration time) { return fmt::format("{:g}", std::chrono::duration<double>(time).count()); };
    config.assumed =
        fmt::format("assumed deadlines: first packet {} s, packet {} s, idle {} s, reading {} s (each + {} s); burst {}; cap {}",
                    text(deadlines.firstPacket), text(deadlines.packet), text(deadlines.idle), text(deadlines.reading),
                    text(settings.margin), settings.burst, settings.cap == 0 ? "none" : std::to_string(settings.cap));
}

CommandLineEnd Mistake(const std::string& what) {
    return {.exitCode = kUsageError, .message = fmt::format("DummyClient attack: {} (see DummyClient attack --help)\n", what)};
}

}  // namespace

AttackConfigResult ParseAttackOptions(std::span<const std::string> arguments, const std::string& version) {
    CLI::App app("Attacks a GameServer beside honest players, and judges how it takes it.", "DummyClient attack");
    app.footer(kFooter);
    RawOptions raw;
    AttackConfig config;
    AddOptions(app, raw, config);
    std::vector<const char*> words = {"DummyClient attack"};
    for (const std::string& argument : arguments) {
        words.push_back(argument.c_str());
    }
    if (auto end = servercore::app::ReadCommandLine(app, version, static_cast<int>(words.size()), words.data())) {
        return {.config = {}, .end = *std::move(end)};
    }
    if (raw.list) {
        return {.config = {}, .end = {.exitCode = 0, .message = ListAttacks()}};
    }
    if (raw.all == !raw.name.empty()) {
        return {.config = {}, .end = Mistake("name one attack, or say --all; --list says which there are")};
    }
    if (raw.all) {
        for (const AttackKind& kind : AllAttacks()) {
            config.plan.kinds.push_back(&kind);
        }
    } else if (const AttackKind* kind = FindAttack(raw.name)) {
        config.plan.kinds.push_back(kind);
    } else {
        return {.config = {}, .end = Mistake(fmt::format("'{}' is no attack; --list says which there are", raw.name))};
    }
    Convert(raw, config);
    return {.config = std::move(config), .end = {}};
}

}  // namespace loadtest::attack
