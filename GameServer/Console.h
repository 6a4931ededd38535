#pragma once

#include <string>
#include <string_view>

#include "GameServer/GameServer.h"

namespace game {

// What an operator can type while the server runs.
// Owner: main() or a test; `server` outlives it.  Threads: one at a time.
class Console {
public:
    explicit Console(GameServer& server) noexcept : server_(server) {}

    // Does what the line says. Returns what to print: lines, each with its end; empty for an empty line.
    [[nodiscard]] std::string Execute(std::string_view line);

private:
    struct Command;

    [[nodiscard]] std::string Status(std::string_view arguments);
    [[nodiscard]] std::string Kick(std::string_view arguments);
    [[nodiscard]] std::string Say(std::string_view arguments);
    [[nodiscard]] std::string Drain(std::string_view arguments);
    [[nodiscard]] std::string Help(std::string_view arguments);

    static const Command kCommands[];

    GameServer& server_;
};

}  // namespace game
