// Each behaviour is a coroutine: what one bot does, from its first connect to its end.
#include "Client/Behaviours.h"

#include <optional>

#include "Client/RoomBot.h"
#include "DummyClient/Kit/BotBehaviour.h"

namespace mytitle {

using loadtest::BotTask;
using loadtest::Turn;

namespace {

// Says a line whenever the schedule wants one.
BotTask Talk(RoomBot& bot) {
    co_await bot.Enter();
    std::optional<Turn> turn = co_await bot.NextTurn();
    for (; turn; turn = co_await bot.NextTurn()) {
        co_await bot.Say(*turn);
    }
    bot.Disconnect();
}

// Comes in, greets, listens for a while, and goes.
BotTask Visit(RoomBot& bot) {
    co_await bot.Enter();
    co_await bot.Say(bot.StartNow());
    (void)co_await bot.Sleep(bot.Options().Time("stay"));
    bot.Disconnect();
}

}  // namespace

std::vector<loadtest::Behaviour> Behaviours() {
    return {loadtest::MakeBehaviour<RoomBot>({.name = "talk", .about = "enters the room, and says a line at a time", .options = {}},
                                             {"enter", "say"}, &Talk),
            loadtest::MakeBehaviour<RoomBot>({.name = "visit",
                                              .about = "enters the room, says one line, and leaves again",
                                              .options = {{.name = "stay", .defaultValue = "1s", .about = "how long it listens"}},
                                              .hasRate = false},
                                             {"enter", "say"}, &Visit)};
}

}  // namespace mytitle
