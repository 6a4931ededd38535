// Everything at once and at random, again and again: what must hold then is counted.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <stdexcept>
#include <thread>

#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

constexpr std::uint16_t kPacketId = 6;

// --- Many clients one after the other ----------------------------------------------------------------------------------

TEST(Cycles, OfConnectFirstPacketAndLeaveTakeNothingFromTheProcess) {
    constexpr std::size_t kAtOnce = 50;
    const std::size_t cycles = Scaled(10'000);
    std::thread([] {}).join();  // ThreadSanitizer starts a thread of its own with the first one
    const auto handlesBefore = CountOpenHandles();
    const auto threadsBefore = CountThreads();
    {
        World world;
        TestServer server(world, {.config = PatientConfig("server", 2)});
        std::atomic<std::size_t> begun = kAtOnce;
        std::atomic<std::size_t> left = 0;
        TestClients* again = nullptr;
        ClientOptions options{.config = PatientConfig("clients", 2)};
        options.hooks.onConnected = [](ObservedSession& session) { session.SendPacket(kPacketId, 1, 100); };
        options.hooks.onPacket = [](ObservedSession& session, const PacketView&) { session.Close(); };
        options.hooks.onDisconnected = [&](ObservedSession&, const CloseInfo&) {
            if (begun.fetch_add(1) < cycles) {
                again->Connect(server.Address());
            }
            left.fetch_add(1);
        };
        TestClients clients(world, options);
        again = &clients;
        clients.Connect(server.Address(), kAtOnce);

        std::size_t before = 0;
        do {  // patience starts anew with every thousand
            before = left.load();
            EXPECT_TRUE(world.bell.WaitUntil([&] { return left.load() >= std::min(cycles, before + 1000); })) << left.load();
        } while (left.load() > before && left.load() < cycles);

        clients.Finish();
        server.Finish();
        EXPECT_EQ(clients.Log().EndedBy(CloseReason::LocalClose), cycles);
        EXPECT_EQ(server.Log().EndedBy(CloseReason::PeerClosed), cycles);
        EXPECT_EQ(server.Log().Packets(), cycles);
        EXPECT_EQ(clients.Log().ConnectFailed(), 0U);
        EXPECT_EQ(server->GetLedger().sessionsClosed, cycles);
        EXPECT_EQ(clients->GetLedger().sessionsClosed, cycles);
    }
    EXPECT_EQ(CountOpenHandles(), handlesBefore);
    EXPECT_EQ(CountThreads(), threadsBefore);
}

// --- At random ---------------------------------------------------------------------------------------------------------

// One number generator per session, so that a seed decides what each session does.
unsigned Draw(ObservedSession& session, unsigned seed) {
    if (session.cursor == 0) {
        session.cursor = seed * 7919U + static_cast<unsigned>(session.Number()) + 1U;
    }
    std::minstd_rand random(session.cursor);
    session.cursor = static_cast<std::uint32_t>(random());
    return session.cursor >> 8U;
}

void ActAtRandom(ObservedSession& session, unsigned draw) {
    switch (draw % 40) {
        case 0: session.Close(CloseReason::Kicked); break;
        case 1: session.Abort(CloseReason::Kicked); break;
        case 2: throw std::runtime_error("a bug in the game");
        case 3: session.SendPacket(kPacketId, draw, 20'000); break;
        case 4: break;
        default: session.SendPacket(kPacketId, draw, draw % 500); break;
    }
}

// The ids of some sessions, many of which have ended.
class RecentIds {
public:
    void Add(const ObservedSession& session) noexcept {
        ids_[session.Number() % ids_.size()].store(session.Id().Value(), std::memory_order_relaxed);
    }
    [[nodiscard]] SessionId At(std::size_t position) const noexcept {
        const std::uint64_t value = ids_[position % ids_.size()].load(std::memory_order_relaxed);
        return {.index = static_cast<std::uint32_t>(value), .generation = static_cast<std::uint32_t>(value >> 32U)};
    }

private:
    std::array<std::atomic<std::uint64_t>, 128> ids_{};
};

Hooks RandomHooks(unsigned seed, RecentIds& ids) {
    Hooks hooks;
    hooks.onConnected = [seed, &ids](ObservedSession& session) {
        ids.Add(session);
        ActAtRandom(session, Draw(session, seed));
    };
    hooks.onPacket = [seed](ObservedSession& session, const PacketView& packet) {
        if (!NumberOf(packet)) {
            session.Log().AddViolation("a packet was damaged");
        }
        ActAtRandom(session, Draw(session, seed));
    };
    hooks.onDisconnected = [seed](ObservedSession& session, const CloseInfo&) {
        if (session.SendPacket(kPacketId, 1) != SendResult::Closed) {
            session.Log().AddViolation("a packet was queued after the end");
        }
        session.Close();
        session.Abort(CloseReason::Kicked);
        if (Draw(session, seed) % 10 == 0) {
            throw std::runtime_error("a bug in the game");
        }
    };
    return hooks;
}

// A thread that does random things to random sessions of both sides, and does not care that the services stop.
class Churner {
public:
    Churner(TestServer& server, TestClients& clients, const RecentIds& ids, unsigned seed)
        : server_(server), clients_(clients), ids_(ids), random_(seed) {}

    void RunUntil(const std::atomic<bool>& enough) {
        while (!enough.load()) {
            if (random_() % 3 == 0 && clients_->SessionCount() < kMostSessions) {
                if (auto session = clients_.Connect(server_.Address())) {
                    mine_[random_() % mine_.size()] = std::move(session);
                }
            }
            if (const auto& session = mine_[random_() % mine_.size()]; session != nullptr) {
                Disturb(*session, clients_->Buffers());
            }
            if (const auto session = server_->FindSession(ids_.At(random_()))) {
                Disturb(*session, server_->Buffers());
            }
        }
    }

private:
    static constexpr std::size_t kMostSessions = 100;

    void Disturb(Session& session, SendBufferPool& buffers) {
        switch (random_() % 12) {
            case 0: session.Close(CloseReason::LocalClose); break;
            case 1: session.Abort(CloseReason::Kicked); break;
            case 2: session.Send(MakePacket(buffers, kPacketId, 1, 30'000)); break;
            default: session.Send(MakePacket(buffers, kPacketId, 1, random_() % 300)); break;
        }
    }

    TestServer& server_;
    TestClients& clients_;
    const RecentIds& ids_;
    std::minstd_rand random_;
    std::array<std::shared_ptr<ObservedSession>, 20> mine_;
};

struct ChurnCase {
    unsigned seed;
    PortMode mode;
};

void PrintTo(const ChurnCase& churn, std::ostream* out) {
    *out << "seed " << churn.seed;
}

class Churn : public ::testing::TestWithParam<ChurnCase> {};
INSTANTIATE_TEST_SUITE_P(Stress, Churn,
                         ::testing::Values(ChurnCase{1, PortMode::Shared}, ChurnCase{2, PortMode::Shared}, ChurnCase{3, PortMode::Shared},
                                           ChurnCase{4, PortMode::PerWorker}),
                         [](const auto& churn) {
                             return (churn.param.mode == PortMode::Shared ? "SharedPortSeed" : "PortPerWorkerSeed") +
                                    std::to_string(churn.param.seed);
                         });

TEST_P(Churn, EndsEverySessionOnceAndLeavesNothingBehind) {
    const unsigned seed = GetParam().seed;
    const PortMode mode = GetParam().mode;
    const std::size_t sessions = Scaled(3000);
    constexpr unsigned kThreads = 3;
    World world;
    RecentIds serverIds;
    RecentIds clientIds;
    ServerOptions serverOptions{.config = PatientConfig("server", 3, mode), .hooks = RandomHooks(seed, serverIds)};
    ClientOptions clientOptions{.config = PatientConfig("clients", 2, mode), .hooks = RandomHooks(seed + 1000, clientIds)};
    for (ServiceConfig* config : {&serverOptions.config, &clientOptions.config}) {
        config->limits.idleTimeout = std::chrono::milliseconds(100);
        config->limits.drainTimeout = std::chrono::seconds(1);
        config->limits.sendHardBytes = 200'000;
        config->stopTimeout = std::chrono::seconds(2);
    }
    TestServer server(world, serverOptions);
    TestClients clients(world, clientOptions);

    std::atomic<bool> enough = false;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] { Churner(server, clients, serverIds, seed * 100 + i).RunUntil(enough); });
    }
    // Amidst it all, first one side stops, then the other.
    EXPECT_TRUE(world.bell.WaitUntil([&] { return server.Log().Disconnected() >= sessions; })) << server.Log().Disconnected();
    server->Stop();
    EXPECT_TRUE(world.bell.WaitUntil([&] { return clients.Log().ConnectFailed() >= 10; }));
    clients->Stop();
    EXPECT_EQ(clients->Wait(kPatience), WaitResult::Stopped);
    enough = true;
    for (std::thread& thread : threads) {
        thread.join();
    }
    clients.Finish();
    server.Finish();
    EXPECT_GT(server.Log().Packets(), 0U);
}

}  // namespace
}  // namespace servercore::test
