#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "ServerCore/Platform/TerminalKey.h"

namespace loadtest {

// What the tester asks of a run while it is under way.
enum class RunOrder { AddBots, RemoveBots, TogglePause, Finish, ToggleHelp };

// nullopt: the key means nothing. Letters count in either case, and '=' as '+', which it shares a key with on many keyboards.
[[nodiscard]] std::optional<RunOrder> ToRunOrder(const servercore::platform::TerminalKey& key) noexcept;

// For the last line of a dashboard, and one line each for those who ask for help.
inline constexpr std::string_view kKeyLine = "+ - bots   p pause   q finish   ? help";
inline constexpr std::array<std::string_view, 5> kKeyHelp = {
    "+  or up     more bots",
    "-  or down   fewer bots: who came first leaves first",
    "p            stop sending, and go on",
    "q            end the run now, with all reports; Ctrl-C does the same",
    "?            this help",
};

}  // namespace loadtest
