// How connections end: politely with every last byte, rudely, by halves, and by mistake.
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <stdexcept>
#include <thread>

#include "tests/Support/FakeClock.h"
#include "tests/Support/RawClient.h"
#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

constexpr std::uint16_t kPacketId = 9;

class Close : public ::testing::Test {
protected:
    World world_;
};

// Sizes that make short sends, gathered sends and packets over several receive blocks.
std::size_t BurstBytesOf(std::uint32_t number) {
    return number % 10 == 9 ? 30'000 : (number * 131) % 1500;
}

// The server sends and closes at once; both sides have a read pending, and the client goes on sending into the closing connection, which is
// what makes a careless close turn into a reset.
TEST_F(Close, DeliversTheLastByteOfABurst) {
    constexpr std::uint32_t kBurst = 30;
    constexpr std::size_t kAtOnce = 50;
    const std::size_t total = Scaled(2000, 150);

    ServerOptions serverOptions{.config = PatientConfig("server", 2)};
    serverOptions.hooks.onConnected = [](ObservedSession& session) {
        for (std::uint32_t number = 0; number < kBurst; ++number) {
            session.SendPacket(kPacketId, number, BurstBytesOf(number));
        }
        session.Close();
        if (session.SendPacket(kPacketId, kBurst) != SendResult::Closed) {
            session.Log().AddViolation("a packet was queued after Close");
        }
    };
    TestServer server(world_, serverOptions);

    std::atomic<std::size_t> complete = 0;
    std::atomic<std::size_t> begun = kAtOnce;
    TestClients* again = nullptr;
    ClientOptions clientOptions{.config = PatientConfig("clients", 2)};
    clientOptions.hooks.onConnected = [](ObservedSession& session) { session.SendPacket(kPacketId, 0, 500); };
    clientOptions.hooks.onPacket = [](ObservedSession& session, const PacketView& packet) {
        const std::uint32_t expected = session.cursor++;
        if (NumberOf(packet) != expected || packet.body.size() != 4 + BurstBytesOf(expected)) {
            session.Log().AddViolation("the burst is damaged at packet " + std::to_string(expected));
        }
        session.SendPacket(kPacketId, expected);
    };
    clientOptions.hooks.onDisconnected = [&](ObservedSession& session, const CloseInfo&) {
        complete.fetch_add(session.cursor == kBurst ? 1 : 0);
        if (begun.fetch_add(1) < total) {
            again->Connect(server.Address());
        }
    };
    TestClients clients(world_, clientOptions);
    again = &clients;
    clients.Connect(server.Address(), kAtOnce);

    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Disconnected() >= total && clients.Log().Disconnected() >= total; }));
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return complete.load() == total; })) << complete.load();
    EXPECT_EQ(clients.Log().EndedBy(CloseReason::PeerClosed), total);
    EXPECT_EQ(clients.Log().EndedGracefully(), total);
    EXPECT_EQ(server.Log().EndedBy(CloseReason::LocalClose), total);
    EXPECT_EQ(server.Log().EndedGracefully(), total);
}

TEST_F(Close, BySeveralCallsEndsOnceWithTheFirstReason) {
    TestServer server(world_);
    TestClients clients(world_);
    const auto session = clients.Connect(server.Address());
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Connected() == 1; }));
    session->Close(CloseReason::Kicked);
    session->Close(CloseReason::LocalClose);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Disconnected() == 1; }));
    session->Close();
    session->Abort(CloseReason::RateLimited);
    EXPECT_EQ(session->SendPacket(kPacketId, 1), SendResult::Closed);
    EXPECT_EQ(session->State(), SessionState::Closed);
    EXPECT_EQ(clients.Log().EndedBy(CloseReason::Kicked), 1U);
}

TEST_F(Close, ByAbortIsSeenAsAResetByThePeer) {
    std::atomic<bool> ready = false;
    ServerOptions serverOptions;
    serverOptions.hooks.onPacket = [&](ObservedSession&, const PacketView&) { ready = true; };
    TestServer server(world_, serverOptions);
    TestClients clients(world_);
    const auto session = clients.Connect(server.Address());
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Connected() == 1; }));
    session->SendPacket(kPacketId, 1);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return ready.load(); }));
    session->Abort(CloseReason::Kicked);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Disconnected() == 1 && clients.Log().Disconnected() == 1; }));

    const CloseInfo ending = server.Log().Endings().front();
    // Wine 8 shows a reset only to a receive that is pending when it arrives; here the next one may just be on its way.
    EXPECT_TRUE(ending.reason == CloseReason::PeerReset || (UnderWine() && ending.reason == CloseReason::PeerClosed))
        << ToString(ending.reason);
    EXPECT_EQ(ending.initiator, CloseInitiator::Peer);
    if (ending.reason == CloseReason::PeerReset) {
        EXPECT_FALSE(ending.graceful);
        EXPECT_TRUE(ending.error);
    }
    EXPECT_EQ(clients.Log().EndedBy(CloseReason::Kicked), 1U);
    EXPECT_EQ(clients.Log().EndedGracefully(), 0U);
}

TEST_F(Close, ByHalvesStillBringsThePeerAllThatWasQueued) {
    constexpr std::uint32_t kAnswers = 100;
    constexpr std::size_t kAnswerBytes = 4000;
    ServerOptions options{.config = PatientConfig("server", 2)};
    options.hooks.onPacket = [](ObservedSession& session, const PacketView&) {
        for (std::uint32_t number = 0; number < kAnswers; ++number) {
            session.SendPacket(kPacketId, number, kAnswerBytes);
        }
    };
    TestServer server(world_, options);
    std::vector<std::byte> expected;
    for (std::uint32_t number = 0; number < kAnswers; ++number) {
        const std::vector<std::byte> packet = RawPacket(kPacketId, number, kAnswerBytes);
        expected.insert(expected.end(), packet.begin(), packet.end());
    }

    RawClient client(*world_.network, server.Address());
    client.Send(RawPacket(kPacketId, 0));
    client.ShutdownSend();
    const RawClient::Received received = client.ReceiveToEnd();
    EXPECT_EQ(received.error, std::error_code{});
    EXPECT_TRUE(received.bytes == expected) << received.bytes.size();
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Disconnected() == 1; }));
    EXPECT_EQ(server.Log().EndedBy(CloseReason::PeerClosed), 1U);
    EXPECT_EQ(server.Log().EndedGracefully(), 1U);
}

TEST_F(Close, EndsAtTheDrainTimeoutWhenThePeerNeverFinishes) {
    ServerOptions options;
    options.config.limits.drainTimeout = std::chrono::milliseconds(50);
    options.hooks.onConnected = [](ObservedSession& session) { session.Close(CloseReason::Kicked); };
    TestServer server(world_, options);
    RawClient client(*world_.network, server.Address());
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().EndedBy(CloseReason::Kicked) == 1; }));
    EXPECT_EQ(server.Log().EndedGracefully(), 0U);
}

// The deadline of the state that Close leaves has long passed when it is called. A look at the deadlines at just that moment must not
// take it for the new state's and cut the connection.
TEST_F(Close, IsNotCutShortByADeadlineThatNoLongerCounts) {
    std::atomic<bool> armed = false;
    std::shared_ptr<Session> target;
    std::future<void> look;
    const std::thread::id closing = std::this_thread::get_id();
    FakeClock clock;
    clock.onNow = [&] {
        // Inside Close, as it sets the new deadline; the workers look at the clock too.
        if (std::this_thread::get_id() == closing && armed.exchange(false)) {
            look = std::async(std::launch::async, [&] { target->OnTimer(clock.Now()); });
            look.wait_for(std::chrono::milliseconds(200));  // comes to an end only when it has found nothing to do
        }
    };
    ServerOptions options{.clock = &clock};
    options.config.limits.firstPacketTimeout = std::chrono::seconds(5);
    options.config.limits.drainTimeout = std::chrono::seconds(5);
    TestServer server(world_, options);
    RawClient client(*world_.network, server.Address());
    client.Send(RawPacket(kPacketId, 1));
    EXPECT_EQ(client.Receive(8).bytes.size(), 8U);
    target = server->FindSession({.index = 0, .generation = 1});
    ASSERT_NE(target, nullptr);
    clock.Advance(std::chrono::seconds(6));

    armed = true;
    target->Close();
    EXPECT_FALSE(armed) << "Close did not look at the clock; this test needs another way in";
    look.wait();
    client.ShutdownSend();
    EXPECT_EQ(client.ReceiveToEnd().error, std::error_code{});
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Disconnected() == 1; }));
    EXPECT_EQ(server.Log().EndedGracefully(), 1U);
}

// --- Callbacks that throw ----------------------------------------------------------------------------------------------

enum class Where { Connected, Packet, PacketAfterClose, Disconnected };

const char* TextOf(Where where) {
    return std::array{"OnConnected", "OnPacket", "OnPacketAfterClose", "OnDisconnected"}[static_cast<std::size_t>(where)];
}
void PrintTo(Where where, std::ostream* out) {
    *out << TextOf(where);
}

class Throwing : public ::testing::TestWithParam<Where> {};
INSTANTIATE_TEST_SUITE_P(Close, Throwing, ::testing::Values(Where::Connected, Where::Packet, Where::PacketAfterClose, Where::Disconnected),
                         [](const auto& where) { return std::string(TextOf(where.param)); });

TEST_P(Throwing, EndsThatSessionAndNoOther) {
    const Where where = GetParam();
    World world;
    ServerOptions options{.config = PatientConfig("server", 2)};
    const auto throwIn = [where](Where here, const ObservedSession& session) {
        if (here == where && session.Number() == 1) {
            throw std::runtime_error("a bug in the game");
        }
    };
    options.hooks.onConnected = [&](ObservedSession& session) { throwIn(Where::Connected, session); };
    options.hooks.onPacket = [&](ObservedSession& session, const PacketView& packet) {
        throwIn(Where::Packet, session);
        if (where == Where::PacketAfterClose && session.Number() == 1) {
            session.Close(CloseReason::Kicked);
        }
        throwIn(Where::PacketAfterClose, session);
        ObservedSession::Echo(session, packet);
    };
    options.hooks.onDisconnected = [&](ObservedSession& session, const CloseInfo&) { throwIn(Where::Disconnected, session); };
    TestServer server(world, options);
    TestClients clients(world);

    // One after the other, so that the server numbers them alike.
    std::vector<std::shared_ptr<ObservedSession>> sessions;
    for (std::size_t i = 0; i < 3; ++i) {
        sessions.push_back(clients.Connect(server.Address()));
        // One that is reset quickly enough has never connected, as its client sees it.
        EXPECT_TRUE(world.bell.WaitUntil(
            [&] { return server.Log().Connected() == i + 1 && clients.Log().Connected() + clients.Log().ConnectFailed() == i + 1; }));
    }
    sessions[1]->SendPacket(kPacketId, 1);
    if (where == Where::Disconnected) {
        sessions[1]->Close();
    }
    EXPECT_TRUE(world.bell.WaitUntil(
        [&] { return server.Log().Disconnected() == 1 && clients.Log().Disconnected() + clients.Log().ConnectFailed() == 1; }));

    const std::size_t before = clients.Log().Packets();
    sessions[0]->SendPacket(kPacketId, 1);
    sessions[2]->SendPacket(kPacketId, 1);
    EXPECT_TRUE(world.bell.WaitUntil([&] { return clients.Log().Packets() == before + 2; }));
    EXPECT_EQ(server.Log().Disconnected(), 1U);

    const CloseReason reason = where == Where::PacketAfterClose ? CloseReason::Kicked
                               : where == Where::Disconnected   ? CloseReason::PeerClosed
                                                                : CloseReason::HandlerException;
    EXPECT_EQ(server.Log().EndedBy(reason), 1U);
    server.Finish();
    EXPECT_EQ(server->GetLedger().closedBy[static_cast<std::size_t>(reason)], 1U);
}

}  // namespace
}  // namespace servercore::test
