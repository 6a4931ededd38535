// What bots that are coroutines may rely on. In a simulated network, and on the thread of the test.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "DummyClient/Kit/Bot.h"
#include "DummyClient/Kit/BotBehaviour.h"
#include "DummyClient/Kit/LoadRun.h"
#include "Protocol/Packets.gen.h"
#include "ServerCore/Net/PacketSession.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Platform/Sim/SimNetwork.h"

namespace loadtest {
namespace {

using namespace std::chrono_literals;
using game::protocol::C_Ping;
using game::protocol::S_Pong;

using PingBot = Bot<game::protocol::PacketOf>;

// Answers whatever it hears with a pong.
class PongSession final : public servercore::PacketSession {
public:
    explicit PongSession(servercore::SendBufferPool& buffers) noexcept : buffers_(buffers) {}

private:
    void OnPacket(const servercore::PacketView& /*packet*/) override { (void)Send(game::protocol::MakeSendBuffer(buffers_, S_Pong())); }

    servercore::SendBufferPool& buffers_;
};

servercore::ServiceConfig ServiceOfOneThread() {
    servercore::ServiceConfig config;
    config.workers = 0;
    return config;
}

// One bot that does that, for ten seconds at the most.
struct BotRun {
    explicit BotRun(const Behaviour& behaviour, double rate = 0) {
        EXPECT_FALSE(server.Start({.address = servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0), .options = {}}));
        LoadPlan plan;
        plan.behaviours = {behaviour};
        plan.workers = 0;
        plan.scenario.duration = 10s;
        GroupPlan group;
        group.name = group.behaviour = behaviour.info.name;
        group.bots = 1;
        group.rate = rate;
        plan.scenario.groups = {group};
        const auto pause = [&](std::chrono::milliseconds time) {
            while (server.Dispatch(0ms) > 0) {
                // What has arrived.
            }
            network.Advance(time);
            return false;
        };
        LoadRun run(plan, {.network = network, .clock = network.GetClock(), .log = log, .pause = pause, .show = [](const RunView&) {}});
        EXPECT_FALSE(run.Run({server.ListenAddress()}));
        EXPECT_EQ(run.BotsEndAsTheyShould().passed, 1U);
        report = run.TakeReport();
    }

    servercore::platform::SimNetwork network;
    servercore::Logger log = servercore::Logger::Silent();
    servercore::SendBufferPool buffers;
    servercore::ServerService server{network, ServiceOfOneThread(), [this] { return std::make_shared<PongSession>(buffers); },
                                     network.GetClock(), log};
    RunReport report;
};

BotTask HandOver(PingBot& bot) {
    bot.On<S_Pong>([&bot](const S_Pong&) { bot.Check("the first handler", true); });
    co_await bot.Connect();
    bot.Send(C_Ping());
    (void)co_await bot.Sleep(1s);
    bot.On<S_Pong>([&bot](const S_Pong&) { bot.Check("the second handler", true); });
    bot.Send(C_Ping());
    bot.Send(C_Ping());
    (void)co_await bot.Sleep(1s);
    bot.Disconnect();
}

TEST(CoroutineBot, HasOneHandlerForAPacket) {
    const BotRun run(MakeBehaviour<PingBot>({.name = "ping", .about = "", .options = {}, .hasRate = false}, {}, &HandOver));
    EXPECT_EQ(run.report.checks,
              std::vector<RunCheck>({{.name = "the first handler", .passed = 1}, {.name = "the second handler", .passed = 2}}));
}

BotTask TakeLong(PingBot& bot) {
    co_await bot.Connect();
    std::optional<Turn> turn = co_await bot.NextTurn();
    for (; turn; turn = co_await bot.NextTurn()) {
        bot.Send(C_Ping());
        (void)co_await bot.Expect<S_Pong>(1s);
        (void)co_await bot.Sleep(1500ms);
        bot.Answered("work", *turn);
    }
    bot.Disconnect();
}

// A slow server makes bots late, and that is a result, not the fault of the load tester.
TEST(CoroutineBot, MakesNobodyLateButItself) {
    const BotRun run(MakeBehaviour<PingBot>({.name = "work", .about = "", .options = {}}, {"work"}, &TakeLong), 1);
    EXPECT_EQ(run.report.totals.lateSends, 0U);
    EXPECT_LT(run.report.generator.worstLatenessUs, 20'000);
    ASSERT_EQ(run.report.latency.size(), 1U);
    EXPECT_GT(run.report.latency[0].response.MaxUs(), 4'000'000);  // it shows in the response time
    EXPECT_LT(run.report.latency[0].service.MaxUs(), 2'000'000);
}

}  // namespace
}  // namespace loadtest
