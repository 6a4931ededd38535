#pragma once

#include <chrono>
#include <string>

#include "DummyClient/Kit/Bot.h"
#include "Protocol/Packets.gen.h"

namespace loadtest {

// A bot of our game: what the coroutines of World/GameBehaviours.cpp have in hand.
class GameBot final : public Bot<game::protocol::PacketOf> {
public:
    using Bot::Bot;

    // Each throws BotFailed when the server says no, or says nothing for ten seconds.
    [[nodiscard]] BotTask Login();
    // Precondition: logged in, and in no zone.
    [[nodiscard]] BotTask EnterZone(std::uint32_t zone);
    // One round trip, checked and measured.
    [[nodiscard]] BotTask Ping(Turn turn);
    // Says farewell, if there is anybody to say it to, and closes the connection.
    void Leave();
};

}  // namespace loadtest
