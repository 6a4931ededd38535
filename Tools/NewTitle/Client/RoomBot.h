// One client that talks and listens.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "DummyClient/Kit/Bot.h"
#include "Protocol/Packets.gen.h"

namespace mytitle {

// What the coroutines in Behaviours.cpp have in hand. Whatever they wait for, it checks all that it hears: of each speaker, from the first
// line it hears on, every line, once, in order and as bots say it. So nobody but bots may talk in the room.
// Owner, threads: as loadtest::BotBase.
class RoomBot final : public loadtest::Bot<protocol::PacketOf> {
public:
    using Bot::Bot;

    // A connection, and a place in the room. Measured as "enter". Throws loadtest::BotFailed when the server says no, or nothing.
    [[nodiscard]] loadtest::BotTask Enter();
    // Says the next line and hears it, as everybody does. Measured as "say", since `turn`. Throws as Enter. Precondition: in the room.
    [[nodiscard]] loadtest::BotTask Say(loadtest::Turn turn);

private:
    void Hear(const protocol::S_Said& packet);

    std::uint64_t player_ = 0;  // our own number
    std::uint32_t lastSaid_ = 0;
    std::unordered_map<std::uint64_t, std::uint32_t> lastHeard_;  // line, by player
};

}  // namespace mytitle
