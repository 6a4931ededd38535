#include "DummyClient/Kit/BotTask.h"

#include <gtest/gtest.h>

#include <coroutine>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace loadtest {
namespace {

// Suspends whoever awaits it, until the test goes on.
struct Gate {
    std::coroutine_handle<> waiting;

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> coroutine) noexcept { waiting = coroutine; }
    void await_resume() const noexcept {}

    void Open() { std::exchange(waiting, nullptr).resume(); }
};

using Steps = std::vector<std::string>;

// Writes down that it is gone.
class Witness {
public:
    Witness(Steps& steps, std::string name) : steps_(steps), name_(std::move(name)) {}
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
    ~Witness() { steps_.push_back("~" + name_); }

private:
    Steps& steps_;
    const std::string name_;
};

BotTask Inner(Gate& gate, Steps& steps) {
    const Witness witness(steps, "inner");
    steps.emplace_back("inner waits");
    co_await gate;
    steps.emplace_back("inner goes on");
}

BotTask Outer(Gate& gate, Steps& steps) {
    const Witness witness(steps, "outer");
    steps.emplace_back("outer");
    co_await Inner(gate, steps);
    steps.emplace_back("outer ends");
}

TEST(BotTask, BeginsWhenItIsStartedAndGoesOnAfterThePartThatItAwaited) {
    Gate gate;
    Steps steps;
    const BotTask task = Outer(gate, steps);
    EXPECT_EQ(steps, Steps());

    task.Start();
    EXPECT_EQ(steps, (Steps{"outer", "inner waits"}));
    EXPECT_FALSE(task.IsDone());

    gate.Open();
    EXPECT_EQ(steps, (Steps{"outer", "inner waits", "inner goes on", "~inner", "outer ends", "~outer"}));
    EXPECT_TRUE(task.IsDone());
    task.RethrowEscaped();
}

TEST(BotTask, DestroysAllThatIsSuspendedInnermostFirst) {
    Gate gate;
    Steps steps;
    std::optional<BotTask> task = Outer(gate, steps);
    task->Start();
    steps.clear();

    task.reset();

    EXPECT_EQ(steps, (Steps{"~inner", "~outer"}));
}

TEST(BotTask, NeedNotBeStarted) {
    Gate gate;
    Steps steps;
    { const BotTask task = Outer(gate, steps); }
    EXPECT_EQ(steps, Steps());
}

BotTask Throwing(Gate& gate) {
    co_await gate;
    throw std::runtime_error("inner");
}

BotTask Catching(Gate& gate, Steps& steps) {
    try {
        co_await Throwing(gate);
    } catch (const std::runtime_error& problem) {
        steps.emplace_back(problem.what());
    }
    co_await Throwing(gate);
}

TEST(BotTask, ThrowsWhatEscapedWhereItIsAwaited) {
    Gate gate;
    Steps steps;
    const BotTask task = Catching(gate, steps);
    task.Start();

    gate.Open();
    EXPECT_EQ(steps, Steps{"inner"});
    EXPECT_FALSE(task.IsDone());

    gate.Open();
    ASSERT_TRUE(task.IsDone());
    EXPECT_THROW(task.RethrowEscaped(), std::runtime_error);
}

BotTaskOf<std::unique_ptr<int>> Number(Gate& gate, int number) {
    co_await gate;
    co_return std::make_unique<int>(number);
}

BotTask Sum(Gate& gate, int& sum) {
    const std::unique_ptr<int> one = co_await Number(gate, 1);
    const std::unique_ptr<int> two = co_await Number(gate, 2);
    sum = *one + *two;
}

TEST(BotTask, GivesAValueThatCanOnlyBeMoved) {
    Gate gate;
    int sum = 0;
    const BotTask task = Sum(gate, sum);
    task.Start();
    gate.Open();
    gate.Open();
    EXPECT_TRUE(task.IsDone());
    EXPECT_EQ(sum, 3);
}

BotTaskOf<std::optional<int>> Countdown(int& left) {
    if (left == 0) {
        co_return std::nullopt;
    }
    co_return --left;
}

// The form of loop that the documentation of bots recommends.
BotTask Loop(int& left, Steps& steps) {
    std::optional<int> number = co_await Countdown(left);
    for (; number; number = co_await Countdown(left)) {
        steps.push_back(std::to_string(*number));
    }
    steps.emplace_back("end");
}

TEST(BotTask, LoopsWithAnAwaitInTheIncrement) {
    int left = 3;
    Steps steps;
    const BotTask task = Loop(left, steps);
    task.Start();
    EXPECT_TRUE(task.IsDone());
    EXPECT_EQ(steps, (Steps{"2", "1", "0", "end"}));
}

TEST(BotTask, MovesWithItsFrame) {
    Gate gate;
    Steps steps;
    BotTask task = Outer(gate, steps);
    task.Start();
    const BotTask other = std::move(task);
    gate.Open();
    EXPECT_TRUE(other.IsDone());
}

}  // namespace
}  // namespace loadtest
