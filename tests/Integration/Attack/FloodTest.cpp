// Rows 4 and 17 of the attack catalogue: those who send too much, and those who read too little.
#include <atomic>

#include "tests/Integration/Attack/Attack.h"
#include "tests/Support/RawClient.h"

namespace servercore::test {
namespace {

// --- Row 4: a flood of legal packets -----------------------------------------------------------------------------------

// The largest packets, as many as TCP takes. What the server handles of them is within their budget at every moment, and who goes on for
// three seconds is closed. Here 10 attackers with a budget of two such packets a second.
TEST_F(Attack, AFloodOfTheLargestPacketsGetsItsBudgetAndThenTheDoor) {
    const std::size_t attackers = Scaled(10, 3);
    constexpr std::uint32_t kPacket = 60'000;
    constexpr std::uint32_t kRate = 2 * kPacket;
    constexpr std::uint32_t kBurst = 2 * kPacket;
    constexpr int kPackets = 40;  // of each attacker: more than its budget for ten seconds
    PacketLimitsConfig limits;
    limits.bytes = {.perSecond = kRate, .burst = kBurst};
    limits.closeAfter = 3s;
    limits.pause = 1h;  // the clock may be ahead of a slow server
    const TimePoint start = clock_.Now();
    ServerOptions options = FrozenServer();
    options.config.limits.packets = std::make_shared<const PacketLimits>(*PacketLimits::Create(limits));
    options.hooks.onPacket = [&](ObservedSession& session, const PacketView& packet) {
        EchoHonest(session, packet);
        if (packet.id != kAttackId) {
            return;
        }
        session.cursor += static_cast<std::uint32_t>(kPacketHeaderBytes + packet.body.size());
        const double seconds = std::chrono::duration<double>(clock_.Now() - start).count();
        if (session.cursor > kBurst + kPacket + kRate * seconds) {  // the packet that exceeds the budget is still handled
            session.Log().AddViolation("more than its budget was handled");
        }
    };
    TestServer server(world_, options);
    HonestBots honest(world_, server);
    ClientOptions flooding;
    flooding.config.limits.sendHardBytes = std::size_t{kPackets} * kPacket;
    flooding.config.limits.sendAge = {};
    flooding.hooks.onConnected = [](ObservedSession& session) {
        for (int i = 0; i < kPackets; ++i) {
            session.SendPacket(kAttackId, 0, kPacket - 8);
        }
    };
    TestClients flood(world_, flooding);
    flood.Connect(server.Address(), attackers);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == attackers + honest.Count(); }));

    for (int step = 0; step < 40 && server.Log().Disconnected() < attackers; ++step) {
        honest.AwaitAnswers();
        if (clock_.Now() - start <= 3s) {
            EXPECT_EQ(server.Log().Disconnected(), 0U) << "closed before its time";
        }
        clock_.Advance(500ms);
    }
    EXPECT_TRUE(Ended(server, CloseReason::RateLimited, attackers));
    EXPECT_EQ(server.Log().Disconnected(), attackers);
    EXPECT_GE(server->GetLedger().totals.throttles, attackers);
    honest.ExpectUnharmed();
    honest.ExpectServerAsBefore();
}

// --- Row 17: readers that do not read ----------------------------------------------------------------------------------

class SlowReaders : public Attack {
protected:
    static constexpr std::size_t kSlow = 3;  // a tenth of the honest ones
    static constexpr std::size_t kExtraBytes = 8'000;
    static constexpr std::size_t kPacket = kExtraBytes + 8;
    static constexpr std::size_t kSoft = std::size_t{64} * 1024;
    static constexpr std::size_t kHard = std::size_t{1024} * 1024;

    // They come first, and read nothing.
    void Connect(TestServer& server) {
        for (std::uint32_t index = 0; index < kSlow; ++index) {
            clients_.push_back(std::make_unique<RawClient>(*world_.network, server.Address()));
            EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == index + 1U; }));
            targets_.push_back(server->FindSession({.index = index, .generation = 1}));
            ASSERT_NE(targets_.back(), nullptr);
        }
    }

    std::vector<std::unique_ptr<RawClient>> clients_;
    std::vector<std::shared_ptr<Session>> targets_;
};

// What may be spared is spared and the session lives; what may not ends it at the hard limit. At no time does a slow reader hold more.
TEST_F(SlowReaders, HoldNoMoreThanTheirLimitAndDisturbNobody) {
    constexpr std::uint32_t kEntities = 4;
    const std::size_t updates = Scaled(5000, 1000);
    ServerOptions options = FrozenServer();
    options.config.limits.sendSoftBytes = kSoft;
    options.config.limits.sendHardBytes = kHard;
    TestServer server(world_, options);
    ASSERT_NO_FATAL_FAILURE(Connect(server));
    HonestBots honest(world_, server);

    std::size_t spared = 0;
    for (std::uint32_t update = 0; update < updates; ++update) {
        for (const std::shared_ptr<Session>& target : targets_) {
            const SendResult result = target->Send(MakePacket(server->Buffers(), kAttackId, update, kExtraBytes),
                                                   {.packetClass = PacketClass::Latest, .key = update % kEntities});
            ASSERT_TRUE(IsQueued(result)) << update;
            spared += result == SendResult::Replaced ? 1U : 0U;
        }
        // The soft limit, one packet more for each entity, and as much again that is on its way.
        EXPECT_LE(server->Buffers().Outstanding(), kSlow * 2 * (kSoft / kPacket + kEntities + 1) + honest.Count());
    }
    EXPECT_GT(spared, 0U);
    EXPECT_EQ(server.Log().Disconnected(), 0U) << "a reader was ended for what could be spared";

    for (const std::shared_ptr<Session>& target : targets_) {
        SendResult result = SendResult::Queued;
        for (std::size_t sent = 0; result == SendResult::Queued && sent < 20'000; ++sent) {
            result = target->Send(MakePacket(server->Buffers(), kAttackId, 0, kExtraBytes));
            EXPECT_LE(server->Buffers().Outstanding(), kSlow * (kHard / kPacket + 1) + honest.Count());
        }
        EXPECT_EQ(result, SendResult::QueueFull);
    }
    EXPECT_TRUE(Ended(server, CloseReason::SlowConsumer, kSlow));
    EXPECT_EQ(server.Log().Disconnected(), kSlow);
    honest.ExpectUnharmed();
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server->Buffers().Outstanding() == 0 && server->SessionCount() == honest.Count(); }));
}

// Time passes while the test waits, and nothing else happens.
TEST_F(SlowReaders, WithoutProgressEndAtTheirAge) {
    ServerOptions options = FrozenServer();
    options.config.limits.sendAge = 10s;
    options.config.limits.sendHardBytes = std::size_t{64} * 1024 * 1024;
    TestServer server(world_, options);
    ASSERT_NO_FATAL_FAILURE(Connect(server));
    const SendBufferRef packet = MakePacket(server->Buffers(), kAttackId, 0, kExtraBytes);
    for (const std::shared_ptr<Session>& target : targets_) {
        for (std::size_t sent = 0; sent < 4'000; ++sent) {  // more than an operating system takes
            ASSERT_EQ(target->Send(packet), SendResult::Queued);
        }
    }
    EXPECT_EQ(server.Log().Disconnected(), 0U);
    EXPECT_TRUE(world_.bell.WaitUntil([&] {
        clock_.Advance(1s);
        return server.Log().EndedBy(CloseReason::SlowConsumer) == kSlow;
    }));
    EXPECT_EQ(server.Log().Disconnected(), kSlow);
}

}  // namespace
}  // namespace servercore::test
