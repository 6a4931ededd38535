// How sessions come to be, or do not.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <system_error>

#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

class Connect : public ::testing::Test {
protected:
    // Where nobody listens (any more).
    [[nodiscard]] NetAddress DeadAddress() {
        TestServer server(world_);
        return server.Address();
    }

    World world_;
};

TEST_F(Connect, ReportsARefusalAsAFailureAndNeverAsAConnection) {
    constexpr std::size_t kAttempts = 50;
    const NetAddress nowhere = DeadAddress();
    TestClients clients(world_, {.config = PatientConfig("clients", 2)});
    clients.Connect(nowhere, kAttempts);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().ConnectFailed() == kAttempts; }));
    clients.Finish();
    EXPECT_EQ(clients.Log().Connected(), 0U);
    for (const CloseInfo& failure : clients.Log().Failures()) {
        EXPECT_EQ(failure.reason, CloseReason::ConnectFailed);
        EXPECT_EQ(failure.error, std::errc::connection_refused);
        EXPECT_FALSE(failure.graceful);
    }
}

TEST_F(Connect, GoesOnWorkingAfterARefusal) {
    const NetAddress nowhere = DeadAddress();
    TestServer server(world_);
    TestClients clients(world_);
    clients.Connect(nowhere, 3);
    clients.Connect(server.Address(), 3);
    clients.Connect(nowhere, 3);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().ConnectFailed() == 6 && clients.Log().Connected() == 3; }));
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == 3; }));
}

TEST_F(Connect, ComesFromTheLocalAddressAsked) {
    std::mutex mutex;
    std::multiset<std::string> hosts;
    ServerOptions options;
    options.hooks.onConnected = [&](ObservedSession& session) {
        const std::lock_guard lock(mutex);
        hosts.insert(session.PeerAddress().HostString());
    };
    TestServer server(world_, options);
    TestClients clients(world_);
    for (const std::uint8_t last : std::array<std::uint8_t, 4>{2, 3, 4, 3}) {
        EXPECT_NE(clients.Connect(server.Address(), NetAddress::FromIPv4({127, 0, 0, last}, 0)), nullptr);
    }
    EXPECT_TRUE(world_.bell.WaitUntil([&] {
        const std::lock_guard lock(mutex);
        return hosts.size() == 4;
    }));
    const std::lock_guard lock(mutex);
    EXPECT_EQ(hosts, (std::multiset<std::string>{"127.0.0.2", "127.0.0.3", "127.0.0.3", "127.0.0.4"}));
}

TEST_F(Connect, FailsAtOnceFromAnAddressThatIsNotToBeHad) {
    TestServer server(world_);
    TestClients clients(world_);
    // It never gets as far as the session.
    const auto connectFrom = [&](const NetAddress& local) { return clients->Connect(server.Address(), nullptr, local).error(); };
    const std::optional<std::size_t> handles = CountOpenHandles();
    EXPECT_EQ(connectFrom(NetAddress::FromIPv4({198, 51, 100, 1}, 0)), std::errc::address_not_available);  // RFC 5737
    EXPECT_EQ(connectFrom(NetAddress::Loopback(AddressFamily::IPv6, 0)), std::errc::address_family_not_supported);
    EXPECT_EQ(connectFrom(server.Address()), std::errc::address_in_use);
    EXPECT_EQ(CountOpenHandles(), handles);
    clients.Finish();
    EXPECT_EQ(clients->GetLedger().sessionsOpened, 0U);
}

TEST_F(Connect, IsRefusedAtOnceWhileStopping) {
    TestServer server(world_);
    TestClients clients(world_);
    clients->Stop();
    EXPECT_EQ(clients.Connect(server.Address()), nullptr);
    clients.Finish();
    EXPECT_EQ(clients->GetLedger().sessionsOpened, 0U);
}

TEST_F(Connect, IsRefusedAtOnceAboveTheServicesCap) {
    TestServer server(world_);
    ClientOptions options;
    options.config.maxSessions = 2;
    TestClients clients(world_, options);
    const auto first = clients.Connect(server.Address());
    clients.Connect(server.Address(), 1);
    EXPECT_EQ(clients.Connect(server.Address()), nullptr);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Connected() == 2; }));

    first->Close();
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients->SessionCount() == 1; }));
    clients.Connect(server.Address(), 1);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Connected() == 3; }));
}

// Either it was still connecting, or it had just connected: one end either way, and never both.
TEST_F(Connect, CanBeGivenUpAtAnyMoment) {
    const std::size_t attempts = Scaled(500);
    TestServer server(world_, {.config = PatientConfig("server", 2)});
    TestClients clients(world_, {.config = PatientConfig("clients", 2)});
    for (std::size_t i = 0; i < attempts; ++i) {
        const auto session = clients.Connect(server.Address());
        ASSERT_NE(session, nullptr);
        i % 2 == 0 ? session->Abort(CloseReason::Kicked) : session->Close(CloseReason::Kicked);
    }
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().ConnectFailed() + clients.Log().Disconnected() == attempts; }));
    clients.Finish();
    EXPECT_EQ(clients->GetLedger().closedBy[static_cast<std::size_t>(CloseReason::Kicked)], attempts);
}

TEST_F(Connect, FindsTheSessionByItsIdUntilItEnds) {
    TestServer server(world_);
    TestClients clients(world_);
    const auto session = clients.Connect(server.Address());
    const SessionId id = session->Id();
    EXPECT_EQ(clients->FindSession(id), session);
    EXPECT_EQ(clients->FindSession({}), nullptr);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Connected() == 1; }));
    session->Close();
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients->SessionCount() == 0; }));
    EXPECT_EQ(clients->FindSession(id), nullptr);

    clients.Connect(server.Address(), 1);  // takes the same place
    EXPECT_EQ(clients->SessionCount(), 1U);
    EXPECT_EQ(clients->FindSession(id), nullptr);
}

TEST_F(Connect, FailsToStartASecondServerOnAPortInUse) {
    TestServer server(world_);
    Logger silent = Logger::Silent();
    ServerService second(
        *world_.network, PatientConfig("second"), [] { return nullptr; }, world_.clock, silent);
    EXPECT_EQ(second.Start({.address = server.Address(), .options = {}}), std::errc::address_in_use);
    EXPECT_EQ(second.Wait(std::chrono::milliseconds(0)), WaitResult::Stopped) << "nothing runs after a failed start";
    EXPECT_TRUE(second.GetLedger().IsBalanced());
}

TEST_F(Connect, IsResetWhenTheFactoryMakesNoSession) {
    Logger silent = Logger::Silent();
    std::atomic<int> asked = 0;
    ServerService server(
        *world_.network, PatientConfig("server"),
        [&asked]() -> std::shared_ptr<Session> {
            if (asked.fetch_add(1) % 2 == 0) {
                return nullptr;
            }
            throw std::runtime_error("no session today");
        },
        world_.clock, silent);
    ASSERT_EQ(server.Start({.address = NetAddress::Loopback(AddressFamily::IPv4, 0), .options = {}}), std::error_code{});

    TestClients clients(world_);
    clients.Connect(server.ListenAddress(), 10);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Disconnected() + clients.Log().ConnectFailed() == 10; }));
    server.Stop();
    EXPECT_EQ(server.Wait(kPatience), WaitResult::Stopped);
    EXPECT_EQ(server.GetLedger().AcceptsRefused(), 10U);
    EXPECT_TRUE(server.GetLedger().IsBalanced());
}

}  // namespace
}  // namespace servercore::test
