// Floods, storms and silence at the door of a server, on real sockets. The sizes suit two processors that run both sides.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/Support/FakeClock.h"
#include "tests/Support/RawClient.h"
#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPacketId = 6;
constexpr std::size_t kDepth = 32;

class Door : public ::testing::Test {
protected:
    [[nodiscard]] static ServerOptions Options(std::size_t workers = 2) {
        ServerOptions options{.config = PatientConfig("server", workers)};
        options.listen.acceptDepth = kDepth;
        return options;
    }

    static void ExpectService(const World& world, TestServer& server) {
        RawClient client(*world.network, server.Address());
        const std::vector<std::byte> question = RawPacket(kPacketId, 1);
        client.Send(question);
        EXPECT_TRUE(client.Receive(question.size()).bytes == question);
    }

    [[nodiscard]] static std::uint64_t Count(TestServer& server, Admission admission) {
        return server->GetLedger().admissions[static_cast<std::size_t>(admission)];
    }

    // All have come to an end, or are one of so many that have stayed.
    [[nodiscard]] bool Settled(TestClients& clients, std::size_t attempts, std::size_t staying) {
        return world_.bell.WaitUntil([&] { return clients.Log().Disconnected() + clients.Log().ConnectFailed() == attempts - staying; });
    }

    World world_;
};

// --- A flood from one address ------------------------------------------------------------------------------------------

TEST_F(Door, AFloodFromOneHostGetsNoMoreThanItsCapAndAnExemptRangeDoesNotNotice) {
    constexpr std::size_t kCap = 20;
    constexpr std::size_t kExempt = 100;
    const std::size_t flood = Scaled(2000, 200);
    ServerOptions options = Options();
    options.listen.address = NetAddress::Any(AddressFamily::IPv6, 0);
    options.config.admission.maxSessionsPerHost = kCap;
    options.config.admission.exempt = {CidrRange::Parse("::1").value()};
    const std::unique_ptr<TestServer> server = TryStartOnIPv6(world_, options);
    if (server == nullptr) {
        GTEST_SKIP() << "this machine has no IPv6";
    }
    const std::uint16_t port = server->Address().Port();
    TestClients attackers(world_);
    TestClients honest(world_);
    for (std::size_t i = 0; i < flood; ++i) {
        attackers.Connect(NetAddress::Loopback(AddressFamily::IPv4, port), 1);
        if (i % (flood / kExempt) == 0 && i / (flood / kExempt) < kExempt) {
            honest.Connect(NetAddress::Loopback(AddressFamily::IPv6, port), 1);
        }
    }
    EXPECT_TRUE(Settled(attackers, flood, kCap));
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server->Log().Connected() == kCap + kExempt; }));
    EXPECT_EQ(honest.Log().Disconnected() + honest.Log().ConnectFailed(), 0U);
    EXPECT_EQ(server->Log().MostAtOnce(), kCap + kExempt);
    EXPECT_EQ(Count(*server, Admission::HostFull), flood - kCap);
    EXPECT_EQ((*server)->GetLedger().AcceptsRefused(), flood - kCap);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return (*server)->GetLedger().acceptsInFlight == kDepth; }));
}

TEST_F(Door, AFloodFromOneSubnetGetsNoMoreThanItsCap) {
    constexpr std::size_t kCap = 7;
    const std::size_t flood = Scaled(500, 50);
    ServerOptions options = Options();
    options.config.admission.maxSessionsPerSubnet = kCap;
    TestServer server(world_, options);
    TestClients clients(world_);
    clients.Connect(server.Address(), flood);
    EXPECT_TRUE(Settled(clients, flood, kCap));
    EXPECT_EQ(Count(server, Admission::SubnetFull), flood - kCap);
    EXPECT_EQ(server->SessionCount(), kCap);
}

TEST_F(Door, AHostThatComesTooOftenIsLetInAtItsRate) {
    FakeClock time;
    constexpr std::size_t kBurst = 10;
    const std::size_t flood = Scaled(300, 50);
    ServerOptions options = Options();
    options.clock = &time;
    options.config.limits.drainTimeout = {};
    options.config.admission.acceptsPerSecond = 1;
    options.config.admission.acceptBurst = kBurst;
    TestServer server(world_, options);
    TestClients clients(world_);
    clients.Connect(server.Address(), flood);
    EXPECT_TRUE(Settled(clients, flood, kBurst));
    EXPECT_EQ(Count(server, Admission::TooOften), flood - kBurst);
    time.Advance(3s);
    clients.Connect(server.Address(), 10);
    EXPECT_TRUE(Settled(clients, flood + 10, kBurst + 3));
    EXPECT_EQ(Count(server, Admission::Admitted), kBurst + 3);
}

// --- Resets ------------------------------------------------------------------------------------------------------------

// Some resets come before the accept, some after it, some before the session has begun.
TEST_F(Door, AStormOfResetsLeavesAllAcceptsInFlight) {
    const std::size_t rounds = Scaled(20, 3);
    constexpr std::size_t kAtOnce = 200;
    TestServer server(world_, Options());
    for (std::size_t round = 0; round < rounds; ++round) {
        TestClients storm(world_, {.hooks{.onConnected = [](ObservedSession& session) { session.Abort(CloseReason::LocalClose); }}});
        storm.Connect(server.Address(), kAtOnce);
        EXPECT_TRUE(Settled(storm, kAtOnce, 0));
    }
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server->SessionCount() == 0 && server->GetLedger().acceptsInFlight == kDepth; }))
        << server->GetLedger().ToString();
    const Ledger ledger = server->GetLedger();
    EXPECT_EQ(ledger.listenerRebuilds, 0U) << "it is the clients that are broken";
    EXPECT_EQ(ledger.AcceptsRefused(), 0U);
    ExpectService(world_, server);
}

// --- Silence -----------------------------------------------------------------------------------------------------------

TEST_F(Door, ManySilentClientsKeepNobodyOutAndAllGoAtTheDeadline) {
    FakeClock time;
    const std::size_t silent = Scaled(2000, 200);
    ServerOptions options = Options();
    options.clock = &time;
    options.config.limits.drainTimeout = {};
    options.config.limits.firstPacketTimeout = 5s;
    TestServer server(world_, options);
    TestClients mute(world_);
    mute.Connect(server.Address(), silent);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == silent; }));
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server->GetLedger().acceptsInFlight == kDepth; })) << "a silent client holds no accept";
    ExpectService(world_, server);

    time.Advance(5s);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().EndedBy(CloseReason::FirstPacketTimeout) == silent; }));
    EXPECT_TRUE(Settled(mute, silent, 0));
    ExpectService(world_, server);
}

// --- Restart in place --------------------------------------------------------------------------------------------------

// The operating system's network; counts the listeners that could not be opened.
class WatchedNetwork final : public platform::Network {
public:
    explicit WatchedNetwork(World& world) : world_(world) {}

    [[nodiscard]] std::string_view Name() const noexcept override { return world_.network->Name(); }
    [[nodiscard]] Result<std::unique_ptr<platform::IoBackend>> OpenPort() override { return world_.network->OpenPort(); }
    [[nodiscard]] Result<std::unique_ptr<platform::Socket>> OpenListener(const NetAddress& address,
                                                                         const platform::ListenOptions& options) override {
        auto listener = world_.network->OpenListener(address, options);
        failures_.fetch_add(listener ? 0U : 1U);
        world_.bell.Ring();
        return listener;
    }
    [[nodiscard]] Result<std::unique_ptr<platform::Socket>> OpenStream(AddressFamily family,
                                                                       const std::optional<NetAddress>& local) override {
        return world_.network->OpenStream(family, local);
    }
    [[nodiscard]] Result<std::vector<NetAddress>> Resolve(const std::string& host, std::uint16_t port) override {
        return world_.network->Resolve(host, port);
    }

    [[nodiscard]] std::size_t Failures() const noexcept { return failures_.load(); }

private:
    World& world_;
    std::atomic<std::size_t> failures_ = 0;
};

TEST_F(Door, ANewServerTakesThePortOverFromOneThatIsStillFullOfClients) {
    constexpr std::size_t kClients = 50;
    TestServer former(world_, Options());
    TestClients clients(world_);
    clients.Connect(former.Address(), kClients);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return former.Log().Connected() == kClients; }));

    WatchedNetwork network(world_);
    Journal journal(world_.bell);
    const auto hooks = std::make_shared<const Hooks>(Hooks{.onPacket = &ObservedSession::Echo});
    std::unique_ptr<ServerService> next;
    next = std::make_unique<ServerService>(
        network, PatientConfig("next", 2), [&] { return std::make_shared<ObservedSession>(journal, hooks, next->Buffers(), 0); },
        world_.clock, world_.log);
    std::error_code error = std::make_error_code(std::errc::not_connected);
    std::thread starting([&] { error = next->Start({.address = former.Address(), .options = {}, .bindRetry = kPatience}); });
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return network.Failures() >= 2; })) << "the port was free all along";
    former.Finish();
    starting.join();
    ASSERT_EQ(error, std::error_code{});
    EXPECT_EQ(next->ListenAddress(), former.Address());
    TestClients returning(world_, {.hooks{.onConnected = [](ObservedSession& session) { session.SendPacket(kPacketId, 1); }}});
    returning.Connect(next->ListenAddress(), kClients);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return returning.Log().Packets() == kClients; }));
    ExpectCleanEnd(*next, journal);
}

TEST_F(Door, StopEndsTheWaitForAPort) {
    TestServer holder(world_, Options());
    WatchedNetwork network(world_);
    ServerService waiting(
        network, PatientConfig("waiting", 2), [] { return nullptr; }, world_.clock, world_.log);
    std::error_code error;
    std::thread starting([&] { error = waiting.Start({.address = holder.Address(), .options = {}, .bindRetry = 24h}); });
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return network.Failures() >= 1; }));
    waiting.Stop();
    starting.join();
    EXPECT_EQ(error, std::errc::operation_canceled);
    ExpectService(world_, holder);
}

}  // namespace
}  // namespace servercore::test
