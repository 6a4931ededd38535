// What a server takes from one client and from all of them: time, packets, connections.
#include <gtest/gtest.h>

#include <atomic>

#include "tests/Support/FakeClock.h"
#include "tests/Support/RawClient.h"
#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPacketId = 4;

// Real sockets, but time passes when the test says so: nothing here depends on how fast the machine is.
class TimeLimit : public ::testing::Test {
protected:
    [[nodiscard]] ServerOptions OnFakeClock() {
        ServerOptions options{.clock = &clock_};
        options.config.limits.drainTimeout = {};
        return options;
    }

    [[nodiscard]] bool Ended(TestServer& server, CloseReason reason, std::size_t count = 1) {
        return world_.bell.WaitUntil([&] { return server.Log().Disconnected() >= count; }) && server.Log().EndedBy(reason) == count;
    }

    static void ExpectEcho(RawClient& client) {
        const std::vector<std::byte> question = RawPacket(kPacketId, 1);
        client.Send(question);
        EXPECT_TRUE(client.Receive(question.size()).bytes == question);
    }

    World world_;
    FakeClock clock_;
};

TEST_F(TimeLimit, ForTheFirstPacketEndsASilentClient) {
    ServerOptions options = OnFakeClock();
    options.config.limits.firstPacketTimeout = 5s;
    TestServer server(world_, options);
    RawClient silent(*world_.network, server.Address());
    RawClient talkative(*world_.network, server.Address());
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == 2; }));
    ExpectEcho(talkative);

    clock_.Advance(5s);
    EXPECT_TRUE(Ended(server, CloseReason::FirstPacketTimeout));
    EXPECT_TRUE(silent.ReceiveToEnd().bytes.empty());
    ExpectEcho(talkative);  // who has met the deadline is free of it
}

// Counts the bytes that arrive, and never takes them for a packet.
class ByteCounter final : public Session {
public:
    ByteCounter(std::atomic<std::size_t>& received, Journal& journal) : received_(received), journal_(journal) {}

private:
    void OnReceived(ConstBytes bytes) override { received_.fetch_add(bytes.size()); }
    void OnConnected() override { journal_.NoteConnected(); }
    void OnDisconnected(const CloseInfo& info) override { journal_.NoteDisconnected(info); }

    std::atomic<std::size_t>& received_;
    Journal& journal_;
};

TEST_F(TimeLimit, ForTheFirstPacketIsNotExtendedByATrickle) {
    Journal journal(world_.bell);
    std::atomic<std::size_t> received = 0;
    ServiceConfig config = PatientConfig("server");
    config.limits.firstPacketTimeout = 5s;
    config.limits.idleTimeout = 5s;
    ServerService server(
        *world_.network, config, [&] { return std::make_shared<ByteCounter>(received, journal); }, clock_, world_.log);
    ASSERT_EQ(server.Start({.address = NetAddress::Loopback(AddressFamily::IPv4, 0), .options = {}}), std::error_code{});
    RawClient trickling(*world_.network, server.ListenAddress());
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return journal.Connected() == 1; }));

    for (std::size_t i = 1; i <= 4; ++i) {
        clock_.Advance(1s);
        trickling.Send(std::vector<std::byte>(1));
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return received.load() == i; }));
    }
    EXPECT_EQ(journal.Disconnected(), 0U);
    clock_.Advance(1s);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return journal.EndedBy(CloseReason::FirstPacketTimeout) == 1; }));
    ExpectCleanEnd(server, journal);
}

TEST_F(TimeLimit, ForIdlenessEndsAClientThatHasGoneQuiet) {
    ServerOptions options = OnFakeClock();
    options.config.limits.idleTimeout = 10s;
    TestServer server(world_, options);
    RawClient quiet(*world_.network, server.Address());
    RawClient active(*world_.network, server.Address());
    ExpectEcho(quiet);
    for (int i = 0; i < 3; ++i) {
        ExpectEcho(active);
        clock_.Advance(6s);
    }
    EXPECT_TRUE(Ended(server, CloseReason::IdleTimeout));
    ExpectEcho(active);
    clock_.Advance(10s);
    EXPECT_TRUE(Ended(server, CloseReason::IdleTimeout, 2));
}

// What the server sends does not keep a client alive that is silent itself.
TEST_F(TimeLimit, ForIdlenessCountsOnlyWhatTheClientSends) {
    ServerOptions options = OnFakeClock();
    options.config.limits.idleTimeout = 10s;
    TestServer server(world_, options);
    RawClient quiet(*world_.network, server.Address());
    ExpectEcho(quiet);
    const std::shared_ptr<Session> session = server->FindSession({.index = 0, .generation = 1});
    ASSERT_NE(session, nullptr);
    clock_.Advance(6s);
    EXPECT_EQ(session->Send(MakePacket(server->Buffers(), kPacketId, 1)), SendResult::Queued);
    EXPECT_EQ(quiet.Receive(8).bytes.size(), 8U);
    clock_.Advance(4s);
    EXPECT_TRUE(Ended(server, CloseReason::IdleTimeout));
}

TEST_F(TimeLimit, WithAPacketBudgetAllowsTheBurstAndThenTheRate) {
    ServerOptions options = OnFakeClock();
    PacketLimitsConfig limits;
    limits.packets = {.perSecond = 10, .burst = 5};
    options.config.limits.packets = std::make_shared<const PacketLimits>(*PacketLimits::Create(limits));
    TestServer server(world_, options);
    RawClient eager(*world_.network, server.Address());
    for (int i = 0; i < 5; ++i) {
        ExpectEcho(eager);
    }
    clock_.Advance(200ms);  // two more
    ExpectEcho(eager);
    ExpectEcho(eager);
    clock_.Advance(1h);  // still not more than a burst
    for (int i = 0; i < 5; ++i) {
        ExpectEcho(eager);
    }
    ExpectEcho(eager);  // too much, but it has been read already: it is handled, and then nothing is read for a while
    eager.Send(RawPacket(kPacketId, 1));
    clock_.Advance(1s);
    EXPECT_EQ(eager.Receive(8).bytes.size(), 8U);
    EXPECT_EQ(server.Log().Disconnected(), 0U);
    eager.Close();
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server->GetLedger().sessionsClosed == 1; }));
    EXPECT_GE(server->GetLedger().totals.throttles, 1U);
}

// --- Connections -------------------------------------------------------------------------------------------------------

class ConnectionLimit : public ::testing::Test {
protected:
    World world_;
};

TEST_F(ConnectionLimit, OfSessionsIsExact) {
    constexpr std::size_t kCap = 5;
    constexpr std::size_t kClients = 40;
    ServerOptions options{.config = PatientConfig("server", 3)};
    options.config.maxSessions = kCap;
    TestServer server(world_, options);
    TestClients clients(world_);
    clients.Connect(server.Address(), kClients);

    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == kCap; }));
    // The others were accepted by the operating system, and reset by the server.
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Disconnected() + clients.Log().ConnectFailed() == kClients - kCap; }));
    EXPECT_EQ(server->SessionCount(), kCap);
    EXPECT_EQ(server->GetLedger().AcceptsRefused(), kClients - kCap);
    EXPECT_EQ(server.Log().MostAtOnce(), kCap);
    EXPECT_EQ(server.Log().Disconnected(), 0U);
}

// More clients than places and than accepts in flight; each leaves when it has been served. Nobody waits for ever.
TEST_F(ConnectionLimit, OfSessionsLetsTheNextOnesInWhenPlacesBecomeFree) {
    constexpr std::size_t kCap = 3;
    const std::size_t total = Scaled(60, 20);
    ServerOptions options{.config = PatientConfig("server", 3)};
    options.config.maxSessions = kCap;
    options.listen.acceptDepth = 2;
    TestServer server(world_, options);
    ClientOptions clientOptions;
    clientOptions.hooks.onConnected = [](ObservedSession& session) { session.SendPacket(kPacketId, 1); };
    clientOptions.hooks.onPacket = [](ObservedSession& session, const PacketView&) { session.Close(); };
    TestClients clients(world_, clientOptions);
    clients.Connect(server.Address(), total);

    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Disconnected() + clients.Log().ConnectFailed() == total; }))
        << clients.Log().Disconnected();
    EXPECT_LE(server.Log().MostAtOnce(), kCap);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server->SessionCount() == 0; }));
    EXPECT_EQ(server.Log().Connected() + server->GetLedger().AcceptsRefused(), total);
    EXPECT_EQ(clients.Log().EndedGracefully(), server.Log().Connected());
}

TEST_F(ConnectionLimit, PerHostIsExactAndForEachHostItsOwn) {
    constexpr std::size_t kCap = 3;
    constexpr std::size_t kClients = 20;
    ServerOptions options{.config = PatientConfig("server", 3)};
    options.config.admission.maxSessionsPerHost = kCap;
    options.listen.address = NetAddress::Any(AddressFamily::IPv6, 0);
    std::atomic<std::size_t> ipv4 = 0;
    std::atomic<std::size_t> ipv6 = 0;
    options.hooks.onConnected = [&](ObservedSession& session) { ++(session.PeerAddress().Family() == AddressFamily::IPv4 ? ipv4 : ipv6); };
    const std::unique_ptr<TestServer> server = TryStartOnIPv6(world_, options);
    if (server == nullptr) {
        GTEST_SKIP() << "this machine has no IPv6";
    }
    const std::uint16_t port = server->Address().Port();
    TestClients clients(world_);
    clients.Connect(NetAddress::Loopback(AddressFamily::IPv4, port), kClients);
    clients.Connect(NetAddress::Loopback(AddressFamily::IPv6, port), kClients);
    EXPECT_TRUE(
        world_.bell.WaitUntil([&] { return clients.Log().Disconnected() + clients.Log().ConnectFailed() == 2 * kClients - 2 * kCap; }));
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return ipv4 + ipv6 == 2 * kCap; }));
    EXPECT_EQ(ipv4, kCap);
    EXPECT_EQ(ipv6, kCap);
    EXPECT_EQ((*server)->GetLedger().AcceptsRefused(), 2 * kClients - 2 * kCap);

    // A place that one of them gives back can be taken by the same host again.
    const std::shared_ptr<Session> leaving = (*server)->FindSession({.index = 0, .generation = 1});
    ASSERT_NE(leaving, nullptr);
    const NetAddress host = leaving->PeerAddress();
    leaving->Close();
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return (*server)->SessionCount() == 2 * kCap - 1; }));
    clients.Connect(NetAddress::Loopback(host.Family(), port), 1);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server->Log().Connected() == 2 * kCap + 1; }));
}

}  // namespace
}  // namespace servercore::test
