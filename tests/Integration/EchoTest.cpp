// Packets there and back, over every kind of address and with every number of ports.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

constexpr std::uint16_t kPacketId = 7;

// Packets of one session that are on their way at a time.
constexpr std::uint32_t kWindow = 16;

// Sizes from nothing to more than two receive blocks, different from one packet to the next.
std::size_t ExtraBytesOf(std::uint32_t number) {
    return number % 50 == 49 ? 40'000 : (number * 37) % 900;
}

// Clients that send `count` packets, a window of them at a time, check every echo and then close.
Hooks PingPong(std::uint32_t count) {
    Hooks hooks;
    hooks.onConnected = [count](ObservedSession& session) {
        for (std::uint32_t number = 0; number < std::min(kWindow, count); ++number) {
            session.SendPacket(kPacketId, number, ExtraBytesOf(number));
        }
    };
    hooks.onPacket = [count](ObservedSession& session, const PacketView& packet) {
        const std::uint32_t expected = session.cursor++;
        if (packet.id != kPacketId || NumberOf(packet) != expected || packet.body.size() != 4 + ExtraBytesOf(expected)) {
            session.Log().AddViolation("session " + std::to_string(session.Number()) + " did not get echo " + std::to_string(expected));
        }
        if (expected + kWindow < count) {
            session.SendPacket(kPacketId, expected + kWindow, ExtraBytesOf(expected + kWindow));
        }
        if (expected + 1 == count) {
            session.Close();
        }
    };
    return hooks;
}

class Echo : public ::testing::TestWithParam<PortMode> {
protected:
    World world_;
};
INSTANTIATE_TEST_SUITE_P(Integration, Echo, ::testing::Values(PortMode::Shared, PortMode::PerWorker),
                         [](const auto& mode) { return mode.param == PortMode::Shared ? "SharedPort" : "PortPerWorker"; });

TEST_P(Echo, KeepsEveryPacketOfEverySessionInOrder) {
    constexpr std::size_t kSessions = 50;
    const auto packets = static_cast<std::uint32_t>(Scaled(400, 100));
    TestServer server(world_, {.config = PatientConfig("server", 3, GetParam())});
    TestClients clients(world_, {.config = PatientConfig("clients", 2, GetParam()), .hooks = PingPong(packets)});

    clients.Connect(server.Address(), kSessions);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Disconnected() == kSessions; })) << clients.Log().Packets();
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Disconnected() == kSessions; }));

    EXPECT_EQ(clients.Log().EndedBy(CloseReason::LocalClose), kSessions);
    EXPECT_EQ(clients.Log().EndedGracefully(), kSessions);
    EXPECT_EQ(server.Log().EndedBy(CloseReason::PeerClosed), kSessions);
    EXPECT_EQ(server.Log().EndedGracefully(), kSessions);
    for (Service* service : {static_cast<Service*>(&*server), static_cast<Service*>(&*clients)}) {
        service->Stop();
        ASSERT_EQ(service->Wait(kPatience), WaitResult::Stopped);
        const SessionTotals totals = service->GetLedger().totals;
        EXPECT_EQ(totals.packetsReceived, kSessions * packets);
        EXPECT_EQ(totals.packetsSent, kSessions * packets);
        EXPECT_EQ(totals.packetsAbandoned, 0U);
    }
    EXPECT_EQ(server->GetLedger().totals.bytesReceived, clients->GetLedger().totals.bytesSent);
    EXPECT_EQ(server->GetLedger().totals.bytesSent, clients->GetLedger().totals.bytesReceived);
}

// Several sessions of one port at a time, or one thread for all that a session ever does.
TEST_P(Echo, RunsTheCallbacksWhereThePortModeSays) {
    constexpr std::size_t kSessions = 8;
    constexpr std::size_t kWorkers = 4;
    std::mutex mutex;
    std::map<std::size_t, std::set<std::thread::id>> threadsOf;
    const auto note = [&](const ObservedSession& session) {
        const std::lock_guard lock(mutex);
        threadsOf[session.Number()].insert(std::this_thread::get_id());
    };
    Hooks hooks;
    hooks.onConnected = note;
    hooks.onPacket = [&](ObservedSession& session, const PacketView& packet) {
        note(session);
        ObservedSession::Echo(session, packet);
    };
    hooks.onDisconnected = [&](ObservedSession& session, const CloseInfo&) { note(session); };

    TestServer server(world_, {.config = PatientConfig("server", kWorkers, GetParam()), .hooks = hooks});
    TestClients clients(world_, {.hooks = PingPong(100)});
    clients.Connect(server.Address(), kSessions);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Disconnected() == kSessions; }));
    server.Finish();

    std::map<std::thread::id, std::size_t> sessionsOn;
    for (const auto& [number, threads] : threadsOf) {
        for (const std::thread::id thread : threads) {
            ++sessionsOn[thread];
        }
    }
    EXPECT_LE(sessionsOn.size(), kWorkers);
    if (GetParam() == PortMode::PerWorker) {
        EXPECT_EQ(sessionsOn.size(), kWorkers);
        for (const auto& [thread, sessions] : sessionsOn) {
            EXPECT_EQ(sessions, kSessions / kWorkers) << "sessions are not spread, or not kept on their thread";
        }
    }
}

class Addresses : public ::testing::Test {
protected:
    // One client's echo; returns the address that the server saw.
    NetAddress EchoFrom(TestServer& server, const NetAddress& dial) {
        TestClients clients(world_, {.hooks = PingPong(3)});
        const std::size_t before = server.Log().Disconnected();
        const std::shared_ptr<ObservedSession> client = clients.Connect(dial);
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Disconnected() > before && clients.Log().Disconnected() == 1; }));
        EXPECT_EQ(clients.Log().EndedBy(CloseReason::LocalClose), 1U);
        EXPECT_EQ(client->PeerAddress(), dial);
        const std::lock_guard lock(mutex_);
        return seen_;
    }

    [[nodiscard]] ServerOptions ListenOn(const NetAddress& address, bool dualStack = true) {
        ServerOptions options{.listen = {.address = address, .options = {.dualStack = dualStack}}};
        options.hooks.onConnected = [this](ObservedSession& session) {
            const std::lock_guard lock(mutex_);
            seen_ = session.PeerAddress();
        };
        return options;
    }

    World world_;

private:
    std::mutex mutex_;
    NetAddress seen_;
};

TEST_F(Addresses, OfAnIPv4Client) {
    TestServer server(world_, ListenOn(NetAddress::Loopback(AddressFamily::IPv4, 0)));
    ASSERT_NE(server.Address().Port(), 0);
    EXPECT_EQ(EchoFrom(server, server.Address()).HostString(), "127.0.0.1");
}

TEST_F(Addresses, OfAnIPv6Client) {
    const auto server = TryStartOnIPv6(world_, ListenOn(NetAddress::Loopback(AddressFamily::IPv6, 0)));
    if (server == nullptr) {
        GTEST_SKIP() << "this machine has no IPv6";
    }
    EXPECT_EQ(EchoFrom(*server, server->Address()).HostString(), "::1");
}

TEST_F(Addresses, OfBothFamiliesOnADualStackListenerAreTheirOwn) {
    const auto server = TryStartOnIPv6(world_, ListenOn(NetAddress::Any(AddressFamily::IPv6, 0)));
    if (server == nullptr) {
        GTEST_SKIP() << "this machine has no IPv6";
    }
    const std::uint16_t port = server->Address().Port();
    const NetAddress ipv4 = EchoFrom(*server, NetAddress::Loopback(AddressFamily::IPv4, port));
    EXPECT_EQ(ipv4.Family(), AddressFamily::IPv4);  // not ::ffff:127.0.0.1
    EXPECT_EQ(ipv4, NetAddress::Loopback(AddressFamily::IPv4, ipv4.Port()));
    const NetAddress ipv6 = EchoFrom(*server, NetAddress::Loopback(AddressFamily::IPv6, port));
    EXPECT_EQ(ipv6, NetAddress::Loopback(AddressFamily::IPv6, ipv6.Port()));
}

TEST(TwoServers, LiveInOneProcessAndStopApart) {
    World world;
    TestServer first(world);
    TestServer second(world);
    ASSERT_NE(first.Address(), second.Address());

    TestClients clients(world, {.hooks = PingPong(100)});
    clients.Connect(first.Address(), 5);
    clients.Connect(second.Address(), 5);
    EXPECT_TRUE(world.bell.WaitUntil([&] { return clients.Log().EndedGracefully() == 10; }));
    EXPECT_EQ(first.Log().Packets(), 500U);
    EXPECT_EQ(second.Log().Packets(), 500U);

    first.Finish();
    clients.Connect(second.Address(), 5);
    EXPECT_TRUE(world.bell.WaitUntil([&] { return clients.Log().EndedGracefully() == 15; }));
    EXPECT_EQ(first.Log().Packets(), 500U);
}

TEST(CallersThread, ServesAServiceWithoutWorkers) {
    World world;
    TestClients clients(world, {.hooks = PingPong(50)});
    ServerOptions options;
    options.config.workers = 0;
    TestServer server(world, options);
    clients.Connect(server.Address(), 3);

    const auto dispatchUntil = [&](const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        while (!condition() && std::chrono::steady_clock::now() < deadline) {
            server->Dispatch(std::chrono::milliseconds(5));
        }
        return condition();
    };
    EXPECT_TRUE(dispatchUntil([&] { return server.Log().Disconnected() == 3; }));
    EXPECT_EQ(server->Wait(std::chrono::milliseconds(0)), WaitResult::TimedOut) << "nobody has asked it to stop";
    server->Stop();
    EXPECT_TRUE(dispatchUntil([&] { return server->Wait(std::chrono::milliseconds(0)) == WaitResult::Stopped; }));
}

}  // namespace
}  // namespace servercore::test
