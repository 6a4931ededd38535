#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "Protocol/Version.h"
#include "ServerCore/Net/ClientService.h"
#include "tests/Integration/Game/BotRun.h"
#include "tests/Integration/Game/GameFixture.h"
#include "tests/Support/TestServices.h"

namespace game::test {
namespace {

using namespace std::chrono_literals;
using servercore::CloseInfo;
using servercore::CloseReason;
using servercore::test::Scaled;

// With bots that check what they are told.
class BotGame : public Game {
protected:
    using Game::Game;

    // `onMoment` is called every few milliseconds of the run.
    loadtest::WorldResult RunBots(const loadtest::Scenario& scenario, const std::function<void()>& onMoment = {}) {
        return BotRun(world, server.ListenAddress()).Play(scenario, onMoment).world;
    }
};

TEST_F(BotGame, CarriesEveryMessageOfAllBots) {
    const loadtest::WorldResult result = RunBots(BotRun::Players(Scaled(40, 8), 2s));

    EXPECT_TRUE(result.IsVerified()) << loadtest::ToTable(result);
    EXPECT_GT(result.expected, 0U);
    EXPECT_EQ(result.received, result.expected);
}

TEST_F(BotGame, LosesNothingOfThoseWhoSwitchZonesAndResume) {
    const loadtest::WorldResult result =
        RunBots(BotRun::Players(Scaled(60, 16), 3s, {{"switch_every", "1s"}, {"reconnect_every", "700ms"}, {"whisper", "true"}}));

    EXPECT_TRUE(result.IsVerified()) << loadtest::ToTable(result);
    EXPECT_GT(result.expected, 0U);
    EXPECT_GT(result.counts.switches, 0U);
    EXPECT_GT(result.counts.resumes, 0U);
    EXPECT_GT(result.counts.whispersReceived, 0U);
}

TEST_F(BotGame, LosesNothingInACrowd) {
    const std::size_t bots = Scaled(80, 16);

    const loadtest::WorldResult result = RunBots(BotRun::Players(bots, 2s, {{"zones", "1"}, {"reconnect_every", "1s"}}));

    EXPECT_TRUE(result.IsVerified()) << loadtest::ToTable(result);
    EXPECT_EQ(result.expected, result.counts.chatsSent * bots);
}

// The same with the zones' jobs on the I/O workers.
class GameOnWorkers : public BotGame {
protected:
    GameOnWorkers() : BotGame(Settings()) {}

    static GameServerConfig Settings() {
        GameServerConfig config;
        config.logic = LogicThreads::IoWorkers;
        return config;
    }
};

TEST_F(GameOnWorkers, CarriesEveryMessageOfAllBots) {
    const loadtest::WorldResult result = RunBots(BotRun::Players(Scaled(40, 8), 2s));

    EXPECT_TRUE(result.IsVerified()) << loadtest::ToTable(result);
    EXPECT_GT(result.expected, 0U);
    EXPECT_EQ(result.received, result.expected);
}

TEST_F(Game, ThousandsOfLoginsAndLeavesLeaveNothingBehind) {
    const std::size_t cycles = Scaled(10000);
    constexpr std::size_t kAtOnce = 50;
    std::atomic<std::size_t> begun = 0;
    std::atomic<std::size_t> entered = 0;
    std::atomic<std::size_t> gone = 0;
    std::atomic<std::size_t> notGraceful = 0;

    std::function<void()> begin = [&] {
        const std::size_t number = begun.fetch_add(1);
        if (number >= cycles) {
            return;
        }
        Visit({.name = fmt::format("visitor{}", number),
               .onEntered =
                   [&](Visitor& visitor) {
                       ++entered;
                       visitor.Leave();
                   },
               .onGone =
                   [&](Visitor&, const CloseInfo& info) {
                       notGraceful += info.graceful ? 0U : 1U;
                       begin();
                       ++gone;
                       world.bell.Ring();
                   }});
    };
    for (std::size_t i = 0; i < kAtOnce; ++i) {
        begin();
    }

    for (std::size_t seen = 0; seen < cycles; seen = gone.load()) {
        ASSERT_TRUE(world.bell.WaitUntil([&] { return gone.load() > seen; })) << gone.load() << " of " << cycles;
    }
    EXPECT_EQ(entered.load(), cycles);
    EXPECT_EQ(notGraceful.load(), 0U);
    server.Stop();
    const servercore::Ledger ledger = server.GetLedger();
    EXPECT_TRUE(ledger.IsBalanced()) << ledger.ToString();
    EXPECT_EQ(ledger.sessionsOpened, cycles);
    EXPECT_EQ(ledger.closedBy[static_cast<std::size_t>(CloseReason::PeerClosed)], cycles);
}

TEST_F(Game, TellsAClientOfAnotherVersionAndClosesIt) {
    std::atomic<bool> gone = false;
    const auto visitor =
        Visit({.version = protocol::kProtocolVersion + 1, .name = "future", .onGone = [&](Visitor&, const CloseInfo& info) {
                   EXPECT_EQ(info.reason, CloseReason::PeerClosed);
                   gone = true;
                   world.bell.Ring();
               }});

    ASSERT_TRUE(world.bell.WaitUntil([&] { return gone.load(); }));
    EXPECT_EQ(visitor->ServerVersion(), protocol::kProtocolVersion);
    EXPECT_EQ(visitor->Notices(), std::vector{protocol::DISCONNECT_WRONG_PROTOCOL_VERSION});
    EXPECT_FALSE(visitor->HasEntered());
    ASSERT_TRUE(world.bell.WaitUntil([&] { return server.GetLedger().sessionsClosed == 1; }));
    EXPECT_EQ(server.GetLedger().closedBy[static_cast<std::size_t>(CloseReason::WrongProtocolVersion)], 1U);
}

TEST_F(Game, SaysGoodbyeWhenItStops) {
    std::atomic<bool> entered = false;
    std::atomic<bool> gone = false;
    const auto visitor = Visit({.name = "Bob",
                                .onEntered =
                                    [&](Visitor&) {
                                        entered = true;
                                        world.bell.Ring();
                                    },
                                .onGone =
                                    [&](Visitor&, const CloseInfo&) {
                                        gone = true;
                                        world.bell.Ring();
                                    }});
    ASSERT_TRUE(world.bell.WaitUntil([&] { return entered.load(); }));

    server.Stop();

    ASSERT_TRUE(world.bell.WaitUntil([&] { return gone.load(); }));
    EXPECT_EQ(visitor->Notices(), std::vector{protocol::DISCONNECT_SERVER_STOPPING});
}

// Sends bytes that are no packets, and waits for the server's answer to that.
class Vandal final : public servercore::Session {
public:
    Vandal(servercore::SendBufferPool& buffers, std::vector<std::byte> bytes, std::atomic<std::size_t>& thrownOut)
        : buffers_(buffers), bytes_(std::move(bytes)), thrownOut_(thrownOut) {}

private:
    void OnConnected() override {
        servercore::SendBufferRef buffer = buffers_.Allocate(bytes_.size());
        std::copy(bytes_.begin(), bytes_.end(), buffer->Writable().begin());
        (void)Send(std::move(buffer));
    }
    void OnReceived(servercore::ConstBytes /*bytes*/) override {}
    void OnDisconnected(const CloseInfo& info) override { thrownOut_ += info.reason == CloseReason::LocalClose ? 0U : 1U; }

    servercore::SendBufferPool& buffers_;
    const std::vector<std::byte> bytes_;
    std::atomic<std::size_t>& thrownOut_;
};

TEST_F(BotGame, BotsDoNotNoticeClientsThatSendGarbage) {
    const auto bytes = [](std::initializer_list<unsigned> values) {
        std::vector<std::byte> result;
        for (const unsigned value : values) {
            result.push_back(static_cast<std::byte>(value));
        }
        return result;
    };
    const std::vector<std::vector<std::byte>> garbage = {
        bytes({0, 0, 0, 0}),                                  // size 0
        bytes({1, 0, 0, 0}),                                  // size 1
        bytes({2, 0, 0, 0}),                                  // size 2
        bytes({3, 0, 0, 0}),                                  // size 3
        bytes({0xFF, 0xFF, 1, 0}),                            // over the limit
        bytes({4, 0, 0x77, 0x77}),                            // an unknown id
        bytes({4, 0, 0x04, 0}),                               // a move before the login
        bytes({6, 0, 1, 0, 0xFF, 0xFF}),                      // a hello that does not parse
        bytes({'G', 'E', 'T', ' ', '/', ' ', 'H', 'T', 'T'})  // another protocol
    };
    std::atomic<std::size_t> sent = 0;
    std::atomic<std::size_t> thrownOut = 0;
    const std::size_t attacks = Scaled(400, 40);

    const loadtest::WorldResult result = RunBots(BotRun::Players(8, 2s), [&] {
        if (sent < attacks) {
            const auto vandal = std::make_shared<Vandal>(clients.Buffers(), garbage[sent % garbage.size()], thrownOut);
            sent += clients.Connect(server.ListenAddress(), vandal) ? 1U : 0U;
        }
    });

    EXPECT_TRUE(result.IsVerified()) << loadtest::ToTable(result);
    EXPECT_GT(sent.load(), 0U);
    EXPECT_TRUE(world.bell.WaitUntil([&] { return thrownOut.load() == sent.load(); })) << thrownOut.load() << " of " << sent.load();
}

}  // namespace
}  // namespace game::test
