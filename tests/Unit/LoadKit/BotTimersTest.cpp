#include "DummyClient/Kit/BotTimers.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <vector>

namespace loadtest {
namespace {

using namespace std::chrono_literals;
using servercore::TimePoint;

class Entry final : public BotTimers::Entry {
public:
    void OnDue(TimePoint now) override {
        told.push_back(now);
        if (onDue) {
            onDue();
        }
    }

    std::vector<TimePoint> told;
    std::function<void()> onDue;
};

const TimePoint kStart{1h};

TEST(BotTimers, TellNothingBeforeItIsDueAndEachOnce) {
    BotTimers timers(kStart);
    Entry entry;
    timers.Arm(entry, kStart + 500ms);

    timers.TellDue(kStart + 499ms);
    EXPECT_TRUE(entry.told.empty());
    timers.TellDue(kStart + 502ms);
    timers.TellDue(kStart + 2s);

    EXPECT_EQ(entry.told, std::vector{kStart + 502ms});
}

TEST(BotTimers, TakeALaterTimeInPlaceOfTheEarlier) {
    BotTimers timers(kStart);
    Entry entry;
    timers.Arm(entry, kStart + 500ms);
    timers.Arm(entry, kStart + 900ms);
    timers.TellDue(kStart + 600ms);
    EXPECT_TRUE(entry.told.empty());
    timers.TellDue(kStart + 1s);
    EXPECT_EQ(entry.told.size(), 1U);
}

TEST(BotTimers, ForgetWhatIsCancelled) {
    BotTimers timers(kStart);
    Entry entry;
    timers.Arm(entry, kStart + 500ms);
    timers.Cancel(entry);
    timers.Cancel(entry);
    timers.TellDue(kStart + 1s);
    EXPECT_TRUE(entry.told.empty());
}

// A bot that is told that its time has come waits for the next thing at once.
TEST(BotTimers, CanBeArmedAndCancelledWhileTheyTell) {
    BotTimers timers(kStart);
    Entry again;
    Entry other;
    again.onDue = [&] {
        timers.Arm(again, kStart + 2s);
        timers.Cancel(other);
    };
    timers.Arm(again, kStart + 1s);
    timers.Arm(other, kStart + 1500ms);

    timers.TellDue(kStart + 1100ms);
    timers.TellDue(kStart + 1900ms);
    EXPECT_EQ(again.told.size(), 1U);
    EXPECT_TRUE(other.told.empty());

    again.onDue = {};
    timers.TellDue(kStart + 2100ms);
    EXPECT_EQ(again.told.size(), 2U);
}

}  // namespace
}  // namespace loadtest
