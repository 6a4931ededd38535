#include "DummyClient/World/GameBot.h"

#include <fmt/format.h>

#include "Protocol/Version.h"

namespace loadtest {

namespace protocol = game::protocol;
using namespace std::chrono_literals;

namespace {

// The server ends a session that takes longer over it.
constexpr auto kPatience = 10s;

}  // namespace

BotTask GameBot::Login() {
    const Turn begun = StartNow();
    co_await Connect();
    protocol::C_Hello hello;
    hello.set_protocol_version(protocol::kProtocolVersion);
    Send(hello);
    const auto answer = co_await Expect<protocol::S_Hello>(kPatience);
    if (answer.protocol_version() != protocol::kProtocolVersion) {
        throw BotFailed(fmt::format("the server speaks protocol version {}, this client {}: use programs of the same release",
                                    answer.protocol_version(), protocol::kProtocolVersion));
    }
    protocol::C_Login login;
    login.set_name(Name());
    Send(login);
    const auto result = co_await Expect<protocol::S_LoginResult>(kPatience);
    if (result.result() != protocol::LOGIN_OK) {
        throw BotFailed("login refused: " + protocol::LoginResult_Name(result.result()));
    }
    Answered("login", begun);
}

BotTask GameBot::EnterZone(std::uint32_t zone) {
    const Turn begun = StartNow();
    protocol::C_EnterZone message;
    message.set_zone_id(zone);
    Send(message);
    const auto entered = co_await Expect<protocol::S_ZoneEntered>(kPatience);
    Check("who asks for a zone gets into that zone", entered.zone_id() == zone);
    Answered("enter", begun);
}

BotTask GameBot::Ping(Turn turn) {
    protocol::C_Ping ping;
    ping.set_client_time(turn.number);
    Send(ping);
    const auto pong = co_await Expect<protocol::S_Pong>(kPatience);
    Check("a pong answers its ping", pong.client_time() == turn.number);
    Answered("ping", turn);
}

void GameBot::Leave() {
    Send(protocol::C_Leave());
    Disconnect();
}

}  // namespace loadtest
