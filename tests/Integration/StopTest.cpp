// Stopping: from everywhere, at any moment, as often as one likes, and what is left afterwards.
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <thread>

#include "tests/Support/RawClient.h"
#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPacketId = 5;

// When a listener closes while a handshake is under way, Linux now and then leaves the client with a connection that nobody else knows of
// (4 of 30,000 with plain sockets on kernel 6.18). Clients find out by hearing nothing, as they do in real life.
ServiceConfig ConfigOfClientsThatListen(std::size_t workers = 1) {
    ServiceConfig config = PatientConfig("clients", workers);
    config.limits.idleTimeout = 2s;
    return config;
}

class Stop : public ::testing::Test {
protected:
    World world_;
};

// --- From a callback ---------------------------------------------------------------------------------------------------

enum class Callback { Connected, Packet, Disconnected };

const char* TextOf(Callback callback) {
    return std::array{"OnConnected", "OnPacket", "OnDisconnected"}[static_cast<std::size_t>(callback)];
}
void PrintTo(Callback callback, std::ostream* out) {
    *out << TextOf(callback);
}

class StopFrom : public ::testing::TestWithParam<std::tuple<Callback, PortMode>> {
protected:
    // Stops the service once so many sessions have got to the callback, asks it to wait as well, and goes on as if nothing had happened.
    [[nodiscard]] Hooks Stopping(std::optional<WaitResult>& answer) {
        const auto stop = [this, &answer](ObservedSession& session, Callback here) {
            if (here == std::get<Callback>(GetParam()) && session.Number() == 5 && service_.load() != nullptr) {
                service_.load()->Stop();
                answer = service_.load()->Wait(kPatience);
                service_.load()->Stop();
            }
        };
        Hooks hooks;
        hooks.onConnected = [stop](ObservedSession& session) {
            session.SendPacket(kPacketId, 0);
            stop(session, Callback::Connected);
            session.SendPacket(kPacketId, 1);
        };
        hooks.onPacket = [stop](ObservedSession& session, const PacketView& packet) {
            stop(session, Callback::Packet);
            if (++session.cursor < 50) {
                ObservedSession::Echo(session, packet);
            } else {
                session.Close();
            }
        };
        hooks.onDisconnected = [stop](ObservedSession& session, const CloseInfo&) { stop(session, Callback::Disconnected); };
        return hooks;
    }

    World world_;
    std::atomic<Service*> service_ = nullptr;
};

std::string NameOf(const ::testing::TestParamInfo<StopFrom::ParamType>& place) {
    const auto [where, mode] = place.param;
    return std::string(TextOf(where)) + (mode == PortMode::Shared ? "SharedPort" : "PortPerWorker");
}
INSTANTIATE_TEST_SUITE_P(Stop, StopFrom,
                         ::testing::Combine(::testing::Values(Callback::Connected, Callback::Packet, Callback::Disconnected),
                                            ::testing::Values(PortMode::Shared, PortMode::PerWorker)),
                         NameOf);

TEST_P(StopFrom, OfAServerEndsEverySession) {
    std::optional<WaitResult> answer;
    const Hooks hooks = Stopping(answer);
    TestServer server(world_, {.config = PatientConfig("server", 3, std::get<PortMode>(GetParam())), .hooks = hooks});
    service_ = &*server;
    TestClients clients(world_, {.config = ConfigOfClientsThatListen(), .hooks{.onPacket = ObservedSession::Echo}});
    for (int i = 0; i < 20; ++i) {
        clients.Connect(server.Address());  // the later ones may come too late
    }
    EXPECT_EQ(server->Wait(kPatience), WaitResult::Stopped);
    EXPECT_EQ(answer, WaitResult::OnWorker) << "a worker must not wait for itself";
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients->SessionCount() == 0; }));
}

TEST_P(StopFrom, OfAClientServiceEndsEverySession) {
    std::optional<WaitResult> answer;
    const Hooks hooks = Stopping(answer);
    TestServer server(world_);
    TestClients clients(world_, {.config = PatientConfig("clients", 3, std::get<PortMode>(GetParam())), .hooks = hooks});
    service_ = &*clients;
    for (int i = 0; i < 20; ++i) {
        clients.Connect(server.Address());
    }
    EXPECT_EQ(clients->Wait(kPatience), WaitResult::Stopped);
    EXPECT_EQ(answer, WaitResult::OnWorker);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server->SessionCount() == 0; }));
}

TEST_F(Stop, FromATimerEndsEverySession) {
    std::atomic<Service*> service = nullptr;
    std::atomic<bool> wasRefused = false;
    ServerOptions options{.config = PatientConfig("server", 2)};
    options.config.limits.heartbeatInterval = 10ms;
    options.hooks.onHeartbeat = [&](ObservedSession& /*session*/) {
        if (service.load() != nullptr) {
            service.load()->Stop();
            wasRefused = service.load()->Wait(kPatience) == WaitResult::OnWorker;
        }
    };
    TestServer server(world_, options);
    service = &*server;
    TestClients clients(world_, {.config = ConfigOfClientsThatListen()});
    clients.Connect(server.Address(), 5);
    EXPECT_EQ(server->Wait(kPatience), WaitResult::Stopped);
    EXPECT_TRUE(wasRefused.load()) << "a worker must not wait for itself";
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients->SessionCount() == 0; }));
}

// --- At any moment -----------------------------------------------------------------------------------------------------

TEST_F(Stop, TwiceAndBySeveralThreadsIsOneStop) {
    TestServer server(world_, {.config = PatientConfig("server", 2)});
    TestClients clients(world_);
    clients.Connect(server.Address(), 20);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == 20; }));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            server->Stop();
            EXPECT_EQ(server->Wait(kPatience), WaitResult::Stopped);
            server->Stop();
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(server.Log().EndedBy(CloseReason::ServiceStopping), 20U);
    EXPECT_EQ(server.Log().EndedGracefully(), 20U);
    server.Finish();
}

TEST_F(Stop, HasNotHappenedWhileNobodyAskedForIt) {
    TestServer server(world_);
    EXPECT_EQ(server->Wait(1ms), WaitResult::TimedOut);
    TestClients clients(world_, {.hooks{.onConnected = [](ObservedSession& session) { session.SendPacket(kPacketId, 1); }}});
    clients.Connect(server.Address(), 1);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Packets() == 1; })) << "the end of a Wait ended the service";
}

TEST_F(Stop, WhileHundredsOfClientsConnectLeavesNothingBehind) {
    const std::size_t attempts = Scaled(400, 100);
    for (int round = 0; round < 3; ++round) {
        TestServer server(world_, {.config = PatientConfig("server", 3)});
        TestClients clients(world_, {.config = ConfigOfClientsThatListen(2),
                                     .hooks{.onConnected = [](ObservedSession& session) { session.SendPacket(kPacketId, 1); }}});
        std::thread connecting([&] {
            for (std::size_t i = 0; i < attempts; ++i) {
                clients.Connect(server.Address());
            }
        });
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() >= attempts / 4; }));
        server.Finish();
        connecting.join();
        // Connections that the operating system had taken and the server had not are reset with the listener, or end as idle.
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients->SessionCount() == 0; })) << clients->SessionCount();
        EXPECT_EQ(clients.Log().ConnectFailed() + clients.Log().Disconnected(), attempts);
    }
}

// The threads that connect do not know that the service stops; what they get in is ended, and the rest is refused.
TEST_F(Stop, OfAClientServiceWhileThreadsConnectLeavesNothingBehind) {
    const std::size_t rounds = Scaled(100, 20);
    TestServer server(world_, {.config = PatientConfig("server", 2)});
    for (std::size_t round = 0; round < rounds; ++round) {
        ClientOptions options{.config = PatientConfig("clients", 1)};
        options.config.maxSessions = 20;
        TestClients clients(world_, options);
        std::vector<std::thread> threads;
        for (int i = 0; i < 3; ++i) {
            threads.emplace_back([&] {
                while (!clients->IsStopping()) {
                    clients.Connect(server.Address());
                }
                clients.Connect(server.Address());
            });
        }
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Connected() > 0; }));
        clients->Stop();
        for (std::thread& thread : threads) {
            thread.join();
        }
        clients.Finish();
    }
}

TEST_F(Stop, DeliversWhatWasQueuedBeforeIt) {
    constexpr std::uint32_t kPackets = 50;
    constexpr std::size_t kExtraBytes = 8000;
    TestServer server(world_, {.hooks{.onConnected = [](ObservedSession& session) {
                                   for (std::uint32_t number = 0; number < kPackets; ++number) {
                                       session.SendPacket(kPacketId, number, kExtraBytes);
                                   }
                               }}});
    TestClients clients(world_);
    clients.Connect(server.Address(), 10);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == 10; }));
    server.Finish();
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Disconnected() == 10; }));
    EXPECT_EQ(clients.Log().Packets(), 10 * kPackets);
    EXPECT_EQ(clients.Log().EndedGracefully(), 10U);
    EXPECT_EQ(server->GetLedger().totals.packetsAbandoned, 0U);
}

TEST_F(Stop, ResetsAtItsTimeoutThoseWhoNeitherReadNorLeave) {
    ServerOptions options{.config = PatientConfig("server", 2)};
    options.config.stopTimeout = 100ms;
    options.hooks.onConnected = [](ObservedSession& session) { session.SendPacket(kPacketId, 0, 60'000); };
    TestServer server(world_, options);
    RawClient lazy(*world_.network, server.Address());
    RawClient lazier(*world_.network, server.Address());
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == 2; }));
    server.Finish();
    EXPECT_EQ(server.Log().EndedBy(CloseReason::ServiceStopping), 2U);
    EXPECT_EQ(server.Log().EndedGracefully(), 0U);
}

// Counts how often it is asked.
class CountingClock final : public Clock {
public:
    [[nodiscard]] TimePoint Now() const noexcept override {
        asked_.fetch_add(1, std::memory_order_relaxed);
        return steady_.Now();
    }
    [[nodiscard]] std::size_t Asked() const noexcept { return asked_.load(std::memory_order_relaxed); }

private:
    SteadyClock steady_;
    mutable std::atomic<std::size_t> asked_ = 0;
};

// Waiting for a peer is waiting, not asking again and again: each turn of a worker asks the clock, so turns can be counted. They come every
// ten milliseconds; a worker that wakes itself takes hundreds of thousands.
TEST_F(Stop, DoesNotSpinWhileAPeerTakesItsTime) {
    CountingClock clock;
    ServerOptions options{.config = PatientConfig("server", 2), .clock = &clock};
    options.config.stopTimeout = 500ms;
    TestServer server(world_, options);
    RawClient lazy(*world_.network, server.Address());
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == 1; }));
    server.Finish();
    EXPECT_LT(clock.Asked(), 3000U);
}

TEST_F(Stop, IsImpliedByTheDestructor) {
    TestClients clients(world_, {.config = ConfigOfClientsThatListen()});
    {
        ServerService server(
            *world_.network, PatientConfig("server", 2), [] { return nullptr; }, world_.clock, world_.log);
        ASSERT_EQ(server.Start({.address = NetAddress::Loopback(AddressFamily::IPv4, 0), .options = {}}), std::error_code{});
        clients.Connect(server.ListenAddress(), 10);
    }
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients->SessionCount() == 0; }));
}

TEST_F(Stop, BeforeTheStartEndsItAtOnce) {
    ServerService server(
        *world_.network, PatientConfig("server", 2), [] { return nullptr; }, world_.clock, world_.log);
    server.Stop();
    EXPECT_EQ(server.Start({.address = NetAddress::Loopback(AddressFamily::IPv4, 0), .options = {}}), std::error_code{});
    EXPECT_EQ(server.Wait(kPatience), WaitResult::Stopped);
    EXPECT_TRUE(server.GetLedger().IsBalanced());
}

// --- Starting again ----------------------------------------------------------------------------------------------------

// The former server has closed some connections, which leaves it a TIME_WAIT for each; the clients of others have not let go of theirs.
TEST_F(Stop, LetsANewServerHaveThePortWhileFormerClientsAreStillAround) {
    constexpr std::size_t kClients = 10;
    const std::vector<std::byte> question = RawPacket(kPacketId, 1);
    const auto answerAndClose = [](ObservedSession& session, const PacketView& packet) {
        ObservedSession::Echo(session, packet);
        session.Close();
    };
    std::vector<std::unique_ptr<RawClient>> former;
    NetAddress address;
    {
        ServerOptions options{.config = PatientConfig("first", 2), .hooks{.onPacket = answerAndClose}};
        options.config.stopTimeout = 100ms;
        TestServer first(world_, options);
        address = first.Address();
        for (std::size_t i = 0; i < kClients; ++i) {
            former.push_back(std::make_unique<RawClient>(*world_.network, address));
        }
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return first.Log().Connected() == kClients; }));
        for (std::size_t i = 0; i < kClients / 2; ++i) {
            former[i]->Send(question);
            EXPECT_TRUE(former[i]->ReceiveToEnd().bytes == question);
            former[i]->Close();
        }
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return first.Log().EndedGracefully() == kClients / 2; }));
    }
    for (int round = 0; round < 3; ++round) {
        ServerOptions options{.config = PatientConfig("again", 2), .hooks{.onPacket = answerAndClose}};
        options.listen.address = address;
        TestServer again(world_, options);
        EXPECT_EQ(again.Address(), address);
        TestClients clients(world_, {.hooks{.onConnected = [](ObservedSession& session) { session.SendPacket(kPacketId, 1); }}});
        clients.Connect(address, 5);
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().EndedGracefully() == 5; }));
        EXPECT_EQ(clients.Log().EndedBy(CloseReason::PeerClosed), 5U);
    }
}

}  // namespace
}  // namespace servercore::test
