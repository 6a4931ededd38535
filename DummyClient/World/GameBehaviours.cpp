#include "DummyClient/World/GameBehaviours.h"

#include <memory>
#include <optional>

#include "DummyClient/Kit/BotBehaviour.h"
#include "DummyClient/World/GameBot.h"
#include "DummyClient/World/WorldOptions.h"
#include "DummyClient/World/WorldPopulation.h"

namespace loadtest {

namespace {

// Asks for an echo, again and again.
BotTask Echo(GameBot& bot) {
    co_await bot.Login();
    std::optional<Turn> turn = co_await bot.NextTurn();
    for (; turn; turn = co_await bot.NextTurn()) {
        co_await bot.Ping(*turn);
    }
    bot.Leave();
}

// Comes in, and goes.
BotTask LogIn(GameBot& bot) {
    co_await bot.Login();
    co_await bot.EnterZone(1);
    (void)co_await bot.Sleep(bot.Options().Time("stay"));
    bot.Leave();
}

// Is there, and says no more than that it is.
BotTask Idle(GameBot& bot) {
    co_await bot.Login();
    const servercore::Duration heartbeat = bot.Options().Time("heartbeat");
    bool isAwake = co_await bot.Sleep(heartbeat);
    for (; isAwake; isAwake = co_await bot.Sleep(heartbeat)) {
        co_await bot.Ping(bot.StartNow());
    }
    bot.Leave();
}

Behaviour Player() {
    return {.info = PlayerInfo(),
            .kinds = {std::string(kPingKind), std::string(kChatKind), std::string(kWhisperKind)},
            .make = [](const PopulationPlan& plan) { return std::make_unique<WorldPopulation>(plan, ReadWorldOptions(plan.group)); },
            .findMistake = &FindMistake};
}

}  // namespace

std::vector<Behaviour> GameBehaviours() {
    return {
        Player(),
        MakeBehaviour<GameBot>({.name = "echo", .about = "logs in and sends pings, each after the answer to the one before", .options = {}},
                               {"login", "ping"}, &Echo),
        MakeBehaviour<GameBot>({.name = "login",
                                .about = "connects, logs in, enters the first zone, and goes again",
                                .options = {{.name = "stay", .defaultValue = "0s", .about = "how long it stands there"}},
                                .hasRate = false},
                               {"login", "enter"}, &LogIn),
        MakeBehaviour<GameBot>({.name = "idle",
                                .about = "logs in, enters no zone, and sends a ping now and then",
                                .options = {{.name = "heartbeat", .defaultValue = "10s", .about = "from one ping to the next"}},
                                .hasRate = false},
                               {"login", "ping"}, &Idle)};
}

}  // namespace loadtest
