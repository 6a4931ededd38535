// Sending from several threads, to many at once, and to those who do not read.
#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "tests/Support/RawClient.h"
#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

class Send : public ::testing::Test {
protected:
    World world_;
};

TEST_F(Send, FromTwoThreadsKeepsEachPacketWholeAndEachThreadsOrder) {
    constexpr std::size_t kThreads = 2;
    constexpr std::size_t kExtraBytes = 60'000;
    const auto packets = static_cast<std::uint32_t>(Scaled(100, 20));
    std::array<std::uint32_t, kThreads> next{};  // confined to the one session's callbacks
    std::atomic<std::size_t> received = 0;
    ServerOptions serverOptions;
    serverOptions.hooks.onPacket = [&](ObservedSession& session, const PacketView& packet) {
        if (packet.id >= kThreads || NumberOf(packet) != next[packet.id]++ || packet.body.size() != 4 + kExtraBytes) {
            session.Log().AddViolation("packets were mixed up");
        }
        received.fetch_add(1);
    };
    TestServer server(world_, serverOptions);

    ClientOptions clientOptions;
    clientOptions.config.limits.sendHardBytes = kThreads * packets * (kExtraBytes + 8);
    TestClients clients(world_, clientOptions);
    const auto session = clients.Connect(server.Address());
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Connected() == 1; }));

    std::vector<std::thread> threads;
    for (std::uint16_t id = 0; id < kThreads; ++id) {
        threads.emplace_back([&, id] {
            for (std::uint32_t number = 0; number < packets; ++number) {
                EXPECT_EQ(session->SendPacket(id, number, kExtraBytes), SendResult::Queued);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return received.load() == kThreads * packets; })) << received.load();
}

TEST_F(Send, OfOneBufferReachesTwoHundredSessions) {
    const std::size_t sessions = Scaled(200, 40);
    constexpr std::uint32_t kRounds = 20;
    constexpr std::size_t kExtraBytes = 300;
    TestServer server(world_, {.config = PatientConfig("server", 2)});
    ClientOptions options;
    options.hooks.onPacket = [](ObservedSession& session, const PacketView& packet) {
        if (NumberOf(packet) != session.cursor++ || packet.body.size() != 4 + kExtraBytes) {
            session.Log().AddViolation("a broadcast was damaged");
        }
    };
    TestClients clients(world_, options);
    clients.Connect(server.Address(), sessions);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == sessions; }));

    std::vector<std::shared_ptr<Session>> targets;
    for (std::uint32_t index = 0; targets.size() < sessions; ++index) {
        targets.push_back(server->FindSession({.index = index, .generation = 1}));
        ASSERT_NE(targets.back(), nullptr);
    }
    for (std::uint32_t round = 0; round < kRounds; ++round) {
        const SendBufferRef buffer = MakePacket(server->Buffers(), 1, round, kExtraBytes);
        for (const std::shared_ptr<Session>& target : targets) {
            EXPECT_EQ(target->Send(buffer), SendResult::Queued);
        }
        EXPECT_LE(server->Buffers().Outstanding(), round + 1U) << "a broadcast made copies";
    }
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Packets() == sessions * kRounds; })) << clients.Log().Packets();
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server->Buffers().Outstanding() == 0; }));
}

// One client reads nothing while packets for it never end; another one next to it plays on.
TEST_F(Send, ToASlowConsumerEndsAtTheLimitAndDisturbsNobodyElse) {
    constexpr std::size_t kLimit = std::size_t{256} * 1024;
    constexpr std::size_t kExtraBytes = 8'000;
    ServerOptions options{.config = PatientConfig("server", 2)};
    options.config.limits.sendHardBytes = kLimit;
    TestServer server(world_, options);

    RawClient lazy(*world_.network, server.Address());
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == 1; }));
    const std::shared_ptr<Session> target = server->FindSession({.index = 0, .generation = 1});
    ASSERT_NE(target, nullptr);
    RawClient lively(*world_.network, server.Address());
    const std::vector<std::byte> question = RawPacket(2, 1);

    SendResult result = SendResult::Queued;
    std::size_t sent = 0;
    for (; result == SendResult::Queued && sent < 20'000; ++sent) {
        result = target->Send(MakePacket(server->Buffers(), 1, 0, kExtraBytes));
        EXPECT_LE(server->Buffers().Outstanding(), kLimit / kExtraBytes + 2) << "the queue grows beyond its limit";
        lively.Send(question);  // also gives the server time: its queue grows only once the system takes no more
        ASSERT_TRUE(lively.Receive(question.size()).bytes == question);
    }
    EXPECT_EQ(result, SendResult::QueueFull) << "after " << sent;
    EXPECT_GE(sent, kLimit / (kExtraBytes + 8));
    EXPECT_EQ(target->Send(MakePacket(server->Buffers(), 1, 0)), SendResult::Closed);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().EndedBy(CloseReason::SlowConsumer) == 1; }));
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server->Buffers().Outstanding() == 0; }));

    lively.Send(question);
    EXPECT_TRUE(lively.Receive(question.size()).bytes == question);
    EXPECT_EQ(server.Log().Disconnected(), 1U);
    lively.Close();
    server.Finish();
    const Ledger ledger = server->GetLedger();
    EXPECT_GT(ledger.totals.packetsAbandoned, 0U);
    EXPECT_EQ(ledger.closedBy[static_cast<std::size_t>(CloseReason::SlowConsumer)], 1U);
}

// A queue that is nearly full all the time, but is read: nothing is lost and nobody is thrown out.
TEST_F(Send, ToAReaderThatKeepsUpNeverLosesAPacket) {
    constexpr std::size_t kExtraBytes = 10'000;
    const auto packets = static_cast<std::uint32_t>(Scaled(2000, 200));
    ServerOptions options;
    options.config.limits.sendHardBytes = 3 * kExtraBytes;
    TestServer server(world_, options);
    ClientOptions clientOptions;
    clientOptions.hooks.onPacket = [this](ObservedSession& session, const PacketView& packet) {
        if (NumberOf(packet) != session.cursor++) {
            session.Log().AddViolation("a packet was lost");
        }
        world_.bell.Ring();
    };
    TestClients clients(world_, clientOptions);
    clients.Connect(server.Address(), 1);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == 1; }));
    const std::shared_ptr<Session> target = server->FindSession({.index = 0, .generation = 1});
    ASSERT_NE(target, nullptr);

    for (std::uint32_t number = 0; number < packets; ++number) {
        ASSERT_TRUE(world_.bell.WaitUntil([&] { return server->Buffers().Outstanding() < 2; }));
        ASSERT_EQ(target->Send(MakePacket(server->Buffers(), 1, number, kExtraBytes)), SendResult::Queued);
    }
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Packets() == packets; }));
    EXPECT_EQ(server.Log().Disconnected(), 0U);
}

}  // namespace
}  // namespace servercore::test
