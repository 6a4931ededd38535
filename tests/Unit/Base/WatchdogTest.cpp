#include "ServerCore/Base/Watchdog.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tests/Support/FakeClock.h"

namespace servercore::test {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

using Strings = std::vector<std::string>;

constexpr std::chrono::seconds kPatience{20};

std::string Summary(const StallReport& report) {
    constexpr std::array kStages = {"Warning", "Alarm", "Ended"};
    return fmt::format("{} {}: {} {}/{} {} ms", kStages.at(static_cast<std::size_t>(report.stage)), report.worker, report.unit.kind,
                       report.unit.subject, report.unit.detail, std::chrono::duration_cast<milliseconds>(report.heldFor).count());
}

class WatchdogTest : public ::testing::Test {
protected:
    WatchdogTest() { watchdog.Watch("io-0", worker); }

    // What it reports while it looks each 50 ms for so long.
    Strings Pass(milliseconds time) {
        reports.clear();
        for (milliseconds passed{0}; passed < time; passed += 50ms) {
            clock.Advance(50ms);
            watchdog.Check(clock.Now());
        }
        return reports;
    }

    FakeClock clock;
    WorkerActivity worker;
    Strings reports;
    Watchdog watchdog{clock, {}, [this](const StallReport& report) { reports.push_back(Summary(report)); }};
};

TEST_F(WatchdogTest, SaysNothingOfAnIdleWorker) {
    EXPECT_EQ(Pass(10s), Strings{});
}

TEST_F(WatchdogTest, SaysNothingOfABusyWorkerThatGetsOn) {
    for (std::uint32_t packet = 0; packet < 100; ++packet) {
        const ActivityScope scope(worker, {"OnPacket", 7, packet});
        EXPECT_EQ(Pass(200ms), Strings{});
    }
}

TEST_F(WatchdogTest, WarnsOnceAlarmsOnceAndTellsTheEnd) {
    worker.Begin({"OnPacket", 7, 42});
    EXPECT_EQ(Pass(200ms), Strings{}) << "seen for the first time at the first look, not before";
    EXPECT_EQ(Pass(50ms), Strings{"Warning io-0: OnPacket 7/42 200 ms"});
    EXPECT_EQ(Pass(750ms), Strings{});
    EXPECT_EQ(Pass(50ms), Strings{"Alarm io-0: OnPacket 7/42 1000 ms"});
    EXPECT_EQ(Pass(1h), Strings{});
    worker.End();
    EXPECT_EQ(Pass(50ms), Strings{"Ended io-0: OnPacket 7/42 3601050 ms"});
    EXPECT_EQ(Pass(10s), Strings{});
}

TEST_F(WatchdogTest, TheEndIsThatOfTheStalledUnitAlsoWhenTheNextHasBegun) {
    worker.Begin({"OnPacket", 7, 42});
    EXPECT_EQ(Pass(250ms), Strings{"Warning io-0: OnPacket 7/42 200 ms"});
    worker.End();
    worker.Begin({"job", 8, 1});
    EXPECT_EQ(Pass(50ms), Strings{"Ended io-0: OnPacket 7/42 250 ms"});
    EXPECT_EQ(Pass(200ms), Strings{"Warning io-0: job 8/1 200 ms"});
    worker.End();
}

TEST_F(WatchdogTest, TheSameKindOfUnitAgainIsAnother) {
    for (int i = 0; i < 10; ++i) {
        worker.Begin({"OnPacket", 7, 42});
        EXPECT_EQ(Pass(200ms), Strings{});
        worker.End();
    }
}

TEST_F(WatchdogTest, AShortUnitIsOverWithoutAWord) {
    worker.Begin({"OnPacket", 7, 42});
    EXPECT_EQ(Pass(150ms), Strings{});
    worker.End();
    EXPECT_EQ(Pass(1s), Strings{});
}

TEST_F(WatchdogTest, ALateLookReportsTheAlarmAlone) {
    worker.Begin({"OnPacket", 7, 42});
    Pass(50ms);
    clock.Advance(10s);
    EXPECT_EQ(Pass(50ms), Strings{"Alarm io-0: OnPacket 7/42 10050 ms"});
    EXPECT_EQ(Pass(1s), Strings{});
    worker.End();
}

TEST_F(WatchdogTest, ALateLookBlamesNobodyForTheTimeItDidNotSee) {
    Pass(50ms);
    clock.Advance(10s);
    worker.Begin({"OnPacket", 7, 42});
    EXPECT_EQ(Pass(50ms), Strings{});
    worker.End();
}

TEST_F(WatchdogTest, TellsWorkersApart) {
    WorkerActivity second;
    watchdog.Watch("io-1", second);
    worker.Begin({"job", 1, 0});
    Pass(100ms);
    second.Begin({"OnPacket", 2, 5});
    EXPECT_EQ(Pass(300ms), (Strings{"Warning io-0: job 1/0 200 ms", "Warning io-1: OnPacket 2/5 200 ms"}));
    watchdog.Forget(second);
    second.End();
    EXPECT_EQ(Pass(1s), Strings{"Alarm io-0: job 1/0 1000 ms"});
    worker.End();
}

TEST_F(WatchdogTest, TheCallbackMayForget) {
    WorkerActivity second;
    int calls = 0;
    Watchdog own(clock, {}, [&](const StallReport&) {
        ++calls;
        own.Forget(second);
    });
    own.Watch("io-1", second);
    second.Begin({"job", 1, 0});
    own.Check(clock.Now());
    own.Check(clock.Now() + 1s);
    second.End();
    own.Check(clock.Now() + 2s);
    EXPECT_EQ(calls, 1);
}

TEST(ActivityScope, EndsTheUnitWhenAnExceptionLeavesIt) {
    WorkerActivity activity;
    try {
        const ActivityScope scope(activity, {"OnPacket", 7, 42});
        EXPECT_TRUE(activity.Read().has_value());
        throw std::runtime_error("from a handler");
    } catch (const std::runtime_error&) {
        EXPECT_FALSE(activity.Read().has_value());
    }
}

TEST(WorkerActivity, ASampleIsOneUnitAndNeverAMixture) {
    constexpr int kReads = 2'000'000 / SERVERCORE_TESTS_SLOWDOWN;
    constexpr std::array kKinds = {"a", "b", "c"};
    WorkerActivity activity;
    std::atomic<bool> done = false;
    std::thread worker([&] {
        for (std::uint64_t i = 0; !done; ++i) {
            const ActivityScope scope(activity, {kKinds[i % kKinds.size()], i, static_cast<std::uint32_t>(i)});
        }
    });
    std::uint64_t last = 0;
    for (int read = 0; read < kReads && !::testing::Test::HasFailure(); ++read) {
        if (const auto sample = activity.Read()) {
            const std::uint64_t i = sample->sequence / 2;
            EXPECT_EQ(sample->unit.subject, i);
            EXPECT_EQ(sample->unit.detail, i);
            EXPECT_STREQ(sample->unit.kind, kKinds[i % kKinds.size()]);
            EXPECT_GE(i, last);
            last = i;
        }
    }
    done = true;
    worker.join();
}

// A worker that holds on to one unit until the watchdog's thread has told of it twice.
TEST(WatchdogThread, NamesTheHandlerThatBlocksAWorker) {
    SteadyClock clock;
    std::mutex mutex;
    std::condition_variable reported;
    std::array<int, 3> counts{};  // of the stages
    WorkerActivity activity;
    Watchdog watchdog(clock, {.period = 1ms, .warnAfter = 5ms, .alarmAfter = 10ms}, [&](const StallReport& report) {
        EXPECT_EQ(report.worker, "logic-0");
        if (report.unit.subject == 99) {  // on a slow machine the others may stall too
            EXPECT_STREQ(report.unit.kind, "job");
            EXPECT_EQ(report.unit.detail, 3U);
            const std::lock_guard lock(mutex);
            ++counts.at(static_cast<std::size_t>(report.stage));
        }
        reported.notify_all();
    });
    const auto waitFor = [&](StallStage stage) {
        std::unique_lock lock(mutex);
        return reported.wait_for(lock, kPatience, [&] { return counts.at(static_cast<std::size_t>(stage)) != 0; });
    };
    watchdog.Start();
    watchdog.Watch("logic-0", activity);
    std::thread worker([&] {
        for (std::uint32_t i = 0; i < 1000; ++i) {
            const ActivityScope scope(activity, {"OnPacket", 1, i});
        }
        {
            const ActivityScope scope(activity, {"job", 99, 3});
            EXPECT_TRUE(waitFor(StallStage::Alarm));
        }
        EXPECT_TRUE(waitFor(StallStage::Ended));
    });
    worker.join();
    watchdog.Forget(activity);
    const std::lock_guard lock(mutex);
    EXPECT_LE(counts[0], 1);
    EXPECT_EQ(counts[1], 1);
    EXPECT_EQ(counts[2], 1);
}

TEST(WatchdogThread, WorkersComeAndGoWhileItLooks) {
    SteadyClock clock;
    Watchdog watchdog(clock, {.period = 1ms, .warnAfter = 0ms, .alarmAfter = 1h}, [](const StallReport& report) {
        EXPECT_EQ(report.worker, "passing");
        EXPECT_EQ(report.unit.subject, report.unit.detail);
    });
    watchdog.Start();
    std::vector<std::thread> workers;
    for (int t = 0; t < 3; ++t) {
        workers.emplace_back([&watchdog] {
            for (std::uint32_t i = 0; i < 2000 / SERVERCORE_TESTS_SLOWDOWN; ++i) {
                WorkerActivity activity;
                watchdog.Watch("passing", activity);
                { const ActivityScope scope(activity, {"job", i, i}); }
                watchdog.Forget(activity);
            }
        });
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
}

}  // namespace

}  // namespace servercore::test
