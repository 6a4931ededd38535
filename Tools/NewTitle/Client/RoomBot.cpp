// What a bot says, and what it makes of what it hears.
#include "Client/RoomBot.h"

#include <chrono>
#include <string>

#include <fmt/format.h>

#include "Protocol/Rules.h"

namespace mytitle {

using namespace std::chrono_literals;
using loadtest::BotTask;
using loadtest::Turn;

namespace {

// Who waits longer for an answer has failed.
constexpr auto kPatience = 5s;

std::string TextOf(std::uint64_t player, std::uint32_t line) {
    return fmt::format("line {} of player {}", line, player);
}

}  // namespace

BotTask RoomBot::Enter() {
    const Turn begun = StartNow();
    co_await Connect();
    protocol::C_Hello hello;
    hello.set_version(protocol::kVersion);
    Send(hello);
    const auto welcome = co_await Expect<protocol::S_Hello>(kPatience);
    Check("the server speaks our version", welcome.version() == protocol::kVersion);
    player_ = welcome.player();
    lastSaid_ = 0;
    lastHeard_ = {{player_, 0}};  // ourselves we hear from our first line on
    On<protocol::S_Said>([this](const protocol::S_Said& packet) { Hear(packet); });
    Answered("enter", begun);
}

BotTask RoomBot::Say(Turn turn) {
    protocol::C_Say line;
    line.set_line(++lastSaid_);
    line.set_text(TextOf(player_, lastSaid_));
    Send(line);
    while (lastHeard_[player_] < lastSaid_) {  // others talk, too
        const auto said = co_await Expect<protocol::S_Said>(kPatience);
        Hear(said);
    }
    Answered("say", turn);
}

void RoomBot::Hear(const protocol::S_Said& packet) {
    for (const protocol::Said& said : packet.said()) {
        const auto [last, isFirst] = lastHeard_.try_emplace(said.player(), said.line());
        Check("each line is heard once, in order", isFirst || said.line() == last->second + 1);
        Check("lines are heard as they were said", said.text() == TextOf(said.player(), said.line()));
        last->second = said.line();
    }
}

}  // namespace mytitle
