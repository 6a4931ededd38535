#include "ServerCore/Net/PacketPolicer.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <thread>
#include <utility>

namespace servercore::test {

namespace {

using namespace std::chrono_literals;
using Action = PacketPolicer::Action;

constexpr TimePoint kStart = TimePoint(1h);
constexpr std::uint16_t kMove = 1;
constexpr std::uint16_t kAck = 2;
constexpr std::uint16_t kLogin = 3;
constexpr std::uint16_t kTrade = 4;

class PacketPolicerTest : public ::testing::Test {
protected:
    PacketPolicer& Policer() {
        if (!policer) {
            Result<PacketLimits> created = PacketLimits::Create(config);
            limits.emplace(std::move(created).value());
            policer.emplace(*limits);
        }
        return *policer;
    }
    PacketPolicer::Verdict Judge(std::uint16_t id = kMove, std::size_t bytes = kPacketHeaderBytes) {
        return Policer().Judge(PacketView{id, ConstBytes(zeros).first(bytes - kPacketHeaderBytes)}, now);
    }
    // How many pass before the first that does not, which is judged too.
    int CountPassing(std::uint16_t id = kMove, std::size_t bytes = kPacketHeaderBytes) {
        int passed = 0;
        while (passed < 10000 && Judge(id, bytes).action == Action::Pass) {
            ++passed;
        }
        return passed;
    }

    SessionTotals Counts() {
        SessionTotals totals;
        Policer().AddTo(totals);
        return totals;
    }

    struct Outcome {
        int handled = 0;
        bool closed = false;
        int throttled = 0;
    };
    // A peer that sends a packet each `period` for `duration`, and a session that obeys: what comes while it does not read waits.
    Outcome Exchange(Duration period, Duration duration) {
        Outcome outcome;
        const TimePoint end = now + duration;
        for (TimePoint sent = now; sent < end; sent += period) {
            now = std::max(now, sent);
            if (now >= end) {
                break;
            }
            const PacketPolicer::Verdict verdict = Judge();
            if (verdict.action == Action::Close) {
                outcome.closed = true;
                break;
            }
            ++outcome.handled;
            if (verdict.action == Action::Throttle) {
                ++outcome.throttled;
                EXPECT_GT(verdict.readAgainAt, now);
                now = verdict.readAgainAt;
            }
        }
        return outcome;
    }

    PacketLimitsConfig config;
    std::optional<PacketLimits> limits;
    std::optional<PacketPolicer> policer;
    TimePoint now = kStart;
    const std::array<std::byte, kMaxPacketBytes> zeros{};
};

TEST_F(PacketPolicerTest, LetsEverythingPassWithoutLimits) {
    EXPECT_EQ(CountPassing(kMove, kMaxPacketBytes), 10000);
    EXPECT_EQ(Counts().packetsOverBudget, 0U);
}

TEST_F(PacketPolicerTest, AllowsTheBurstOfPacketsThenMakesTheSessionPause) {
    config.packets = {100, 20};
    EXPECT_EQ(CountPassing(), 20);
    EXPECT_EQ(Counts().packetsOverBudget, 1U);
    // A second packet over: two tokens of debt, and a quarter of the burst to come.
    const PacketPolicer::Verdict verdict = Judge();
    EXPECT_EQ(verdict.action, Action::Throttle);
    EXPECT_EQ(verdict.readAgainAt, kStart + 70ms);
    now = verdict.readAgainAt;
    EXPECT_EQ(CountPassing(), 5);
}

TEST_F(PacketPolicerTest, CountsBytesWithTheirHeaders) {
    config.bytes = {1000, 1000};
    EXPECT_EQ(CountPassing(kMove, 100), 10);
    now += 10s;
    EXPECT_EQ(CountPassing(kMove, kPacketHeaderBytes), 250);
}

TEST_F(PacketPolicerTest, APacketOverTheWholeBurstPassesWhenNothingElseWasSentAndIsPaidForAfterwards) {
    config.bytes = {1000, 1000};
    EXPECT_EQ(Judge(kMove, 3000).action, Action::Pass);
    const PacketPolicer::Verdict verdict = Judge(kMove, 10);
    EXPECT_EQ(verdict.action, Action::Throttle);
    EXPECT_EQ(verdict.readAgainAt, kStart + 2010ms + 250ms);
}

TEST_F(PacketPolicerTest, ThePauseIsThatOfTheBudgetThatNeedsLongest) {
    config.packets = {10, 1};
    config.bytes = {4, 4};
    Judge();
    const PacketPolicer::Verdict verdict = Judge();
    EXPECT_EQ(verdict.action, Action::Throttle);
    EXPECT_EQ(verdict.readAgainAt, kStart + 1250ms);
}

TEST_F(PacketPolicerTest, WhatIsDearUsesUpMoreOfTheBudget) {
    config.packets = {10, 20};
    config.ids = {{.id = kLogin, .cost = 10, .rate = {}}};
    EXPECT_EQ(Judge(kLogin).action, Action::Pass);
    EXPECT_EQ(CountPassing(kMove), 10);
    now += 10s;
    EXPECT_EQ(CountPassing(kLogin), 2);
}

TEST_F(PacketPolicerTest, AnIdWithoutCostIsFreeOfTheBudgetOfPackets) {
    config.packets = {10, 20};
    config.ids = {{.id = kAck, .cost = 0, .rate = {}}};
    EXPECT_EQ(CountPassing(kAck), 10000);
    EXPECT_EQ(CountPassing(kMove), 20);
}

TEST_F(PacketPolicerTest, AnIdMayHaveARateOfItsOwn) {
    config.ids = {{.id = kTrade, .cost = 1, .rate = {2, 4}}, {.id = kLogin, .cost = 1, .rate = {1, 1}}};
    EXPECT_EQ(CountPassing(kTrade), 4);
    EXPECT_EQ(CountPassing(kMove), 10000) << "others are not concerned";
    EXPECT_EQ(CountPassing(kLogin), 1) << "nor does it share with another that has one";
    now += 1s;
    EXPECT_EQ(CountPassing(kTrade), 1) << "one of two pays the debt";
}

TEST_F(PacketPolicerTest, ThePauseIsThatOfAnIdsOwnRateWhenItNeedsLongest) {
    config.packets = {1000, 1000};
    config.ids = {{.id = kTrade, .cost = 1, .rate = {2, 4}}};
    EXPECT_EQ(CountPassing(kTrade), 4);
    EXPECT_EQ(Judge(kTrade).readAgainAt, kStart + 1500ms);
}

TEST_F(PacketPolicerTest, AnIdsOwnRateDoesNotReplaceTheSessions) {
    config.packets = {10, 3};
    config.ids = {{.id = kTrade, .cost = 1, .rate = {100, 100}}};
    EXPECT_EQ(CountPassing(kTrade), 3);
}

TEST_F(PacketPolicerTest, AFloodGetsNoMoreThanTheBudgetAndIsClosedAfterItsTime) {
    config.packets = {100, 50};
    const Outcome outcome = Exchange(100us, 60s);
    EXPECT_TRUE(outcome.closed);
    EXPECT_GT(now, kStart + 3s);
    EXPECT_LT(now, kStart + 4s);
    EXPECT_LE(outcome.handled, 50 + 400);
}

TEST_F(PacketPolicerTest, TwiceTheBudgetIsEnoughToBeClosed) {
    config.packets = {100, 100};
    EXPECT_TRUE(Exchange(5ms, 10s).closed);
}

TEST_F(PacketPolicerTest, OneBurstTooManyIsSlowedDownAndForgiven) {
    config.packets = {100, 50};
    for (int i = 0; i < 150; ++i) {
        const PacketPolicer::Verdict verdict = Judge();
        ASSERT_NE(verdict.action, Action::Close);
        now = std::max(now, verdict.readAgainAt);
    }
    EXPECT_GE(now, kStart + 1s);
    EXPECT_LE(now, kStart + 1200ms);
    now += 2s;
    EXPECT_EQ(CountPassing(), 50);
    EXPECT_EQ(Judge().action, Action::Throttle) << "over again, but not still";
}

TEST_F(PacketPolicerTest, BurstsWithPausesBetweenThemAreNeverClosed) {
    config.packets = {100, 50};
    for (int i = 0; i < 20; ++i) {
        const Outcome outcome = Exchange(100us, 1s);
        EXPECT_FALSE(outcome.closed);
        EXPECT_GT(outcome.throttled, 0);
        now += 2s;
    }
}

TEST_F(PacketPolicerTest, APauseThatIsTooShortIsNone) {
    config.packets = {100, 50};
    bool closed = false;
    for (int i = 0; i < 20 && !closed; ++i) {
        closed = Exchange(100us, 500ms).closed;
        now += 800ms;
    }
    EXPECT_TRUE(closed);
}

TEST_F(PacketPolicerTest, StaysWithinItsBudgetForeverUnharmed) {
    config.packets = {100, 10};
    const Outcome outcome = Exchange(10ms, 600s);
    EXPECT_EQ(outcome.handled, 60000);
    EXPECT_EQ(outcome.throttled, 0);
}

TEST_F(PacketPolicerTest, ACloseTimeOfZeroOnlySlowsDown) {
    config.packets = {100, 50};
    config.closeAfter = 0ms;
    const Outcome outcome = Exchange(100us, 60s);
    EXPECT_FALSE(outcome.closed);
    EXPECT_LE(outcome.handled, 50 + 6000);
    EXPECT_GE(outcome.handled, 5900);
}

TEST_F(PacketPolicerTest, WhatWasReceivedAlreadyLengthensThePause) {
    config.packets = {100, 1};
    EXPECT_EQ(CountPassing(), 1);
    TimePoint before = Judge().readAgainAt;
    for (int i = 0; i < 100; ++i) {
        const PacketPolicer::Verdict verdict = Judge();
        EXPECT_EQ(verdict.action, Action::Throttle);
        EXPECT_EQ(verdict.readAgainAt, before + 10ms);
        before = verdict.readAgainAt;
    }
}

TEST_F(PacketPolicerTest, AStormThatTheServerHasProvokedIsFree) {
    config.packets = {10, 10};
    config.bytes = {100, 100};
    config.ids = {{.id = kAck, .cost = 1, .rate = {1, 1}}};
    config.maxCredits = 5000;
    Policer().Grant(kAck, 2000);
    Policer().Grant(kAck, 3000);
    for (int i = 0; i < 5000; ++i) {
        ASSERT_EQ(Judge(kAck, 100).action, Action::Pass);
    }
    EXPECT_EQ(Counts().packetsGranted, 5000U);
    EXPECT_EQ(Counts().packetsOverBudget, 0U);
    EXPECT_EQ(CountPassing(kAck), 1) << "credits are used once";
    EXPECT_EQ(CountPassing(kMove), 8) << "and took nothing from the budget";
}

TEST_F(PacketPolicerTest, CreditsAreForTheirIdOnly) {
    config.packets = {10, 2};
    Policer().Grant(kAck, 1);
    Policer().Grant(kTrade, 3);
    EXPECT_EQ(CountPassing(kMove), 2);
    EXPECT_EQ(CountPassing(kAck), 1);
    EXPECT_EQ(CountPassing(kTrade), 3);
    EXPECT_EQ(CountPassing(kAck), 0);
    Policer().Grant(kAck, 0);
    EXPECT_EQ(CountPassing(kAck), 0);
}

TEST_F(PacketPolicerTest, CannotSaveUpMoreCreditsThanAllowed) {
    config.packets = {10, 1};
    config.maxCredits = 7;
    Judge();
    Policer().Grant(kAck, 5);
    Policer().Grant(kAck, 0xFFFFFFFF);
    EXPECT_EQ(CountPassing(kAck), 7);
}

TEST_F(PacketPolicerTest, AnyThreadMayGrant) {
    constexpr int kGrants = 5000;
    config.packets = {1, 1};
    config.maxCredits = kGrants;
    config.closeAfter = 0ms;
    PacketPolicer& shared = Policer();
    std::thread game([&shared] {
        for (int i = 0; i < kGrants; ++i) {
            shared.Grant(kAck, 1);
        }
    });
    for (int i = 0; i < kGrants; ++i) {
        static_cast<void>(Judge(kAck));
    }
    game.join();
    for (int i = 0; i < kGrants; ++i) {
        static_cast<void>(Judge(kAck));
    }
    EXPECT_EQ(Counts().packetsGranted, static_cast<std::uint64_t>(kGrants));
}

TEST_F(PacketPolicerTest, OnlyObservingCountsAndRefusesNothing) {
    config.packets = {100, 50};
    config.observeOnly = true;
    const Outcome outcome = Exchange(1ms, 10s);
    EXPECT_EQ(outcome.handled, 10000);
    EXPECT_EQ(outcome.throttled, 0);
    EXPECT_FALSE(outcome.closed);
    // 50 and 100 each second would have passed: what is refused costs nothing, or nothing would pass any more.
    EXPECT_NEAR(static_cast<double>(Counts().packetsObserved), 10000 - 1050, 1);
    EXPECT_EQ(Counts().packetsOverBudget, 0U) << "nothing was hindered";
    EXPECT_EQ(Counts().closesObserved, 3U) << "each 3 s";
}

TEST_F(PacketPolicerTest, OnlyObservingTakesFromNoBudgetWhenAnotherRefuses) {
    config.packets = {100, 50};
    config.ids = {{.id = kTrade, .cost = 1, .rate = {1, 1}}};
    config.observeOnly = true;
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(Judge(kTrade).action, Action::Pass);
    }
    EXPECT_EQ(Counts().packetsObserved, 19U);
    for (int i = 0; i < 49; ++i) {
        Judge(kMove);
    }
    EXPECT_EQ(Counts().packetsObserved, 19U);
}

TEST(PacketLimits, RefusesAnIdThatIsThereTwice) {
    PacketLimitsConfig config;
    config.ids = {{.id = 5, .cost = 1, .rate = {}}, {.id = 3, .cost = 1, .rate = {}}, {.id = 5, .cost = 2, .rate = {}}};
    EXPECT_EQ(PacketLimits::Create(config).error(), std::errc::invalid_argument);
    config.ids.pop_back();
    EXPECT_TRUE(PacketLimits::Create(config).has_value());
}

TEST(PacketLimits, RefusesTimesThatMakeNoSense) {
    for (const std::chrono::milliseconds time : {std::chrono::milliseconds(-1), std::chrono::milliseconds(25h)}) {
        PacketLimitsConfig config;
        config.closeAfter = time;
        EXPECT_EQ(PacketLimits::Create(config).error(), std::errc::invalid_argument);
        config.closeAfter = 0ms;
        config.pause = time;
        EXPECT_EQ(PacketLimits::Create(config).error(), std::errc::invalid_argument);
    }
}

TEST(PacketLimits, FindsExactlyTheIdsItWasGiven) {
    PacketLimitsConfig config;
    for (unsigned id = 0; id <= 0xFFFF; id += 257) {
        config.ids.insert(config.ids.begin(), {.id = static_cast<std::uint16_t>(id), .cost = id, .rate = {}});
    }
    const Result<PacketLimits> limits = PacketLimits::Create(config);
    for (unsigned id = 0; id <= 0xFFFF; ++id) {
        const PacketLimits::IdRule* rule = limits->Find(static_cast<std::uint16_t>(id));
        ASSERT_EQ(rule != nullptr, id % 257 == 0) << id;
        if (rule != nullptr) {
            EXPECT_EQ(rule->limit.cost, id);
        }
    }
}

}  // namespace

}  // namespace servercore::test
