#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <thread>
#include <vector>

#include "ServerCore/Buffer/ReceiveBlockPool.h"
#include "tests/Contract/ContractTest.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;

class IdleHandler final : public platform::CompletionHandler {
public:
    void OnCompletion(platform::IoOperation&, platform::IoResult&) noexcept override { ADD_FAILURE() << "nothing was submitted"; }
    void OnBatchEnd() noexcept override {}
};

class WaitAndWake : public ContractTest {
protected:
    // A Wait that only something other than its timeout can end in time.
    [[nodiscard]] bool WaitEndsEarly() {
        const auto start = std::chrono::steady_clock::now();
        Port().WaitOnce(kDeadline);
        return std::chrono::steady_clock::now() - start < kDeadline;
    }

    // Of one that nothing but its timeout ends.
    [[nodiscard]] std::chrono::steady_clock::duration TimeOfWait(std::chrono::milliseconds timeout) {
        const auto start = std::chrono::steady_clock::now();
        EXPECT_EQ(Port().WaitOnce(timeout), 0U);
        return std::chrono::steady_clock::now() - start;
    }
};
INSTANTIATE_TEST_SUITE_P(Contract, WaitAndWake, ::testing::ValuesIn(ContractNetworks()), NameOf);

TEST_P(WaitAndWake, TimeoutReturnsNothingAndEndsTheBatch) {
    for (const std::chrono::milliseconds timeout : {0ms, 1ms, 20ms}) {
        const std::size_t batches = Port().BatchEnds();
        EXPECT_EQ(Port().WaitOnce(timeout), 0U);
        EXPECT_GT(Port().BatchEnds(), batches);
    }
}

TEST_P(WaitAndWake, ShortTimeoutsEndOnTimeAndNeverEarly) {
    if (!GetParam().realTime) {
        GTEST_SKIP() << "no real time";
    }
    constexpr int kRounds = 10;
    for (const std::chrono::milliseconds timeout : {1ms, 2ms, 5ms, 10ms, 19ms}) {
        std::chrono::duration<double, std::milli> sum{0};
        std::chrono::duration<double, std::milli> most{0};
        for (int i = 0; i < kRounds; ++i) {
            const std::chrono::duration<double, std::milli> late = TimeOfWait(timeout) - timeout;
            EXPECT_GE(late.count(), 0.0) << timeout.count() << " ms";
            sum += late;
            most = std::max(most, late);
        }
        // How late depends on the machine's load: printed, not judged.
        std::cout << timeout.count() << " ms: late by " << sum.count() / kRounds << " ms on average, " << most.count() << " ms at most\n";
    }
    const std::uint64_t timed = Port().Port().Stats().timedWaits;
    EXPECT_EQ(timed > 0, GetParam().timesShortWaits) << timed;
}

TEST_P(WaitAndWake, LongTimeoutsAndThoseOfZeroNeedNoTimer) {
    Port().WaitOnce(0ms);
    Port().Port().Wake();
    Port().WaitOnce(kDeadline);
    ConnectedPair pair = Pair();
    ExpectEchoWorks(Port(), pair);
    EXPECT_EQ(Port().Port().Stats().timedWaits, 0U);
}

// The timeouts of threads that wait at once do not disturb each other.
TEST_P(WaitAndWake, ShortTimeoutsOfManyThreadsAreTheirOwn) {
    if (!GetParam().threads || !GetParam().realTime) {
        GTEST_SKIP() << "no threads";
    }
    IdleHandler handler;
    std::atomic<int> early = 0;
    std::vector<std::thread> threads;
    for (const std::chrono::milliseconds timeout : {1ms, 3ms, 7ms, 15ms, 40ms}) {
        threads.emplace_back([&, timeout] {
            for (int i = 0; i < 5; ++i) {
                const auto start = std::chrono::steady_clock::now();
                Port().Port().Wait(handler, timeout);
                early += std::chrono::steady_clock::now() - start < timeout ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(early.load(), 0);
    EXPECT_EQ(Port().Port().Stats().timedWaits > 0, GetParam().timesShortWaits);
}

TEST_P(WaitAndWake, WaitReturnsTheNumberDelivered) {
    std::vector<ConnectedPair> pairs;
    for (int i = 0; i < 100; ++i) {
        pairs.push_back(Pair());
        static_cast<void>(Port().Receive(*pairs.back().server));
    }
    Port().Drain();
    std::size_t expected = Port().Completed();
    const SocketPtr listener = Listen();
    std::vector<SocketPtr> clients;
    for (const ConnectedPair& pair : pairs) {
        static_cast<void>(Port().Send(*pair.client, AsBytes("x")));
        static_cast<void>(Port().Accept(*listener));
        clients.push_back(OpenStream(Net(), Port()));
        static_cast<void>(Port().Connect(*clients.back(), AddressOf(*listener)));
    }
    while (Port().Completed() < Port().Submitted()) {
        expected += Port().WaitOnce(kDeadline);
        ASSERT_EQ(Port().Completed(), expected);
    }
}

TEST_P(WaitAndWake, WaitIsBoundedThoughCompletionsGoOnForEver) {
    ConnectedPair pair = Pair();
    SendAll(Port(), *pair.client, AsBytes("x"));
    bool stop = false;
    TestOperation* send = nullptr;
    send = &Port().NewOperation([&](Outcome& outcome) {
        if (!stop && !outcome.error) {
            Require(Port().Send(*pair.client, std::array{AsBytes("x")}, *send));
        }
    });
    TestOperation* receive = nullptr;
    receive = &Port().NewOperation([&](Outcome& outcome) {
        if (!stop && !outcome.error) {
            Require(Port().Receive(*pair.server, *receive));
        }
    });
    Require(Port().Send(*pair.client, std::array{AsBytes("x")}, *send));
    Require(Port().Receive(*pair.server, *receive));
    for (int i = 0; i < 10; ++i) {
        Port().WaitOnce(kDeadline);
    }
    stop = true;
    pair.client.reset();
    EXPECT_TRUE(Port().Await([&] { return !send->IsInFlight() && !receive->IsInFlight(); }));
}

// Each block is followed by another one at once, so that there is always more to read.
TEST_P(WaitAndWake, WaitIsBoundedThoughWholeBlocksArriveForEver) {
    const std::vector<std::byte> block = Pattern(kReceiveBlockBytes);
    ConnectedPair pair = Pair();
    bool stop = false;
    TestOperation* receive = nullptr;
    receive = &Port().NewOperation([&](Outcome& outcome) {
        if (!stop && !outcome.error) {
            static_cast<void>(Port().Send(*pair.client, block));
            Require(Port().Receive(*pair.server, *receive));
        }
    });
    SendAll(Port(), *pair.client, block);
    Require(Port().Receive(*pair.server, *receive));
    for (int i = 0; i < 10; ++i) {
        Port().WaitOnce(kDeadline);
    }
    stop = true;
    pair.client.reset();
    EXPECT_TRUE(Port().Await([&] { return Port().Completed() == Port().Submitted(); }));
}

TEST_P(WaitAndWake, BatchEndMaySubmitAndFollowsEveryCompletion) {
    constexpr std::size_t kMessages = 50;
    ConnectedPair pair = Pair();
    std::vector<TestOperation*> sends;
    Port().onBatchEnd = [&] {
        if (sends.size() < kMessages && (sends.empty() || !sends.back()->IsInFlight())) {
            sends.push_back(&Port().Send(*pair.client, AsBytes("x")));
        }
    };
    Port().WaitOnce(std::chrono::milliseconds::zero());
    EXPECT_TRUE(Port().Await([&] {
        EXPECT_EQ(Port().OpenBatch(), 0U);
        return sends.size() == kMessages && !sends.back()->IsInFlight();
    }));
    Port().onBatchEnd = {};
    EXPECT_EQ(ReceiveExactly(Port(), *pair.server, kMessages).size(), kMessages);
}

TEST_P(WaitAndWake, WakeBeforeTheWaitEndsIt) {
    if (!GetParam().realTime) {
        GTEST_SKIP() << "a wake cannot be told from a timeout";
    }
    for (int i = 0; i < 10; ++i) {
        Port().Port().Wake();
        ASSERT_TRUE(WaitEndsEarly());
    }
}

TEST_P(WaitAndWake, WakeFromAnotherThreadEndsTheWait) {
    if (!GetParam().threads || !GetParam().realTime) {
        GTEST_SKIP() << "no threads";
    }
    for (int i = 0; i < 50; ++i) {
        std::thread waker([&] { Port().Port().Wake(); });
        const bool early = WaitEndsEarly();
        waker.join();
        ASSERT_TRUE(early);
    }
}

// A thousand wakes must not keep a worker spinning before it comes to the data.
TEST_P(WaitAndWake, WakesThatNobodyTookCountAsOne) {
    ConnectedPair pair = Pair();
    TestOperation& receive = Port().Receive(*pair.server);
    TestOperation& send = Port().Send(*pair.client, AsBytes("data"));
    Port().Finish(receive);
    Port().Finish(send);
    Port().Drain();

    for (int i = 0; i < 1000; ++i) {
        Port().Port().Wake();
    }
    TestOperation& next = Port().Receive(*pair.server);
    TestOperation& data = Port().Send(*pair.client, AsBytes("data"));
    std::size_t waits = 0;
    for (; next.IsInFlight() && waits < 20; ++waits) {
        Port().WaitOnce(kDeadline);
    }
    EXPECT_LE(waits, 5U);
    Port().Finish(data);
}

// Each wake releases one of the waiting threads at least, so that a chain of wakes stops them all.
TEST_P(WaitAndWake, EachWakeReleasesAWaitingThread) {
    if (!GetParam().threads) {
        GTEST_SKIP() << "no threads";
    }
    constexpr std::size_t kThreads = 4;
    std::atomic<std::size_t> released = 0;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            const bool early = WaitEndsEarly();
            released.fetch_add(early ? 1 : 0);
        });
    }
    const auto deadline = std::chrono::steady_clock::now() + kDeadline / 2;
    for (std::size_t wakes = 1; wakes <= kThreads; ++wakes) {
        Port().Port().Wake();
        while (released.load() < wakes && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::yield();
        }
        EXPECT_GE(released.load(), wakes);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(released.load(), kThreads);
}

}  // namespace
}  // namespace servercore::test
