#include "ServerCore/Base/TimerWheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <random>
#include <vector>

namespace servercore::test {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr TimePoint kStart = TimePoint(1h);

struct NamedTimer : TimerNode {
    int name = 0;
};

class TimerWheelTest : public ::testing::Test {
protected:
    TimerWheelTest() {
        for (std::size_t i = 0; i < timers.size(); ++i) {
            timers[i].name = static_cast<int>(i);
        }
    }
    ~TimerWheelTest() override {
        for (NamedTimer& timer : timers) {
            wheel.Cancel(timer);
        }
    }

    std::vector<int> AdvanceTo(TimePoint now, std::size_t limit = TimerWheel::kNoLimit) {
        std::vector<int> names;
        const std::size_t count = wheel.Advance(
            now,
            [&names](TimerNode& node) {
                EXPECT_FALSE(node.IsArmed());
                names.push_back(static_cast<NamedTimer&>(node).name);
            },
            limit);
        EXPECT_EQ(count, names.size());
        return names;
    }

    TimerWheel wheel{kStart};
    std::array<NamedTimer, 8> timers;
};

using Names = std::vector<int>;

TEST_F(TimerWheelTest, HasNothingToExpectWhenNothingIsArmed) {
    EXPECT_EQ(wheel.NextExpiry(), std::nullopt);
    EXPECT_EQ(AdvanceTo(kStart + 100h), Names{});
    EXPECT_EQ(wheel.NextExpiry(), std::nullopt);
}

TEST_F(TimerWheelTest, NeverFiresEarlyAndAtMostAMillisecondLate) {
    wheel.Arm(timers[0], kStart + 5ms);
    wheel.Arm(timers[1], kStart + 5ms + 1ns);
    EXPECT_EQ(wheel.NextExpiry(), kStart + 5ms);
    EXPECT_EQ(AdvanceTo(kStart + 5ms - 1ns), Names{});
    EXPECT_EQ(AdvanceTo(kStart + 5ms), Names{0});
    EXPECT_EQ(AdvanceTo(kStart + 6ms - 1ns), Names{});
    EXPECT_EQ(AdvanceTo(kStart + 6ms), Names{1});
}

TEST_F(TimerWheelTest, KnowsANearTimeExactlyAlsoAfterALongIdleTime) {
    EXPECT_EQ(AdvanceTo(kStart + 100h), Names{});
    wheel.Arm(timers[0], kStart + 100h + 5ms);
    EXPECT_EQ(wheel.NextExpiry(), kStart + 100h + 5ms);
}

TEST_F(TimerWheelTest, HandsOutInTheOrderOfTimeWhateverTheOrderOfArming) {
    constexpr std::array delays = {70000ms, 3ms, 300000000ms, 64ms, 65ms, 4097ms, 63ms, 1ms};
    for (std::size_t i = 0; i < delays.size(); ++i) {
        wheel.Arm(timers[i], kStart + delays[i]);
    }
    EXPECT_EQ(AdvanceTo(kStart + 1000h), (Names{7, 1, 6, 3, 4, 5, 0, 2}));
    EXPECT_EQ(wheel.Armed(), 0U);
}

TEST_F(TimerWheelTest, ATimeThatHasPassedIsDueAtOnce) {
    wheel.Arm(timers[0], kStart);
    wheel.Arm(timers[1], kStart - 10min);
    wheel.Arm(timers[2], TimePoint::min());
    EXPECT_EQ(wheel.NextExpiry(), kStart);
    EXPECT_EQ(AdvanceTo(kStart), (Names{0, 1, 2}));
}

TEST_F(TimerWheelTest, TheEndOfTimeIsATimeLikeAnyOther) {
    wheel.Arm(timers[0], TimePoint::max());
    ASSERT_TRUE(wheel.NextExpiry().has_value());
    EXPECT_GT(*wheel.NextExpiry(), kStart);
    EXPECT_EQ(AdvanceTo(TimePoint::max() - 1s), Names{});
    EXPECT_EQ(AdvanceTo(TimePoint::max()), Names{0});
}

TEST_F(TimerWheelTest, ATimeThatRunsBackwardsChangesNothing) {
    wheel.Arm(timers[0], kStart + 10ms);
    EXPECT_EQ(AdvanceTo(kStart + 5ms), Names{});
    EXPECT_EQ(AdvanceTo(kStart - 30min), Names{});
    wheel.Arm(timers[1], kStart + 4ms);
    EXPECT_EQ(AdvanceTo(kStart - 30min), Names{1});
    EXPECT_EQ(AdvanceTo(kStart + 10ms), Names{0});
}

TEST_F(TimerWheelTest, CancelTellsWhetherItWasArmed) {
    EXPECT_FALSE(wheel.Cancel(timers[0]));
    wheel.Arm(timers[0], kStart + 1h);
    EXPECT_TRUE(timers[0].IsArmed());
    EXPECT_TRUE(wheel.Cancel(timers[0]));
    EXPECT_FALSE(timers[0].IsArmed());
    EXPECT_FALSE(wheel.Cancel(timers[0]));
    EXPECT_EQ(wheel.NextExpiry(), std::nullopt);
    EXPECT_EQ(AdvanceTo(kStart + 2h), Names{});
}

TEST_F(TimerWheelTest, ArmingAgainMovesTheTimer) {
    wheel.Arm(timers[0], kStart + 10ms);
    wheel.Arm(timers[0], kStart + 10s);
    EXPECT_EQ(wheel.Armed(), 1U);
    EXPECT_EQ(AdvanceTo(kStart + 9s), Names{});
    wheel.Arm(timers[0], kStart + 9500ms);
    EXPECT_EQ(AdvanceTo(kStart + 9500ms), Names{0});
}

TEST_F(TimerWheelTest, WhatACallbackArmsWaitsForALaterAdvance) {
    wheel.Arm(timers[0], kStart + 1ms);
    const auto armAgain = [this](TimerNode& node) { wheel.Arm(node, kStart); };
    EXPECT_EQ(wheel.Advance(kStart + 10ms, armAgain), 1U);
    EXPECT_EQ(wheel.NextExpiry(), kStart + 10ms);
    EXPECT_EQ(wheel.Advance(kStart + 10ms, armAgain), 1U);
    wheel.Arm(timers[0], kStart + 20ms);
    EXPECT_EQ(wheel.Advance(kStart + 1h, [this](TimerNode& node) { wheel.Arm(node, kStart + 30ms); }), 1U)
        << "due by now, but armed during the same Advance";
    EXPECT_EQ(AdvanceTo(kStart + 1h), Names{0});
}

TEST_F(TimerWheelTest, ACallbackMayCancelWhatIsDueWithIt) {
    for (NamedTimer& timer : timers) {
        wheel.Arm(timer, kStart + 1ms);
    }
    Names names;
    wheel.Advance(kStart + 1ms, [&](TimerNode& node) {
        const int name = static_cast<NamedTimer&>(node).name;
        names.push_back(name);
        EXPECT_FALSE(wheel.Cancel(node));
        if (name == 0) {
            for (std::size_t other = 2; other < timers.size(); ++other) {
                EXPECT_TRUE(wheel.Cancel(timers[other]));
            }
        }
    });
    EXPECT_EQ(names, (Names{0, 1}));
}

TEST_F(TimerWheelTest, ACallbackMayDestroyItsTimer) {
    auto mine = std::make_unique<TimerNode>();
    auto other = std::make_unique<TimerNode>();
    wheel.Arm(*mine, kStart + 1ms);
    wheel.Arm(*other, kStart + 1ms);
    EXPECT_EQ(wheel.Advance(kStart + 1ms,
                            [&](TimerNode&) {
                                mine.reset();
                                wheel.Cancel(*other);
                                other.reset();
                            }),
              1U);
}

TEST_F(TimerWheelTest, DoesNoMoreThanItsLimitAndTheRestNextTime) {
    for (NamedTimer& timer : timers) {
        wheel.Arm(timer, kStart + 2ms);
    }
    EXPECT_EQ(AdvanceTo(kStart + 5ms, 3), (Names{0, 1, 2}));
    EXPECT_LE(wheel.NextExpiry(), kStart + 5ms);
    EXPECT_TRUE(wheel.Cancel(timers[3]));
    EXPECT_EQ(AdvanceTo(kStart + 5ms, 3), (Names{4, 5, 6}));
    EXPECT_EQ(AdvanceTo(kStart + 5ms, 3), Names{7});
    EXPECT_EQ(wheel.NextExpiry(), std::nullopt);
}

TEST_F(TimerWheelTest, ALimitBoundsTheMovesBetweenLevelsToo) {
    // Another millisecond of a far slot: it falls with the others, but is not due.
    for (NamedTimer& timer : timers) {
        wheel.Arm(timer, kStart + 10s);
    }
    wheel.Arm(timers[0], kStart + 10s + 1ms);
    std::size_t rounds = 0;
    Names names;
    while (wheel.NextExpiry() <= kStart + 10s) {
        const Names some = AdvanceTo(kStart + 10s, 1);
        EXPECT_LE(some.size(), 1U);
        names.insert(names.end(), some.begin(), some.end());
        ASSERT_LT(++rounds, 100U);
    }
    EXPECT_EQ(names.size(), timers.size() - 1);
    EXPECT_GT(rounds, names.size());
    EXPECT_EQ(AdvanceTo(kStart + 10s + 1ms), Names{0});
}

TEST_F(TimerWheelTest, ReachesAFarTimerInOneStepPerLevel) {
    const TimePoint end = kStart + std::chrono::hours(24 * 365 * 20);
    wheel.Arm(timers[0], end);
    std::size_t steps = 0;
    TimePoint now = kStart;
    for (; timers[0].IsArmed(); ++steps) {
        const std::optional<TimePoint> next = wheel.NextExpiry();
        ASSERT_TRUE(next.has_value());
        ASSERT_GT(*next, now);
        ASSERT_LE(*next, end);
        now = *next;
        AdvanceTo(now);
    }
    EXPECT_EQ(now, end);
    EXPECT_LE(steps, 8U);
}

TEST(TimerWheelDeathTest, ATimerMustNotDieArmed) {
#ifdef NDEBUG
    GTEST_SKIP() << "SC_ASSERT checks nothing in this build";
#else
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            TimerWheel wheel(kStart);
            TimerNode node;
            wheel.Arm(node, kStart + 1s);
        },
        "assertion failed: !IsArmed");
#endif
}

// The same operations on a wheel and on a list that is searched from end to end.
class TimerWheelModel : public ::testing::TestWithParam<unsigned> {
protected:
    struct Timer : TimerNode {
        std::optional<TimePoint> when;
        bool armedInThisAdvance = false;
    };

    ~TimerWheelModel() override {
        for (Timer& timer : timers) {
            wheel.Cancel(timer);
        }
    }

    [[nodiscard]] std::int64_t Random(std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>(low, high)(random);
    }
    // Every magnitude is as likely as the others: nanoseconds to years, often a whole millisecond, sometimes in the past.
    [[nodiscard]] Duration RandomDelay() {
        const Duration delay(Random(0, std::int64_t{1} << Random(0, 56)));
        switch (Random(0, 7)) {
            case 0: return -delay / 1000;
            case 1: return Duration(0);
            case 2:
            case 3: return std::chrono::floor<milliseconds>(delay);
            default: return delay;
        }
    }
    [[nodiscard]] Timer& AnyTimer() { return timers[static_cast<std::size_t>(Random(0, std::ssize(timers) - 1))]; }

    void ArmOne() {
        Timer& timer = AnyTimer();
        timer.when = now + RandomDelay();
        timer.armedInThisAdvance = true;
        wheel.Arm(timer, *timer.when);
    }
    void CancelOne() {
        Timer& timer = AnyTimer();
        ASSERT_EQ(wheel.Cancel(timer), timer.when.has_value());
        timer.when.reset();
    }
    [[nodiscard]] static TimePoint RoundedUp(TimePoint when) { return std::chrono::ceil<milliseconds>(when); }

    void Advance(std::size_t limit) {
        for (Timer& timer : timers) {
            timer.armedInThisAdvance = false;
        }
        std::size_t calls = 0;
        wheel.Advance(
            now,
            [&](TimerNode& node) {
                ++calls;
                auto& timer = static_cast<Timer&>(node);
                ASSERT_TRUE(timer.when.has_value());
                ASSERT_LE(*timer.when, now) << "early";
                ASSERT_FALSE(timer.armedInThisAdvance);
                timer.when.reset();
                if (Random(0, 3) == 0) {
                    ArmOne();
                }
                if (Random(0, 7) == 0) {
                    CancelOne();
                }
            },
            limit);
        EXPECT_LE(calls, limit);
    }

    void Check(bool limited) {
        std::optional<TimePoint> earliest;
        for (const Timer& timer : timers) {
            ASSERT_EQ(timer.IsArmed(), timer.when.has_value());
            if (timer.when) {
                const TimePoint due = RoundedUp(*timer.when);
                if (!limited && !timer.armedInThisAdvance) {
                    ASSERT_GT(due, now) << "missed";
                }
                earliest = std::min(earliest.value_or(due), due);
            }
        }
        const std::optional<TimePoint> next = wheel.NextExpiry();
        ASSERT_EQ(next.has_value(), earliest.has_value());
        if (next) {
            ASSERT_LE(*next, std::max(*earliest, now));
        }
    }

    std::mt19937_64 random{GetParam()};
    TimePoint now = kStart + Duration(Random(0, std::int64_t{1} << 54));
    TimerWheel wheel{now};
    std::array<Timer, 200> timers;
};

TEST_P(TimerWheelModel, AgreesWithTheWheel) {
    for (int round = 0; round < 20000 / SERVERCORE_TESTS_SLOWDOWN; ++round) {
        bool advanced = false;
        bool limited = false;
        switch (Random(0, 3)) {
            case 0: CancelOne(); break;
            case 1: {
                now += Duration(Random(0, std::int64_t{1} << Random(0, 50)));
                limited = Random(0, 3) == 0;
                Advance(limited ? static_cast<std::size_t>(Random(1, 20)) : TimerWheel::kNoLimit);
                advanced = true;
                break;
            }
            default: ArmOne(); break;
        }
        if (advanced && !HasFatalFailure()) {
            Check(limited);
        }
        ASSERT_FALSE(HasFailure()) << "round " << round;
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, TimerWheelModel, ::testing::Range(1U, 9U));

}  // namespace

}  // namespace servercore::test
