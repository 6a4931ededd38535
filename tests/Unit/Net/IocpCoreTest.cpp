#include "ServerCore/Net/IocpCore.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/Support/FakeClock.h"
#include "tests/Support/FakeNetwork.h"
#include "tests/Support/RecordingSession.h"

namespace servercore::test {

namespace {

using std::chrono::milliseconds;
using Events = std::vector<std::string>;

constexpr milliseconds kNow{0};
// A bound for what must come much sooner; it only ever ends a test that fails.
constexpr std::chrono::seconds kPatience{20};

// Writes down what it is called for.
class Listening final : public IocpObject {
public:
    Listening(std::string name, Events& events) : name_(std::move(name)), events_(events) {}

    void OnCompleted(IocpEvent& completed, platform::IoResult& result) override {
        EXPECT_EQ(&completed, &event);
        events_.push_back(name_ + (result.error ? " failed" : " completed"));
        error = result.error;
        if (onCompleted) {
            onCompleted();
        }
    }
    void OnPosted() override {
        events_.push_back(name_ + " posted");
        if (onPosted) {
            onPosted();
        }
    }

    IocpEvent event;
    std::error_code error;
    std::function<void()> onCompleted;
    std::function<void()> onPosted;

private:
    const std::string name_;
    Events& events_;
};

class IocpCoreTest : public ::testing::Test {
protected:
    IocpCoreTest() : core(std::make_unique<IocpCore>(std::move(*network.OpenPort()), clock, milliseconds(50))) {}

    [[nodiscard]] std::shared_ptr<Listening> MakeObject(std::string name) { return std::make_shared<Listening>(std::move(name), events); }
    [[nodiscard]] std::unique_ptr<platform::Socket> OpenStream() {
        std::unique_ptr<platform::Socket> stream = std::move(*network.OpenStream(AddressFamily::IPv4));
        EXPECT_FALSE(core->Attach(*stream));
        return stream;
    }

    FakeClock clock;
    FakeNetwork network;
    Events events;
    std::unique_ptr<IocpCore> core;
};

TEST_F(IocpCoreTest, DispatchesACompletionToTheOwnerOfItsEvent) {
    const auto object = MakeObject("a");
    const std::unique_ptr<platform::Socket> stream = OpenStream();
    ASSERT_FALSE(core->Receive(*stream, object->event, object));
    EXPECT_EQ(object->event.Type(), EventType::Receive);
    EXPECT_EQ(core->InFlight(), 1U);
    EXPECT_EQ(core->Dispatch(kNow), 0U);
    network.Stream().Deliver("x");
    EXPECT_EQ(core->Dispatch(kNow), 1U);
    EXPECT_EQ(events, Events{"a completed"});
    EXPECT_EQ(core->InFlight(), 0U);
}

TEST_F(IocpCoreTest, PassesTheErrorOfACompletionOn) {
    const auto object = MakeObject("a");
    const std::unique_ptr<platform::Socket> stream = OpenStream();
    ASSERT_FALSE(core->Connect(*stream, {}, object->event, object));
    network.Stream().FinishConnect(std::make_error_code(std::errc::connection_refused));
    core->Dispatch(kNow);
    EXPECT_EQ(object->error, std::errc::connection_refused);
}

TEST_F(IocpCoreTest, HoldsTheOwnerWhileItsEventIsInFlightAndNoLonger) {
    auto object = MakeObject("a");
    const std::weak_ptr<Listening> watch = object;
    const std::unique_ptr<platform::Socket> stream = OpenStream();
    ASSERT_FALSE(core->Receive(*stream, object->event, object));
    object.reset();
    ASSERT_FALSE(watch.expired()) << "the kernel may still write to the event";
    core->Cancel(*stream);
    core->Dispatch(kNow);
    EXPECT_EQ(events, Events{"a failed"});
    EXPECT_TRUE(watch.expired());
}

TEST_F(IocpCoreTest, HoldsNothingAfterASubmitThatFailed) {
    auto object = MakeObject("a");
    const std::weak_ptr<Listening> watch = object;
    const std::unique_ptr<platform::Socket> stream = OpenStream();
    network.Fail(Call::Receive, std::errc::no_buffer_space, 1);
    EXPECT_EQ(core->Receive(*stream, object->event, object), std::errc::no_buffer_space);
    EXPECT_EQ(core->InFlight(), 0U);
    ASSERT_FALSE(core->Receive(*stream, object->event, object)) << "the event can be used again";
    core->Cancel(*stream);
    core->Dispatch(kNow);
    object.reset();
    EXPECT_TRUE(watch.expired());
}

TEST_F(IocpCoreTest, AnEventMayBeSubmittedAgainFromItsOwnCompletion) {
    const auto object = MakeObject("a");
    const std::unique_ptr<platform::Socket> stream = OpenStream();
    object->onCompleted = [&] {
        if (events.size() < 3) {
            EXPECT_FALSE(core->Receive(*stream, object->event, object));
        }
    };
    ASSERT_FALSE(core->Receive(*stream, object->event, object));
    while (network.Stream().IsReceiving()) {
        network.Stream().Deliver("x");
        core->Dispatch(kNow);
    }
    EXPECT_EQ(events.size(), 3U);
}

TEST_F(IocpCoreTest, RunsWhatWasPostedAfterTheCompletionsOfTheBatch) {
    const auto a = MakeObject("a");
    const auto b = MakeObject("b");
    const std::unique_ptr<platform::Socket> streamA = OpenStream();
    const std::unique_ptr<platform::Socket> streamB = OpenStream();
    ASSERT_FALSE(core->Receive(*streamA, a->event, a));
    ASSERT_FALSE(core->Receive(*streamB, b->event, b));
    a->onCompleted = [&] { core->Post(a); };
    network.Stream(0).Deliver("x");
    network.Stream(1).Deliver("x");
    EXPECT_EQ(core->Dispatch(kNow), 2U);
    EXPECT_EQ(events, (Events{"a completed", "b completed", "a posted"}));
    EXPECT_EQ(network.Count(Call::Wake), 0U) << "a thread that dispatches needs no wake";
}

TEST_F(IocpCoreTest, RunsWhatWasPostedByAPostInTheSameBatch) {
    const auto a = MakeObject("a");
    a->onPosted = [&] {
        for (int i = 0; i < 100; ++i) {
            core->Post(MakeObject("b"));  // the list grows while it is run
        }
    };
    core->Post(a);
    core->Dispatch(kNow);
    EXPECT_EQ(events.size(), 101U);
    EXPECT_EQ(events.back(), "b posted");
}

TEST_F(IocpCoreTest, KeepsAPostedObjectAliveUntilItRan) {
    auto object = MakeObject("a");
    const std::weak_ptr<Listening> watch = object;
    core->Post(std::move(object));
    EXPECT_FALSE(watch.expired());
    core->Dispatch(kNow);
    EXPECT_EQ(events, Events{"a posted"});
    EXPECT_TRUE(watch.expired());
}

TEST_F(IocpCoreTest, APostFromAnotherThreadWakesADispatchThatWaits) {
    const auto object = MakeObject("a");
    std::thread poster([&] { core->Post(object); });
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (events.empty() && std::chrono::steady_clock::now() < deadline) {
        core->Dispatch(kPatience);  // sleeps until it is woken
    }
    poster.join();
    EXPECT_EQ(events, Events{"a posted"});
    EXPECT_LT(std::chrono::steady_clock::now(), deadline);
}

TEST_F(IocpCoreTest, APostToAnotherCoreRunsThere) {
    const auto other = std::make_unique<IocpCore>(std::move(*network.OpenPort()), clock);
    const auto a = MakeObject("a");
    const auto b = MakeObject("b");
    a->onPosted = [&] { other->Post(b); };
    core->Post(a);
    core->Dispatch(kNow);
    EXPECT_EQ(events, Events{"a posted"});
    other->Dispatch(kNow);
    EXPECT_EQ(events, (Events{"a posted", "b posted"}));
}

TEST_F(IocpCoreTest, KnowsWhetherAThreadDispatches) {
    EXPECT_FALSE(IocpCore::IsDispatchingThread());
    const auto object = MakeObject("a");
    object->onPosted = [] {
        EXPECT_TRUE(IocpCore::IsDispatchingThread());
        std::thread([] { EXPECT_FALSE(IocpCore::IsDispatchingThread()); }).join();
    };
    core->Post(object);
    core->Dispatch(kNow);
    EXPECT_EQ(events.size(), 1U);
    EXPECT_FALSE(IocpCore::IsDispatchingThread());
}

TEST_F(IocpCoreTest, WakeEndsAWait) {
    std::thread waker([this] { core->Wake(); });
    const auto start = std::chrono::steady_clock::now();
    core->Dispatch(kPatience);
    EXPECT_LT(std::chrono::steady_clock::now() - start, kPatience);
    waker.join();
}

using IocpCoreDeathTest = IocpCoreTest;

TEST_F(IocpCoreDeathTest, DispatchingFromInsideACallbackAborts) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto object = MakeObject("a");
    object->onPosted = [&] { core->Dispatch(kNow); };
    core->Post(object);
    EXPECT_DEATH(core->Dispatch(kNow), "assertion failed");
    object->onPosted = {};
    core->Dispatch(kNow);
}

TEST_F(IocpCoreDeathTest, ClosingItWithAnOperationInFlightAborts) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto object = MakeObject("a");
    const std::unique_ptr<platform::Socket> stream = OpenStream();
    ASSERT_FALSE(core->Receive(*stream, object->event, object));
    EXPECT_DEATH(core.reset(), "assertion failed");
    core->Cancel(*stream);
    core->Dispatch(kNow);
}

}  // namespace

}  // namespace servercore::test
