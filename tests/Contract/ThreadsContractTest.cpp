#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "tests/Contract/ContractTest.h"
#include "tests/Support/EchoServer.h"
#include "tests/Support/TestStream.h"

namespace servercore::test {
namespace {

constexpr std::size_t kThreads = 4;

class Threads : public ContractTest {
protected:
    void SetUp() override {
        if (!GetParam().threads) {
            GTEST_SKIP() << "one thread only";
        }
    }

    [[nodiscard]] std::size_t Scaled(std::size_t count) const { return std::max<std::size_t>(1, count * GetParam().stressPercent / 100); }
};
INSTANTIATE_TEST_SUITE_P(Contract, Threads, ::testing::ValuesIn(ContractNetworks()), NameOf);

// Sends numbered messages one by one; each must be sent and come back whole before the next goes.
class EchoClient {
public:
    EchoClient(PortRunner& port, SocketPtr socket, std::size_t rounds)
        : rounds_(rounds),
          stream_(
              port, std::move(socket), [this](TestStream&, const Outcome& outcome) { FinishReceive(outcome); },
              [this](TestStream&, const Outcome& outcome) { FinishSend(outcome); }) {}

    void StartRound() {
        // The send comes last: from then on other threads may be in the next round.
        if (!stream_.Receive() || !stream_.Send(Message())) {
            isDone_.store(true);
        }
    }
    [[nodiscard]] bool IsDone() const { return isDone_.load(); }
    [[nodiscard]] bool IsCorrect() const { return isCorrect_.load(); }

private:
    static constexpr std::size_t kMessageBytes = 200;

    [[nodiscard]] std::vector<std::byte> Message() const { return Pattern(kMessageBytes, round_ * kMessageBytes); }

    void FinishSend(const Outcome& outcome) {
        if (outcome.error) {
            isDone_.store(true);
        } else {
            FinishHalf();
        }
    }

    void FinishReceive(const Outcome& outcome) {
        echoed_.insert(echoed_.end(), outcome.data.begin(), outcome.data.end());
        if (echoed_.size() < kMessageBytes && !outcome.data.empty() && stream_.Receive()) {
            return;
        }
        if (echoed_ != Message()) {
            isDone_.store(true);
            return;
        }
        echoed_.clear();
        FinishHalf();
    }

    // Sent or received, on two threads perhaps; the later one goes on.
    void FinishHalf() {
        if (halves_.fetch_add(1) % 2 == 0) {
            return;
        }
        if (++round_ == rounds_) {
            isCorrect_.store(true);
            isDone_.store(true);
            return;
        }
        StartRound();
    }

    const std::size_t rounds_;
    std::size_t round_ = 0;
    std::vector<std::byte> echoed_;
    std::atomic<int> halves_ = 0;
    std::atomic<bool> isDone_ = false;
    std::atomic<bool> isCorrect_ = false;
    TestStream stream_;
};

// Connects so many clients to an echo server on the same port and lets all of them talk at once.
void EchoThroughOnePort(platform::Network& network, PortRunner& port, std::size_t connections, std::size_t rounds) {
    SocketPtr listener = OpenListener(network, port, NetAddress::Loopback(AddressFamily::IPv4, 0));
    const NetAddress address = Require(listener->LocalAddress());
    port.StartThreads(kThreads);
    const EchoServer server(port, std::move(listener));

    std::deque<EchoClient> clients;
    for (std::size_t i = 0; i < connections; ++i) {
        SocketPtr socket = OpenStream(network, port);
        Require(port.Finish(port.Connect(*socket, address)).error);
        clients.emplace_back(port, std::move(socket), rounds);
    }
    for (EchoClient& client : clients) {
        client.StartRound();
    }
    EXPECT_TRUE(port.Await([&] { return std::ranges::all_of(clients, &EchoClient::IsDone); }));
    EXPECT_TRUE(std::ranges::all_of(clients, &EchoClient::IsCorrect));
}

TEST_P(Threads, EchoOnManyConnections) {
    EchoThroughOnePort(Net(), Port(), 64, Scaled(200));
}

TEST_P(Threads, EchoOnceOnEachOfAThousandConnections) {
    const std::size_t connections = GetParam().manyConnections;
    if (!HasHandlesFor(connections)) {
        GTEST_SKIP() << "not enough handles (ulimit -n)";
    }
    EchoThroughOnePort(Net(), Port(), connections, 1);
}

// The test's thread never waits: it only submits, while others deliver.
TEST_P(Threads, DeliverWhatAThreadSubmitsThatDoesNotWait) {
    ConnectedPair pair = Pair();
    Port().StartThreads(2);
    for (std::size_t i = 0; i < Scaled(500); ++i) {
        ExpectEchoWorks(Port(), pair);
    }
}

class OneShot final : public platform::IoOperation {};

class DeletingHandler final : public platform::CompletionHandler {
public:
    void OnCompletion(platform::IoOperation& operation, platform::IoResult&) noexcept override {
        delete &static_cast<OneShot&>(operation);
        completed.fetch_add(1);
    }
    void OnBatchEnd() noexcept override {}

    std::atomic<std::size_t> completed = 0;
};

// G2: the completion may come before the submit returns, so the backend must be done with the operation by then. The sanitizers watch.
TEST_P(Threads, MayFreeAnOperationAsSoonAsItCompletes) {
    ConnectedPair pair = Pair();
    platform::IoBackend& port = Port().Port();
    DeletingHandler handler;
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < 2; ++i) {
        threads.emplace_back([&] {
            while (!stop.load()) {
                port.Wait(handler, 3 * kDeadline);
            }
            port.Wake();
        });
    }

    std::size_t submitted = 0;
    const auto awaitAll = [&] {
        const auto deadline = std::chrono::steady_clock::now() + kDeadline;
        while (handler.completed.load() < submitted && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::yield();
        }
        return handler.completed.load() == submitted;
    };
    bool isComplete = true;
    for (std::size_t i = 0; isComplete && i < Scaled(1000); ++i) {
        auto receive = std::make_unique<OneShot>();
        Require(port.Receive(*pair.server, *receive));
        static_cast<void>(receive.release());
        auto send = std::make_unique<OneShot>();
        Require(port.Send(*pair.client, std::array{AsBytes("x")}, *send));
        static_cast<void>(send.release());
        submitted += 2;
        if (i % 2 == 0) {
            port.Cancel(*pair.server);
        }
        isComplete = awaitAll();
    }
    EXPECT_TRUE(isComplete);
    stop.store(true);
    port.Wake();
    for (std::thread& thread : threads) {
        thread.join();
    }
}

// One handler takes its time; what others submit meanwhile is delivered by the second thread.
TEST_P(Threads, DoNotWaitForABusyHandler) {
    ConnectedPair slow = Pair();
    ConnectedPair quick = Pair();
    std::mutex mutex;
    std::condition_variable changed;
    bool isBusy = false;
    bool mayGo = false;
    TestOperation& blocking = Port().NewOperation([&](Outcome&) {
        std::unique_lock lock(mutex);
        isBusy = true;
        changed.notify_all();
        changed.wait_for(lock, 2 * kDeadline, [&] { return mayGo; });
    });
    Require(Port().Receive(*slow.server, blocking));
    Port().Drain();
    // Not delivered yet: the thread that gets the data finds a wake beside it.
    TestOperation& poke = Port().Send(*slow.client, AsBytes("x"));
    Port().StartThreads(2);
    {
        std::unique_lock lock(mutex);
        EXPECT_TRUE(changed.wait_for(lock, kDeadline, [&] { return isBusy; }));
    }
    for (int i = 0; i < 20; ++i) {
        ExpectEchoWorks(Port(), quick);
    }
    {
        const std::lock_guard lock(mutex);
        mayGo = true;
    }
    changed.notify_all();
    Port().Finish(poke);
    EXPECT_TRUE(Port().Await([&] { return !blocking.IsInFlight(); }));
}

// A thread submits more at the end of its batch than it delivers itself, and never waits again: the rest is the other thread's.
TEST_P(Threads, TakeOverWhatALeavingThreadHasSubmitted) {
    // The peers are at another port, so that no event of theirs wakes the thread.
    const std::unique_ptr<PortRunner> other = OpenPort();
    const SocketPtr listener = OpenListener(Net(), *other, NetAddress::Loopback(AddressFamily::IPv4, 0));
    std::vector<ConnectedPair> pairs(100);
    std::vector<TestOperation*> sends;
    for (ConnectedPair& pair : pairs) {
        TestOperation& accept = other->Accept(*listener);
        pair.client = OpenStream(Net(), Port());
        Require(Port().Finish(Port().Connect(*pair.client, AddressOf(*listener))).error);
        pair.server = std::move(other->Finish(accept).accepted);
        sends.push_back(&Port().NewOperation());
    }
    const auto leaving = std::this_thread::get_id();
    bool isNew = false;
    Port().onBatchEnd = [&] {
        if (std::this_thread::get_id() != leaving || !std::exchange(isNew, false)) {
            return;
        }
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            Require(Port().Send(*pairs[i].client, std::array{AsBytes("x")}, *sends[i]));
        }
    };
    Port().StartThreads(1);
    bool inTime = true;
    for (std::size_t round = 0; inTime && round < Scaled(200); ++round) {
        isNew = true;
        Port().WaitOnce(std::chrono::milliseconds::zero());
        inTime = Port().Await([&] { return Port().Completed() == Port().Submitted(); });
    }
    EXPECT_TRUE(inTime);
    Port().StopThreads();
    Port().onBatchEnd = {};
}

}  // namespace
}  // namespace servercore::test
