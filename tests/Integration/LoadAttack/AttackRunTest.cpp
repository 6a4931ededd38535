// Attacks beside honest players, on the real server.
#include "DummyClient/Attack/AttackRun.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "GameServer/GameServer.h"
#include "tests/Integration/LoadAttack/CredulousServer.h"
#include "tests/Integration/LoadAttack/Fight.h"

namespace loadtest::attack::test {
namespace {

class AttackRunTest : public ::testing::Test {
protected:
    void Serve(const game::GameServerConfig& config = {}) {
        server_ = std::make_unique<game::GameServer>(*world_.network, config, world_.clock, world_.log);
        ASSERT_FALSE(server_->Start(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0)));
    }

    [[nodiscard]] AttackReport Run(const std::vector<std::string_view>& names) {
        AttackPlan plan;
        for (const std::string_view name : names) {
            plan.kinds.push_back(FindAttack(name));
        }
        plan.settings = FewAttackers(server_->ListenAddress());
        plan.settings.margin = servercore::test::kPatience;
        plan.attackers = 4;
        plan.honest = {.players = 3, .rate = 10, .chatEvery = 0.5, .tag = "t"};
        plan.baseline = 500ms;
        plan.rest = 1ms;
        AttackRun run(plan, {.network = *world_.network, .clock = world_.clock, .log = world_.log},
                      {.pause =
                           [this](std::chrono::milliseconds time) {
                               LetTimePass(time);
                               return isInterrupted_;
                           },
                       .print =
                           [this](const std::string& line) {
                               lines_.push_back(line);
                               if (onLine_) {
                                   onLine_(line);
                               }
                           }});
        return run.Run();
    }

    servercore::test::World world_;
    std::unique_ptr<game::GameServer> server_;
    std::vector<std::string> lines_;
    std::function<void(const std::string&)> onLine_;
    bool isInterrupted_ = false;
};

TEST_F(AttackRunTest, PassesWhenTheServerWithstandsAndHonestPlayersNoticeNothing) {
    Serve();
    const AttackReport report = Run({"malformed", "fragment", "half-close"});
    EXPECT_TRUE(report.Passed()) << ToTable(report);
    EXPECT_GT(report.baseline.counts.answered, 0U);
    ASSERT_EQ(report.rows.size(), 3U);
    for (const AttackRow& row : report.rows) {
        EXPECT_EQ(row.reason, "");
        EXPECT_EQ(row.attackers, 4U);
        EXPECT_GT(row.honest.counts.answered, 0U);
        EXPECT_EQ(row.honest.Lost(), 0U);
        EXPECT_GT(row.honest.latency.p99, 0);
    }
}

TEST_F(AttackRunTest, FailsAnAttackThatCostsAnHonestPlayerItsConnection) {
    Serve();
    onLine_ = [this](const std::string& line) {
        if (line.starts_with("fragment (")) {
            EXPECT_TRUE(server_->Kick("hon-t-0", "for the test"));
        }
    };
    const AttackReport report = Run({"malformed", "fragment"});
    ASSERT_EQ(report.rows.size(), 2U);
    EXPECT_TRUE(report.rows[0].Passed());
    EXPECT_EQ(report.rows[1].honest.disconnects, 1U);
    EXPECT_EQ(report.rows[1].reason, "1 honest players were disconnected (PeerClosed)");
    EXPECT_FALSE(report.Passed());
}

TEST_F(AttackRunTest, FailsAnAttackAfterWhichNobodyNewGetsIn) {
    game::GameServerConfig config;
    config.admission.acceptsPerSecond = 0.001;
    config.admission.acceptBurst = 10;
    Serve(config);
    const AttackReport report = Run({"rst-storm"});
    ASSERT_EQ(report.rows.size(), 1U);
    EXPECT_TRUE(report.rows[0].finding.passed) << report.rows[0].finding.reason;
    EXPECT_TRUE(report.rows[0].reason.starts_with("afterwards nobody new got in any more")) << report.rows[0].reason;
}

TEST_F(AttackRunTest, SaysThatTheServerIsGone) {
    Serve();
    onLine_ = [this](const std::string& line) {
        if (line.starts_with("silent 1")) {
            server_->Stop();
        }
    };
    const AttackReport report = Run({"silent", "malformed"});
    EXPECT_EQ(report.problem, "the server is gone during silent");
    EXPECT_EQ(report.rows.size(), 1U);
    EXPECT_FALSE(report.Passed());
    EXPECT_NE(ToTable(report).find("the server is gone during silent"), std::string::npos);
}

TEST_F(AttackRunTest, SaysThatNobodyIsThere) {
    Serve();
    server_->Stop();
    const AttackReport report = Run({"silent"});
    EXPECT_TRUE(report.problem.starts_with("honest players are kept out: ConnectFailed")) << report.problem;
    EXPECT_FALSE(report.Passed());
}

TEST_F(AttackRunTest, EndsWithWhatItHasWhenItIsInterrupted) {
    Serve();
    onLine_ = [this](const std::string& line) { isInterrupted_ = isInterrupted_ || line.starts_with("silent (rows 18)"); };
    const AttackReport report = Run({"half-close", "silent", "malformed"});
    EXPECT_TRUE(report.isInterrupted);
    ASSERT_EQ(report.rows.size(), 2U);
    EXPECT_TRUE(report.rows[0].Passed());
    EXPECT_EQ(report.rows[1].reason, "interrupted");
    EXPECT_FALSE(report.Passed());
}

TEST_F(AttackRunTest, CountsWhatHonestPlayersLose) {
    const CredulousServer server(world_, {.losesPongs = true});
    HonestCrowd crowd(server.Address(), {.network = *world_.network, .clock = world_.clock, .log = world_.log},
                      {.players = 2, .rate = 20, .chatEvery = 100, .tag = "t"});
    std::chrono::milliseconds passed{0};
    const auto pause = [&](std::chrono::milliseconds time) {
        LetTimePass(time);
        passed += time;
        return passed > 3s;  // gives up on answers that never come
    };
    ASSERT_EQ(crowd.Enter(pause), "");
    LetTimePass(1s);
    const HonestPhase phase = crowd.TakePhase(pause);
    EXPECT_GT(phase.counts.answered, 0U);
    EXPECT_GT(phase.counts.lost, 0U);
    EXPECT_EQ(phase.counts.sent, phase.counts.answered + phase.counts.lost);
    EXPECT_NE(JudgeHonest(phase, phase, false), "");
}

}  // namespace
}  // namespace loadtest::attack::test
