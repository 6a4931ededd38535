// The server and its clients in one process, over real sockets on the loopback interface.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "BotRun.h"
#include "Client/Behaviours.h"
#include "DummyClient/Kit/Bot.h"
#include "DummyClient/Kit/BotBehaviour.h"
#include "Protocol/Packets.gen.h"
#include "Protocol/Rules.h"
#include "Server/RoomServer.h"
#include "ServerCore/Job/WorkerPool.h"
#include "ServerCore/Platform/Network.h"

namespace mytitle::test {
namespace {

using namespace std::chrono_literals;

// Never reached, unless something is broken.
constexpr auto kPatience = 60s;

// A running server.
class LoopbackTest : public ::testing::Test {
protected:
    void SetUp() override {
        logic_.Start(1);
        ASSERT_FALSE(timers_.Start("timers"));
        ASSERT_FALSE(server_.Start(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0)));
    }

    // Takes it down as main() does, and expects that nothing is left.
    void TearDown() override {
        timers_.Stop();
        server_.BeginStop();
        EXPECT_EQ(server_.Wait(kPatience), servercore::WaitResult::Stopped);
        logic_.Stop();
        EXPECT_TRUE(server_.IsBalanced()) << ToString(server_.GetRoomTotals()) << server_.GetLedger().ToString();
    }

    [[nodiscard]] BotOutcome Play(std::string_view scenario, const std::vector<loadtest::Behaviour>& behaviours) {
        const auto pause = [](std::chrono::milliseconds time) {
            std::this_thread::sleep_for(time);  // paces the run; nothing is waited for
            return false;
        };
        return PlayBots(scenario, behaviours, server_.ListenAddress(),
                        {.network = *network_, .clock = clock_, .log = log_, .pause = pause, .show = [](const loadtest::RunView&) {}}, 2);
    }

    const std::unique_ptr<servercore::platform::Network> network_ = servercore::platform::OpenSystemNetwork().value();
    const servercore::SteadyClock clock_;
    servercore::Logger log_ = servercore::Logger::Silent();
    servercore::WorkerPool logic_{"logic"};
    servercore::JobTimers timers_{clock_};
    RoomServer server_{{.network = *network_, .executor = logic_, .timers = timers_, .clock = clock_, .log = log_},
                       ServerConfig{.workers = 2, .tick = 5ms}};
};

TEST_F(LoopbackTest, BotsHearEveryLine) {
    const BotOutcome outcome = Play("duration = '500ms'\n[[group]]\nbehaviour = 'talk'\nbots = 8\nrate = 10\n", Behaviours());
    EXPECT_EQ(outcome.wrong, std::vector<std::string>());
    EXPECT_GE(outcome.linesHeard, 8U);
}

// Says hello in a version of its own, and is not welcome.
loadtest::BotTask ComeFromAnotherTime(loadtest::Bot<protocol::PacketOf>& bot) {
    co_await bot.Connect();
    protocol::C_Hello hello;
    hello.set_version(protocol::kVersion + 1);
    bot.Send(hello);
    (void)co_await bot.Expect<protocol::S_Hello>(kPatience);
}

TEST_F(LoopbackTest, AClientOfAnotherVersionIsSentAway) {
    const loadtest::Behaviour stranger = loadtest::MakeBehaviour<loadtest::Bot<protocol::PacketOf>>(
        {.name = "stranger", .about = "speaks another version", .options = {}, .hasRate = false}, {}, &ComeFromAnotherTime);
    const BotOutcome outcome = Play("[[group]]\nbehaviour = 'stranger'\nbots = 1\n", {stranger});
    EXPECT_EQ(outcome.disconnects, loadtest::Counts({{"PeerClosed", 1}}));
}

}  // namespace
}  // namespace mytitle::test
