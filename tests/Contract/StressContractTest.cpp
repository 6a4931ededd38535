#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "tests/Contract/ContractTest.h"
#include "tests/Support/TestStream.h"

namespace servercore::test {
namespace {

constexpr std::size_t kDispatchers = 4;
constexpr std::size_t kTroublemakers = 3;

// Everything at once: the runner checks that each operation completes exactly once.
class Stress : public ContractTest {
protected:
    void SetUp() override {
        if (!GetParam().threads) {
            GTEST_SKIP() << "one thread only";
        }
    }

    [[nodiscard]] std::size_t Scaled(std::size_t count) const { return std::max<std::size_t>(1, count * GetParam().stressPercent / 100); }
};
INSTANTIATE_TEST_SUITE_P(Contract, Stress, ::testing::ValuesIn(ContractNetworks()), NameOf);

// Does one thing to one stream; closing is rare, so that there is always something to disturb.
void Disturb(TestStream& stream, std::minstd_rand& random, const std::vector<std::byte>& bytes) {
    switch (random() % 20) {
        case 0: stream.Close(); break;
        case 1: stream.Abort(); break;
        case 2: stream.ShutdownSend(); break;
        case 3:
        case 4:
        case 5:
        case 6:
        case 7: stream.Cancel(); break;
        case 8:
        case 9:
        case 10:
        case 11:
        case 12: stream.Receive(); break;
        default: stream.Send(bytes); break;
    }
}

TEST_P(Stress, EveryOperationCompletesExactlyOnce) {
    constexpr std::size_t kPairs = 100;
    const std::vector<std::byte> bytes = Pattern(100'000);
    // Cancelled operations are submitted again, so that there is more to cancel.
    const auto onReceived = [](TestStream& stream, const Outcome& outcome) {
        if (!outcome.data.empty() || outcome.error == std::errc::operation_canceled) {
            stream.Receive();
        }
    };
    const auto onSent = [](TestStream&, const Outcome&) {};

    std::deque<TestStream> streams;
    for (std::size_t i = 0; i < Scaled(kPairs); ++i) {
        ConnectedPair pair = Pair();
        streams.emplace_back(Port(), std::move(pair.client), onReceived, onSent);
        streams.emplace_back(Port(), std::move(pair.server), onReceived, onSent);
    }
    Port().StartThreads(kDispatchers);
    std::vector<std::thread> troublemakers;
    for (std::size_t seed = 1; seed <= kTroublemakers; ++seed) {
        troublemakers.emplace_back([&, seed] {
            std::minstd_rand random(static_cast<unsigned>(seed));
            for (std::size_t i = 0; i < 20 * streams.size(); ++i) {
                Disturb(streams[random() % streams.size()], random, bytes);
            }
        });
    }
    for (std::thread& troublemaker : troublemakers) {
        troublemaker.join();
    }
    streams.clear();
    EXPECT_TRUE(Port().Await([&] { return Port().Completed() == Port().Submitted(); }));
    EXPECT_GT(Port().Completed(), streams.size());
}

// Connects that are closed, reset or cancelled at once, against a listener that keeps accepting.
TEST_P(Stress, ConnectsAndAcceptsCompleteExactlyOnce) {
    constexpr std::size_t kAccepts = 8;
    SocketPtr listener = Listen();
    const NetAddress address = AddressOf(*listener);
    std::mutex mutex;  // guards the listener
    std::vector<TestOperation*> accepts(kAccepts);
    const auto submit = [&](std::size_t index) {
        const std::lock_guard lock(mutex);
        if (listener != nullptr) {
            EXPECT_FALSE(Port().Accept(*listener, *accepts[index]));
        }
    };
    for (std::size_t i = 0; i < kAccepts; ++i) {
        // Closes what it accepted by returning.
        accepts[i] = &Port().NewOperation([&, i](Outcome&) { submit(i); });
    }
    Port().StartThreads(kDispatchers);
    for (std::size_t i = 0; i < kAccepts; ++i) {
        submit(i);
    }

    std::vector<std::thread> troublemakers;
    for (std::size_t seed = 1; seed <= kTroublemakers; ++seed) {
        troublemakers.emplace_back([&, seed] {
            std::minstd_rand random(static_cast<unsigned>(seed));
            for (std::size_t i = 0; i < Scaled(300); ++i) {
                const SocketPtr client = OpenStream(Net(), Port());
                static_cast<void>(Port().Connect(*client, address));
                if (random() % 2 == 0) {
                    Port().Port().Cancel(*client);
                }
                if (random() % 2 == 0) {
                    client->AbortOnClose();
                }
            }
        });
    }
    for (std::thread& troublemaker : troublemakers) {
        troublemaker.join();
    }
    {
        const std::lock_guard lock(mutex);
        listener.reset();
    }
    EXPECT_TRUE(Port().Await([&] { return Port().Completed() == Port().Submitted(); }));
}

// A worker's whole life, again and again: the port stops while its sockets are busy.
TEST_P(Stress, PortsMayStopAtAnyMoment) {
    for (std::size_t round = 0; round < Scaled(30); ++round) {
        const std::unique_ptr<PortRunner> port = OpenPort();
        std::deque<TestStream> streams;
        const auto keepReceiving = [](TestStream& stream, const Outcome& outcome) {
            if (!outcome.data.empty()) {
                stream.Receive();
            }
        };
        const auto keepSending = [](TestStream& stream, const Outcome& outcome) {
            if (!outcome.error) {
                stream.Send(Pattern(1000));
            }
        };
        for (int i = 0; i < 4; ++i) {
            ConnectedPair pair = ConnectPair(Net(), *port);
            streams.emplace_back(*port, std::move(pair.client), keepReceiving, keepSending);
            streams.emplace_back(*port, std::move(pair.server), keepReceiving, keepSending);
        }
        port->StartThreads(kDispatchers);
        for (TestStream& stream : streams) {
            stream.Receive();
            stream.Send(Pattern(1000));
        }
    }
}

}  // namespace
}  // namespace servercore::test
