// What the bots check: they find out a server that does not tell the truth. In a simulated network, because it needs no threads.
#include "Client/Bot.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "Protocol/Packets.gen.h"
#include "Protocol/Rules.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Platform/Sim/SimNetwork.h"

namespace mytitle::test {
namespace {

using namespace std::chrono_literals;
using servercore::PacketVerdict;

constexpr std::uint32_t kLines = 3;
constexpr std::uint32_t kLastLine = kLines + 1;  // the first one is the word to begin

enum class Lie { None, LosesALine, ChangesAText, SaysALineTwice, EndsBeforeTheLastLine };

// A server for one bot.
class LyingSession final : public servercore::PacketSession, private protocol::ClientPacketHandler {
public:
    LyingSession(servercore::SendBufferPool& buffers, Lie lie) noexcept : buffers_(buffers), lie_(lie) {}

private:
    void OnPacket(const servercore::PacketView& packet) override {
        EXPECT_EQ(protocol::DispatchClientPacket(packet, state_, *this), PacketVerdict::Accepted);
    }
    PacketVerdict OnHello(const protocol::C_Hello& /*packet*/) override {
        state_ = protocol::SessionState::InRoom;
        protocol::S_Hello hello;
        hello.set_version(protocol::kVersion);
        hello.set_player(1);
        (void)Send(protocol::MakeSendBuffer(buffers_, hello));
        return PacketVerdict::Accepted;
    }
    PacketVerdict OnSay(const protocol::C_Say& packet) override {
        const bool isLast = packet.line() == kLastLine;
        if (isLast && lie_ == Lie::EndsBeforeTheLastLine) {
            Close();
            return PacketVerdict::Accepted;
        }
        protocol::S_Said answer;
        protocol::Said& said = *answer.add_said();
        said.set_player(1);
        said.set_line(isLast && lie_ == Lie::LosesALine ? packet.line() + 1 : packet.line());
        said.set_text(isLast && lie_ == Lie::ChangesAText ? "something else" : packet.text());
        if (packet.line() == kLastLine - 1 && lie_ == Lie::SaysALineTwice) {
            *answer.add_said() = said;
        }
        (void)Send(protocol::MakeSendBuffer(buffers_, answer));
        return PacketVerdict::Accepted;
    }

    servercore::SendBufferPool& buffers_;
    const Lie lie_;
    protocol::SessionState state_ = protocol::SessionState::Stranger;
};

// What one bot says of such a server; empty: it is content.
std::string ProblemWith(Lie lie) {
    servercore::platform::SimNetwork network;
    servercore::Logger log = servercore::Logger::Silent();
    servercore::SendBufferPool buffers;
    servercore::ServiceConfig config;
    config.workers = 0;
    servercore::ServerService server(
        network, config, [&] { return std::make_shared<LyingSession>(buffers, lie); }, network.GetClock(), log);
    Crowd crowd(1, kLines);
    servercore::ClientService clients(network, ServiceConfigFor({.workers = 0, .bots = 1}), network.GetClock(), log);
    EXPECT_FALSE(server.Start({.address = servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0), .options = {}}));
    EXPECT_FALSE(clients.Start());
    EXPECT_TRUE(ConnectBots(clients, server.ListenAddress(), 1, crowd));
    const servercore::TimePoint giveUp = network.GetClock().Now() + 1h;
    while (!crowd.IsOver() && network.GetClock().Now() < giveUp) {
        if (server.Dispatch(0ms) + clients.Dispatch(0ms) == 0) {
            network.Advance(10ms);
        }
    }
    EXPECT_EQ(crowd.Finished(), crowd.Problem().empty() ? 1U : 0U);
    return crowd.Problem();
}

TEST(Bot, IsContentWithAnHonestServer) {
    EXPECT_EQ(ProblemWith(Lie::None), "");
}

TEST(Bot, FindsOutWhatIsLostChangedOrSaidTwice) {
    EXPECT_EQ(ProblemWith(Lie::LosesALine), "heard line 5 of player 1 after line 3: 'line 4 of player 1'");
    EXPECT_EQ(ProblemWith(Lie::ChangesAText), "heard line 4 of player 1 after line 3: 'something else'");
    EXPECT_EQ(ProblemWith(Lie::SaysALineTwice), "heard line 3 of player 1 after line 3: 'line 3 of player 1'");
}

TEST(Bot, WantsTheLastLineToo) {
    EXPECT_EQ(ProblemWith(Lie::EndsBeforeTheLastLine), "a bot that had 1 lines to hear was disconnected: PeerClosed");
}

}  // namespace
}  // namespace mytitle::test
