// The ways onto a core's threads other than completions and posts: turns, ticks and timers.

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ServerCore/Net/IocpCore.h"
#include "tests/Support/FakeClock.h"

namespace servercore::test {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Strings = std::vector<std::string>;

// A port without sockets: it remembers for how long it was asked to wait, and waits only when the test says so.
class WaitingPort final : public platform::IoBackend {
public:
    [[nodiscard]] std::error_code Attach(platform::Socket&) override { return Refuse(); }
    [[nodiscard]] std::error_code Accept(platform::Socket&, platform::IoOperation&) override { return Refuse(); }
    [[nodiscard]] std::error_code Connect(platform::Socket&, const NetAddress&, platform::IoOperation&) override { return Refuse(); }
    [[nodiscard]] std::error_code Receive(platform::Socket&, platform::IoOperation&) override { return Refuse(); }
    [[nodiscard]] std::error_code Send(platform::Socket&, std::span<const ConstBytes>, platform::IoOperation&) override { return Refuse(); }
    void Cancel(platform::Socket&) override {}

    std::size_t Wait(platform::CompletionHandler& handler, milliseconds timeout) override {
        {
            std::unique_lock lock(mutex_);
            asked_ = timeout;
            isWaiting_ = true;
            changed_.notify_all();
            if (blocks_ && timeout > 0ms) {
                EXPECT_TRUE(changed_.wait_for(lock, 20s, [this] { return wakes_ > 0; })) << "nobody woke it";
            }
            wakes_ = 0;
            isWaiting_ = false;
        }
        handler.OnBatchEnd();
        return 0;
    }
    void Wake() override {
        const std::lock_guard lock(mutex_);
        ++wakes_;
        changed_.notify_all();
    }

    // What the latest Wait was to wait for at most.
    [[nodiscard]] milliseconds Asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }
    // Since the latest Wait.
    [[nodiscard]] int Wakes() const {
        const std::lock_guard lock(mutex_);
        return wakes_;
    }
    // From now on a Wait that may take time returns when it is woken.
    void Block() {
        const std::lock_guard lock(mutex_);
        blocks_ = true;
    }
    [[nodiscard]] bool UntilItWaits() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 20s, [this] { return isWaiting_; });
    }

private:
    [[nodiscard]] static std::error_code Refuse() { return std::make_error_code(std::errc::not_supported); }

    mutable std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    milliseconds asked_{};
    int wakes_ = 0;
    bool blocks_ = false;
    bool isWaiting_ = false;
};

// Writes down its calls, and does what the test says.
class Caller final : public IocpObject {
public:
    Caller(std::string name, Strings& events) : name_(std::move(name)), events_(events) {}

    void OnCompleted(IocpEvent&, platform::IoResult&) override { ADD_FAILURE() << "nothing was submitted"; }
    void OnPosted() override { Note(" posted", onPosted); }
    void OnTurn() override { Note(" turn", onTurn); }
    void OnTick() override { Note(" tick", onTick); }
    void OnTimer(TimePoint now) override {
        calledAt = now;
        Note(" timer", onTimer);
    }

    IocpTimer timer{*this};
    TimePoint calledAt{};
    std::function<void()> onPosted;
    std::function<void()> onTurn;
    std::function<void()> onTick;
    std::function<void()> onTimer;

private:
    void Note(const char* what, const std::function<void()>& action) {
        events_.push_back(name_ + what);
        if (action) {
            action();
        }
    }

    const std::string name_;
    Strings& events_;
};

class IocpCoreTimerTest : public ::testing::Test {
protected:
    static constexpr milliseconds kLong = 1h;

    IocpCoreTimerTest() : port(new WaitingPort), core(std::make_unique<IocpCore>(std::unique_ptr<WaitingPort>(port), clock, 50ms)) {
        clock.Advance(7ms);  // not at a tick
    }

    [[nodiscard]] std::shared_ptr<Caller> Make(std::string name) { return std::make_shared<Caller>(std::move(name), events); }
    // How long the core would wait, were there nothing else.
    [[nodiscard]] milliseconds WaitTime() {
        core->Dispatch(kLong);
        return port->Asked();
    }
    [[nodiscard]] Duration SinceEpoch() const { return clock.Now().time_since_epoch(); }

    FakeClock clock;
    Strings events;
    WaitingPort* port;  // the core's
    std::unique_ptr<IocpCore> core;
};

// --- Turns -------------------------------------------------------------------------------------------------------------

TEST_F(IocpCoreTimerTest, ATurnComesInTheNextBatchAndOthersBefore) {
    const auto a = Make("a");
    const auto b = Make("b");
    int turns = 0;
    a->onTurn = [&] {
        if (++turns < 3) {
            core->PostTurn(a);
            core->Post(b);
        }
    };
    core->PostTurn(a);
    core->Dispatch(0ms);
    EXPECT_EQ(events, (Strings{"a turn", "b posted"})) << "its next turn comes after everybody else's";
    core->Dispatch(0ms);
    core->Dispatch(0ms);
    EXPECT_EQ(events, (Strings{"a turn", "b posted", "a turn", "b posted", "a turn"}));
}

TEST_F(IocpCoreTimerTest, TurnsAreCountedAndTakenInOrder) {
    const auto a = Make("a");
    const auto b = Make("b");
    core->PostTurn(a);
    core->PostTurn(b);
    EXPECT_EQ(core->Dispatch(0ms), 2U);
    EXPECT_EQ(events, (Strings{"a turn", "b turn"}));
    EXPECT_EQ(core->Dispatch(0ms), 0U);
}

TEST_F(IocpCoreTimerTest, DoesNotWaitWhileSomebodyHasATurn) {
    const auto a = Make("a");
    a->onTurn = [&] {
        if (events.size() == 1) {
            core->PostTurn(a);
        }
    };
    core->PostTurn(a);
    EXPECT_EQ(WaitTime(), 0ms);
    EXPECT_EQ(WaitTime(), 0ms) << "the turn that the turn asked for";
    EXPECT_EQ(WaitTime(), kLong);
    EXPECT_EQ(events.size(), 2U);
}

TEST_F(IocpCoreTimerTest, ATurnFromAnotherThreadWakesADispatchThatWaits) {
    const auto a = Make("a");
    port->Block();
    std::thread other([&] {
        EXPECT_TRUE(port->UntilItWaits());
        core->PostTurn(a);
    });
    core->Dispatch(kLong);  // ends because it is woken
    other.join();
    core->Dispatch(kLong);  // does not wait for anybody: there is a turn (the port would say that nobody woke it)
    EXPECT_EQ(events, Strings{"a turn"});
}

// --- Ticks -------------------------------------------------------------------------------------------------------------

TEST_F(IocpCoreTimerTest, ATickComesAtTheNextMultipleOfItself) {
    const auto a = Make("a");
    core->PostAtTick(a);
    clock.Advance(42ms);
    core->Dispatch(0ms);
    EXPECT_EQ(events, Strings{});
    clock.Advance(1ms);
    core->Dispatch(0ms);
    EXPECT_EQ(events, Strings{"a tick"});
    EXPECT_EQ(SinceEpoch() % 50ms, Duration::zero());
    core->PostAtTick(a);
    core->Dispatch(0ms);
    EXPECT_EQ(events.size(), 1U) << "exactly at a tick the next one is meant";
    clock.Advance(50ms);
    core->Dispatch(0ms);
    EXPECT_EQ(events.size(), 2U);
}

TEST_F(IocpCoreTimerTest, AllThatWaitForATickCostOneWake) {
    std::vector<std::shared_ptr<Caller>> objects;
    for (int i = 0; i < 10; ++i) {
        core->PostAtTick(objects.emplace_back(Make(std::to_string(i))));
    }
    EXPECT_EQ(port->Wakes(), 1);
    clock.Advance(43ms);
    core->Dispatch(0ms);
    EXPECT_EQ(events.size(), 10U);
    EXPECT_EQ(events.front(), "0 tick");
    EXPECT_EQ(events.back(), "9 tick");
}

TEST_F(IocpCoreTimerTest, NothingIsArmedWhileNobodyWaitsForATick) {
    EXPECT_EQ(WaitTime(), kLong);
    const auto a = Make("a");
    core->PostAtTick(a);
    EXPECT_EQ(WaitTime(), 43ms);
    clock.Advance(43ms);
    EXPECT_EQ(WaitTime(), 0ms) << "the tick is here";
    EXPECT_EQ(events, Strings{"a tick"});
    EXPECT_EQ(WaitTime(), kLong);
}

TEST_F(IocpCoreTimerTest, WhatATickAsksForWaitsForTheNextOne) {
    const auto a = Make("a");
    a->onTick = [&] { core->PostAtTick(a); };
    core->PostAtTick(a);
    for (int i = 0; i < 3; ++i) {
        clock.Advance(50ms);
        core->Dispatch(0ms);
        core->Dispatch(0ms);
    }
    EXPECT_EQ(events.size(), 3U);
    a->onTick = {};
    clock.Advance(50ms);
    core->Dispatch(0ms);
}

// --- Timers ------------------------------------------------------------------------------------------------------------

TEST_F(IocpCoreTimerTest, ATimerIsNeverEarly) {
    const auto a = Make("a");
    const TimePoint time = clock.Now() + 10ms + 300us;
    core->ArmTimer(a->timer, time);
    while (events.empty()) {
        clock.Advance(100us);
        core->Dispatch(0ms);
    }
    EXPECT_GE(a->calledAt, time);
    EXPECT_LE(a->calledAt, time + 1ms);
    core->Dispatch(0ms);
    EXPECT_EQ(events.size(), 1U);
}

TEST_F(IocpCoreTimerTest, AnArmedTimerKeepsTheEarlierTime) {
    const auto a = Make("a");
    core->ArmTimer(a->timer, clock.Now() + 20ms);
    core->ArmTimer(a->timer, clock.Now() + 30ms);
    core->ArmTimer(a->timer, clock.Now() + 10ms);
    core->ArmTimer(a->timer, clock.Now() + 15ms);
    clock.Advance(9ms);
    core->Dispatch(0ms);
    EXPECT_EQ(events, Strings{});
    clock.Advance(2ms);
    EXPECT_EQ(core->Dispatch(0ms), 1U);
    EXPECT_EQ(events, Strings{"a timer"});
    clock.Advance(1h);
    core->Dispatch(0ms);
    EXPECT_EQ(events.size(), 1U) << "it was one timer, not four";
}

TEST_F(IocpCoreTimerTest, MayBeArmedAgainFromItsOwnCall) {
    const auto a = Make("a");
    a->onTimer = [&] { core->ArmTimer(a->timer, clock.Now() + 10ms); };
    core->ArmTimer(a->timer, clock.Now() + 10ms);
    for (std::size_t i = 1; i <= 5; ++i) {
        clock.Advance(11ms);
        core->Dispatch(0ms);
        EXPECT_EQ(events.size(), i);
    }
    core->CancelTimer(a->timer);
}

TEST_F(IocpCoreTimerTest, WaitsNoLongerThanUntilTheNextTimer) {
    const auto a = Make("a");
    const auto b = Make("b");
    core->ArmTimer(a->timer, clock.Now() + 40ms);
    core->ArmTimer(b->timer, clock.Now() + 10ms);
    EXPECT_LE(WaitTime(), 11ms);
    EXPECT_GT(port->Asked(), 0ms) << "it would spin until then";
    core->CancelTimer(b->timer);
    EXPECT_LE(WaitTime(), 41ms);
    core->CancelTimer(a->timer);
    EXPECT_EQ(WaitTime(), kLong);
    clock.Advance(1h);
    core->Dispatch(0ms);
    EXPECT_EQ(events, Strings{}) << "both were cancelled";
}

TEST_F(IocpCoreTimerTest, AnEarlierTimerFromAnotherThreadWakesADispatchThatWaits) {
    const auto late = Make("late");
    const auto a = Make("a");
    core->ArmTimer(late->timer, clock.Now() + 10s);
    core->Dispatch(0ms);
    port->Block();
    std::thread other([&] {
        EXPECT_TRUE(port->UntilItWaits());
        core->ArmTimer(a->timer, clock.Now() + 5ms);
        clock.Advance(6ms);
    });
    core->Dispatch(kLong);  // ends because it is woken, or else the port complains
    other.join();
    core->Wake();
    core->Dispatch(kLong);
    EXPECT_EQ(events, Strings{"a timer"});
    core->ArmTimer(a->timer, clock.Now() + 20s);
    EXPECT_EQ(port->Wakes(), 0) << "a later one needs no wake";
    core->CancelTimer(late->timer);
    core->CancelTimer(a->timer);
}

TEST_F(IocpCoreTimerTest, KeepsTheOwnerAliveWhileItRuns) {
    auto a = Make("a");
    const std::weak_ptr<Caller> watch = a;
    core->ArmTimer(a->timer, clock.Now());
    a->onTimer = [&] {
        a.reset();  // the last reference but the core's
        EXPECT_FALSE(watch.expired());
    };
    clock.Advance(1ms);
    core->Dispatch(0ms);
    EXPECT_EQ(events, Strings{"a timer"});
    EXPECT_TRUE(watch.expired());
}

TEST_F(IocpCoreTimerTest, CancellingATimerThatIsNotArmedIsHarmless) {
    const auto a = Make("a");
    core->CancelTimer(a->timer);
    a->onTimer = [&] { core->CancelTimer(a->timer); };
    core->ArmTimer(a->timer, clock.Now());
    clock.Advance(1ms);
    core->Dispatch(0ms);
    core->CancelTimer(a->timer);
    EXPECT_EQ(events, Strings{"a timer"});
}

TEST_F(IocpCoreTimerTest, ACrowdOfTimersComesInSeveralBatchesAndCompletely) {
    std::vector<std::shared_ptr<Caller>> objects;
    for (int i = 0; i < 1000; ++i) {
        core->ArmTimer(objects.emplace_back(Make("x"))->timer, clock.Now() + 1ms);
    }
    clock.Advance(2ms);
    const std::size_t first = core->Dispatch(kLong);
    EXPECT_GT(first, 0U);
    EXPECT_LT(first, 1000U) << "the sockets would starve meanwhile";
    for (int batch = 0; batch < 100 && events.size() < 1000; ++batch) {
        core->Dispatch(kLong);
        ASSERT_EQ(port->Asked(), 0ms) << "some are due already";
    }
    EXPECT_EQ(events.size(), 1000U);
}

// --- Lists of objects --------------------------------------------------------------------------------------------------

TEST_F(IocpCoreTimerTest, ObjectsThatNobodyCalledAnyMoreGoWithTheCoreOneByOne) {
    constexpr int kMany = 100000;  // recursion would need a stack for each
    std::weak_ptr<Caller> watch;
    for (int i = 0; i < kMany; ++i) {
        const auto object = Make("x");
        core->PostTurn(object);
        core->PostAtTick(object);
        core->Post(object);
        watch = object;
    }
    core.reset();
    EXPECT_TRUE(watch.expired());
    EXPECT_EQ(events, Strings{});
}

TEST_F(IocpCoreTimerTest, OneObjectMayWaitForEverythingAtOnce) {
    const auto a = Make("a");
    core->PostAtTick(a);
    core->Post(a);
    core->PostTurn(a);
    core->ArmTimer(a->timer, clock.Now());
    clock.Advance(50ms);
    core->Dispatch(0ms);
    EXPECT_EQ(events, (Strings{"a timer", "a tick", "a turn", "a posted"}));
}

}  // namespace

}  // namespace servercore::test
