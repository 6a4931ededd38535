// What the bots check: they find out a server that does not tell the truth. In a simulated network, because it needs no threads.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "BotRun.h"
#include "Client/Behaviours.h"
#include "Protocol/Packets.gen.h"
#include "Protocol/Rules.h"
#include "ServerCore/Net/PacketSession.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Platform/Sim/SimNetwork.h"

namespace mytitle::test {
namespace {

using namespace std::chrono_literals;
using servercore::PacketVerdict;

constexpr std::uint32_t kLiesAt = 4;  // the line

enum class Lie { None, SpeaksAnotherVersion, SkipsANumber, ChangesAText, SaysALineTwice, IsSilent, Leaves };

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
        hello.set_version(lie_ == Lie::SpeaksAnotherVersion ? protocol::kVersion + 1 : protocol::kVersion);
        hello.set_player(1);
        (void)Send(protocol::MakeSendBuffer(buffers_, hello));
        return PacketVerdict::Accepted;
    }
    PacketVerdict OnSay(const protocol::C_Say& packet) override {
        const Lie lie = packet.line() == kLiesAt ? lie_ : Lie::None;
        if (lie == Lie::Leaves) {
            Close();
        }
        if (lie == Lie::Leaves || lie == Lie::IsSilent) {
            return PacketVerdict::Accepted;
        }
        protocol::S_Said answer;
        protocol::Said& said = *answer.add_said();
        said.set_player(1);
        said.set_line(lie == Lie::SkipsANumber ? packet.line() + 1 : packet.line());
        said.set_text(lie == Lie::ChangesAText ? "something else" : packet.text());
        if (lie == Lie::SaysALineTwice) {
            *answer.add_said() = protocol::Said(said);
        }
        (void)Send(protocol::MakeSendBuffer(buffers_, answer));
        return PacketVerdict::Accepted;
    }

    servercore::SendBufferPool& buffers_;
    const Lie lie_;
    protocol::SessionState state_ = protocol::SessionState::Stranger;
};

// What one bot that says five lines finds wrong with such a server.
std::vector<std::string> ProblemsWith(Lie lie) {
    servercore::platform::SimNetwork network;
    servercore::Logger log = servercore::Logger::Silent();
    servercore::SendBufferPool buffers;
    servercore::ServiceConfig config;
    config.workers = 0;
    servercore::ServerService server(
        network, config, [&] { return std::make_shared<LyingSession>(buffers, lie); }, network.GetClock(), log);
    EXPECT_FALSE(server.Start({.address = servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0), .options = {}}));
    const auto pause = [&](std::chrono::milliseconds time) {
        while (server.Dispatch(0ms) > 0) {
            // What has arrived.
        }
        network.Advance(time);
        return false;
    };
    const BotOutcome outcome =
        PlayBots("duration = '5s'\n[[group]]\nbehaviour = 'talk'\nbots = 1\nrate = 1\n", Behaviours(), server.ListenAddress(),
                 {.network = network, .clock = network.GetClock(), .log = log, .pause = pause, .show = [](const loadtest::RunView&) {}}, 0);
    if (lie == Lie::None) {
        EXPECT_EQ(outcome.linesHeard, 5U);
    }
    return outcome.wrong;
}

using Problems = std::vector<std::string>;

TEST(Bot, IsContentWithAnHonestServer) {
    EXPECT_EQ(ProblemsWith(Lie::None), Problems());
}

TEST(Bot, FindsOutWhatIsChangedOrSaidTwice) {
    EXPECT_EQ(ProblemsWith(Lie::SpeaksAnotherVersion), Problems({"the server speaks our version: 1 times not"}));
    EXPECT_EQ(ProblemsWith(Lie::ChangesAText), Problems({"lines are heard as they were said: 1 times not"}));
    EXPECT_EQ(ProblemsWith(Lie::SaysALineTwice), Problems({"each line is heard once, in order: 1 times not"}));
    // Line 5 for line 4, and then line 5 once more.
    EXPECT_EQ(ProblemsWith(Lie::SkipsANumber),
              Problems({"each line is heard once, in order: 2 times not", "lines are heard as they were said: 1 times not"}));
}

TEST(Bot, FailsWhenItsLineIsLost) {
    EXPECT_EQ(ProblemsWith(Lie::IsSilent), Problems({"bots end as they should: 1 times not", "1 times no S_Said within 5000ms"}));
}

TEST(Bot, FailsWhenTheServerSendsItAway) {
    EXPECT_EQ(ProblemsWith(Lie::Leaves), Problems({"bots end as they should: 1 times not", "1 times disconnected"}));
}

}  // namespace
}  // namespace mytitle::test
