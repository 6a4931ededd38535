// Row 24 of the attack catalogue: stopping while both sides send as fast as they can.
#include <array>
#include <atomic>
#include <memory>
#include <thread>

#include "tests/Integration/Attack/Attack.h"

namespace servercore::test {
namespace {

constexpr std::size_t kPeers = 10;

// What both sides counted of each server session's packets; its number is the packets' id.
struct Delivery {
    std::array<std::atomic<std::uint32_t>, kPeers> queued{};
    std::array<std::atomic<std::uint32_t>, kPeers> read{};
};

// Sends to its share of the sessions until Send says that they are closing.
void SendUntilClosed(TestServer& server, Delivery& delivery, std::size_t share, Bell& bell) {
    constexpr std::size_t kMostWaiting = 500;
    bool isOpen = true;
    while (isOpen) {
        isOpen = false;
        for (std::uint32_t index = 0; index < kPeers; ++index) {
            if (index % 2 != share) {
                continue;
            }
            const auto session = std::static_pointer_cast<ObservedSession>(server->FindSession({.index = index, .generation = 1}));
            if (session == nullptr) {
                continue;
            }
            const std::size_t number = session->Number();
            const std::uint32_t sequence = delivery.queued[number].load();
            if (session->SendPacket(static_cast<std::uint16_t>(number), sequence, sequence % 1000) == SendResult::Queued) {
                delivery.queued[number].store(sequence + 1);
                isOpen = true;
            }
        }
        EXPECT_TRUE(bell.WaitUntil([&] { return server->Buffers().Outstanding() < kMostWaiting || server->IsStopping(); }));
    }
}

// Every packet for which Send said Queued is read, none behind a reset. Catalogue: 100 runs with a deadline of 10 seconds; here 100 runs.
TEST(Shutdown, UnderLoadDeliversEveryPacketThatWasQueued) {
    const std::size_t runs = Scaled(100, 10);
    for (std::size_t run = 0; run < runs; ++run) {
        SCOPED_TRACE(run);
        World world;
        Delivery delivery;
        ServerOptions options{.config = PatientConfig("server", 2)};
        options.config.portMode = run % 2 == 0 ? PortMode::Shared : PortMode::PerWorker;
        options.config.limits.sendHardBytes = std::size_t{64} * 1024 * 1024;
        options.config.limits.sendAge = {};
        options.hooks.onPacket = {};
        TestServer server(world, options);
        ClientOptions reading{.config = PatientConfig("readers", 1)};
        reading.config.limits.sendAge = {};
        reading.hooks.onPacket = [&](ObservedSession& session, const PacketView& packet) {
            if (packet.id >= kPeers || NumberOf(packet) != session.cursor++) {
                session.Log().AddViolation("a packet was lost or reordered");
                return;
            }
            delivery.read[packet.id].fetch_add(1);
            ObservedSession::Echo(session, packet);  // the other direction is busy as well
        };
        TestClients clients(world, reading);
        clients.Connect(server.Address(), kPeers);
        EXPECT_TRUE(world.bell.WaitUntil([&] { return server.Log().Connected() == kPeers; }));

        std::thread even(SendUntilClosed, std::ref(server), std::ref(delivery), 0, std::ref(world.bell));
        std::thread odd(SendUntilClosed, std::ref(server), std::ref(delivery), 1, std::ref(world.bell));
        EXPECT_TRUE(world.bell.WaitUntil([&] { return clients.Log().Packets() >= 50 * (1 + run % 7); }));
        server->Stop();
        even.join();
        odd.join();
        server.Finish();
        EXPECT_TRUE(world.bell.WaitUntil([&] { return clients.Log().Disconnected() == kPeers; }));

        for (std::size_t i = 0; i < kPeers; ++i) {
            EXPECT_EQ(delivery.read[i].load(), delivery.queued[i].load()) << "session " << i;
        }
        EXPECT_EQ(clients.Log().EndedGracefully(), kPeers);
        EXPECT_EQ(clients.Log().EndedBy(CloseReason::PeerClosed), kPeers) << "a reader was reset";
        EXPECT_EQ(server.Log().EndedBy(CloseReason::ServiceStopping), kPeers);
        EXPECT_EQ(server->GetLedger().totals.packetsAbandoned, 0U);
        if (HasFailure()) {
            return;
        }
    }
}

}  // namespace
}  // namespace servercore::test
