#include "GameServer/Console.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "Protocol/TextRules.h"

namespace game {

namespace {

constexpr std::uint32_t kDrainSeconds = 60;
constexpr std::uint32_t kMaxDrainSeconds = 86'400;

std::string_view Trim(std::string_view text) {
    constexpr std::string_view kBlanks = " \t";
    const std::size_t first = std::min(text.find_first_not_of(kBlanks), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// The first word, and what follows it.
std::pair<std::string_view, std::string_view> SplitWord(std::string_view text) {
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    return {text.substr(0, end), Trim(text.substr(end))};
}

std::optional<std::uint32_t> ParseSeconds(std::string_view text) {
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool isWhole = error == std::errc() && end == text.data() + text.size();
    return isWhole && seconds <= kMaxDrainSeconds ? std::optional(seconds) : std::nullopt;
}

}  // namespace

struct Console::Command {
    std::string_view name;
    std::string_view arguments;
    std::string_view meaning;
    std::string (Console::*execute)(std::string_view arguments);
};

const Console::Command Console::kCommands[] = {
    {"status", "", "who is here, and what the server does", &Console::Status},
    {"kick", "NAME [REASON]", "disconnect a player; it may log in again (a name with spaces: kick \"NAME\")", &Console::Kick},
    {"say", "TEXT", "tell everybody", &Console::Say},
    {"drain", "[SECONDS]", "let nobody new in, and stop when all have left, or after so long (60)", &Console::Drain},
    {"help", "", "this list", &Console::Help},
};

std::string Console::Execute(std::string_view line) {
    const auto [name, arguments] = SplitWord(Trim(line));
    if (name.empty()) {
        return {};
    }
    const auto* const command = std::ranges::find(kCommands, name, &Command::name);
    if (command == std::end(kCommands)) {
        return fmt::format("unknown command '{}'; 'help' lists what there is\n", name);
    }
    return (this->*command->execute)(arguments);
}

std::string Console::Status(std::string_view /*arguments*/) {
    const servercore::Ledger ledger = server_.GetLedger();
    std::string text = fmt::format("players={} connections={}\n{}", server_.PlayersOnline(), ledger.sessionsOpened - ledger.sessionsClosed,
                                   ToString(server_.GetWorldTotals()));
    for (ZoneId id = 1; id <= server_.GetWorld().ZoneCount(); ++id) {
        const ZoneTotals zone = server_.GetWorld().Find(id)->Totals();
        fmt::format_to(std::back_inserter(text), "zone {:>4} present={} late_ticks={} worst_slip_ms={}\n", id, zone.present, zone.lateTicks,
                       zone.worstSlip / std::chrono::milliseconds(1));
    }
    return text + ToString(server_.GetOffences());
}

std::string Console::Kick(std::string_view arguments) {
    auto [name, reason] = SplitWord(arguments);
    if (arguments.starts_with('"')) {
        const std::size_t end = std::min(arguments.find('"', 1), arguments.size());
        name = arguments.substr(1, end - 1);
        reason = Trim(arguments.substr(std::min(end + 1, arguments.size())));
    }
    if (name.empty()) {
        return "kick whom? kick NAME [REASON]\n";
    }
    const bool wasHere = server_.Kick(std::string(name), reason.empty() ? "kicked by the operator" : reason);
    return wasHere ? fmt::format("{} is kicked\n", name) : fmt::format("nobody called '{}' is online\n", name);
}

std::string Console::Say(std::string_view arguments) {
    if (!protocol::IsValidChat(arguments)) {
        return fmt::format("say what? 1 to {} bytes of printable UTF-8\n", protocol::kMaxChatBytes);
    }
    server_.Say(arguments);
    return fmt::format("told {} players\n", server_.PlayersOnline());
}

std::string Console::Drain(std::string_view arguments) {
    const std::optional<std::uint32_t> seconds = arguments.empty() ? std::optional(kDrainSeconds) : ParseSeconds(arguments);
    if (!seconds) {
        return fmt::format("'{}' is no number of seconds from 0 to {}\n", arguments, kMaxDrainSeconds);
    }
    server_.Drain(std::chrono::seconds(*seconds));
    return fmt::format("draining: {} players are still here, {} s at most\n", server_.PlayersOnline(), *seconds);
}

std::string Console::Help(std::string_view /*arguments*/) {
    std::string text;
    for (const Command& command : kCommands) {
        fmt::format_to(std::back_inserter(text), "  {:<22}{}\n", fmt::format("{} {}", command.name, command.arguments), command.meaning);
    }
    return text;
}

}  // namespace game
