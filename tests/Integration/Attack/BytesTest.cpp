// Rows 1, 2, 3, 5 and 7 of the attack catalogue: bytes that are no packets, that come too slowly, or too many at once.
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <random>

#include "tests/Integration/Attack/Attack.h"
#include "tests/Support/RawClient.h"

namespace servercore::test {
namespace {

class BytesAttack : public Attack {
protected:
    static constexpr std::size_t kLimit = 1024;

    // Counts what attackers get dispatched.
    [[nodiscard]] ServerOptions CountingServer() {
        ServerOptions options = FrozenServer();
        options.config.limits.packetBytes = kLimit;
        options.hooks.onPacket = [this](ObservedSession& session, const PacketView& packet) {
            attackPackets_.fetch_add(packet.id == kAttackId ? 1U : 0U);
            EchoHonest(session, packet);
        };
        return options;
    }

    // So many connect and send what `bytesOf` their number says.
    template <class BytesOf>
    void Attackers(TestServer& server, std::size_t count, BytesOf bytesOf) {
        attackers_ = std::make_unique<TestClients>(world_, ClientOptions{.hooks{.onConnected = [this, bytesOf](ObservedSession& session) {
                                                                             SendBytes(**attackers_, session, bytesOf(session.Number()));
                                                                         }}});
        attackers_->Connect(server.Address(), count);
    }

    [[nodiscard]] static std::vector<std::byte> HeaderAndPacket(std::size_t size) {
        std::vector<std::byte> bytes = RawPacket(kAttackId, 1);
        bytes.insert(bytes.begin(), kPacketHeaderBytes, std::byte{0});
        StoreLittleEndian16(bytes, static_cast<std::uint16_t>(size));
        return bytes;
    }

    std::atomic<std::size_t> attackPackets_ = 0;
    std::unique_ptr<TestClients> attackers_;
};

// --- Row 1: slowloris --------------------------------------------------------------------------------------------------

// A byte every two seconds: half of them never complete a first packet, the others begin a second one. Catalogue: 5,000; here 500.
TEST_F(BytesAttack, ATrickleExtendsNoDeadline) {
    const std::size_t half = Scaled(250, 25);
    ServerOptions options = CountingServer();
    options.config.limits.firstPacketTimeout = 5s;
    options.config.limits.packetTimeout = 10s;
    TestServer server(world_, options);
    HonestBots honest(world_, server);
    TestClients attackers(world_);
    std::vector<std::shared_ptr<ObservedSession>> sessions;
    while (sessions.size() < 2 * half) {
        sessions.push_back(attackers.Connect(server.Address()));
        ASSERT_NE(sessions.back(), nullptr);
    }
    EXPECT_TRUE(world_.bell.WaitUntil(
        [&] { return attackers.Log().Connected() == 2 * half && server.Log().Connected() == 2 * half + honest.Count(); }));

    const std::vector<std::byte> packet = RawPacket(kAttackId, 1);
    std::vector<std::byte> packetAndAByte = packet;
    packetAndAByte.push_back(packet.front());
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        SendBytes(*attackers, *sessions[i], i < half ? ConstBytes(packet).first(1) : ConstBytes(packetAndAByte));
    }
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return attackPackets_.load() == half; }));
    for (std::size_t second = 1; second <= 11; ++second) {
        honest.AwaitAnswers();  // time for the server to take what was sent
        clock_.Advance(1s);
        if (second == 6) {  // the deadline and a second
            EXPECT_TRUE(Ended(server, CloseReason::FirstPacketTimeout, half));
        } else if (second < 5) {
            EXPECT_EQ(server.Log().Disconnected(), 0U) << second;
        } else if (second < 10) {
            EXPECT_EQ(server.Log().EndedBy(CloseReason::PacketTimeout), 0U) << second;
        }
        for (std::size_t i = 0; second % 2 == 0 && i < sessions.size(); ++i) {
            SendBytes(*attackers, *sessions[i], ConstBytes(packet).subspan(second / 2, 1));
        }
    }
    EXPECT_TRUE(Ended(server, CloseReason::PacketTimeout, half));
    EXPECT_EQ(server.Log().Disconnected(), 2 * half);
    EXPECT_EQ(attackPackets_.load(), half);
    honest.ExpectUnharmed();
    honest.ExpectServerAsBefore();
}

// --- Rows 2 and 3: sizes that cannot be --------------------------------------------------------------------------------

// The good packet behind the header comes with the same receive, and is not dispatched any more. Here 1,000 of each.
TEST_F(BytesAttack, ASizeBelowTheHeadersEndsTheSessionOnTheSpot) {
    const std::size_t count = Scaled(1000, 100);
    TestServer server(world_, CountingServer());
    HonestBots honest(world_, server);
    Attackers(server, count, [](std::size_t number) { return HeaderAndPacket(number % 4); });
    EXPECT_TRUE(Ended(server, CloseReason::PacketTooSmall, count));
    EXPECT_EQ(server.Log().Disconnected(), count);
    EXPECT_EQ(attackPackets_.load(), 0U);
    honest.ExpectUnharmed();
    honest.ExpectServerAsBefore();
}

// Ends at the header: nothing of the body ever comes, so nothing can have been kept for it.
TEST_F(BytesAttack, ASizeAboveTheLimitEndsTheSessionBeforeItsBody) {
    const std::size_t count = Scaled(1000, 100);
    TestServer server(world_, CountingServer());
    HonestBots honest(world_, server);
    Attackers(server, count, [](std::size_t number) {
        std::vector<std::byte> header(kPacketHeaderBytes);
        StoreLittleEndian16(header, static_cast<std::uint16_t>(number % 2 == 0 ? kMaxPacketBytes : kLimit + 1));
        return header;
    });
    EXPECT_TRUE(Ended(server, CloseReason::PacketTooLarge, count));
    EXPECT_EQ(server.Log().Disconnected(), count);
    honest.ExpectUnharmed();
    honest.ExpectServerAsBefore();
}

// --- Row 5: random bytes -----------------------------------------------------------------------------------------------

// 10 KB each. A random size is legal once in 64 times, so not one connection gets to the end of its bytes. Catalogue: 100 MB over 10,000
// connections; here 10 MB over 1,000.
TEST_F(BytesAttack, RandomBytesEndEveryConnectionThatSendsThem) {
    const std::size_t count = Scaled(1000, 100);
    TestServer server(world_, CountingServer());
    HonestBots honest(world_, server);
    Attackers(server, count, [](std::size_t number) {
        std::mt19937 random(static_cast<unsigned>(number));
        std::vector<std::byte> bytes(10'000);
        std::ranges::generate(bytes, [&] { return static_cast<std::byte>(random()); });
        return bytes;
    });
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Disconnected() == count; })) << server.Log().Disconnected();
    EXPECT_EQ(server.Log().EndedBy(CloseReason::PacketTooSmall) + server.Log().EndedBy(CloseReason::PacketTooLarge), count);
    honest.ExpectUnharmed();
    honest.ExpectServerAsBefore();
}

// --- Row 7: very many packets at once ----------------------------------------------------------------------------------

// One worker, which is held at the first of the attacker's packets until an honest one has arrived as well: that one's turn comes before
// the attacker's packets are all handled. Catalogue: 64 packets or 200 us a turn.
TEST_F(BytesAttack, AThousandPacketsInOneSegmentTakeTurnsWithOthers) {
    constexpr std::size_t kPackets = 1000;
    std::mutex mutex;
    std::condition_variable released;
    bool isReleased = false;
    std::atomic<bool> holds = false;
    std::atomic<std::size_t> handledBefore = 0;
    std::atomic<bool> answered = false;
    ServerOptions options = FrozenServer();
    options.config.workers = 1;
    options.hooks.onPacket = [&](ObservedSession& session, const PacketView& packet) {
        if (packet.id == kHonestId) {
            handledBefore = session.Log().Packets() - 1;
            answered = true;
            return;
        }
        if (NumberOf(packet) != session.cursor++) {
            session.Log().AddViolation("packets were lost or reordered");
        }
        if (session.cursor == 1) {
            holds = true;
            std::unique_lock lock(mutex);
            released.wait(lock, [&] { return isReleased; });
        }
    };
    TestServer server(world_, options);
    RawClient honest(*world_.network, server.Address());
    RawClient attacker(*world_.network, server.Address());
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == 2; }));
    std::vector<std::byte> segment;
    for (std::uint32_t number = 0; number < kPackets; ++number) {
        const std::vector<std::byte> packet = RawPacket(kAttackId, number);
        segment.insert(segment.end(), packet.begin(), packet.end());
    }
    attacker.Send(segment);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return holds.load(); }));
    honest.Send(RawPacket(kHonestId, 1));
    {
        const std::lock_guard lock(mutex);
        isReleased = true;
    }
    released.notify_all();

    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Packets() == kPackets + 1; }));
    EXPECT_TRUE(answered.load());
    if (!UnderWine()) {  // whose server brings the honest packet when it gets round to it
        EXPECT_LE(handledBefore.load(), 2 * options.config.limits.packetsPerTurn);
    }
}

// One packet a turn, on one worker: a turn that ran inside the one before it would go ever deeper into the stack.
TEST_F(BytesAttack, TurnsDoNotRunInsideEachOther) {
    const std::size_t packets = Scaled(50'000, 15'000);
    constexpr std::uintptr_t kMostStack = std::uintptr_t{128} * 1024;
    std::uintptr_t highest = 0;
    std::uintptr_t lowest = std::numeric_limits<std::uintptr_t>::max();
    std::atomic<std::size_t> handled = 0;
    ServerOptions options = FrozenServer();
    options.config.workers = 1;
    options.config.limits.packetsPerTurn = 1;
    options.hooks.onPacket = [&](ObservedSession& session, const PacketView& packet) {
        EchoHonest(session, packet);
        if (packet.id == kAttackId) {
            const char here = 0;
            highest = std::max(highest, reinterpret_cast<std::uintptr_t>(&here));
            lowest = std::min(lowest, reinterpret_cast<std::uintptr_t>(&here));
            handled.fetch_add(1);
        }
    };
    TestServer server(world_, options);
    HonestBots honest(world_, server);
    RawClient attacker(*world_.network, server.Address());
    std::vector<std::byte> stream;
    for (std::size_t i = 0; i < packets; ++i) {
        stream.resize(stream.size() + kPacketHeaderBytes);
        WritePacketHeader(MutableBytes(stream).last(kPacketHeaderBytes), kAttackId);
    }
    attacker.Send(stream);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return handled.load() == packets; })) << handled.load();
    if (Scaled(10) == 10) {  // AddressSanitizer keeps locals in places of its own
        EXPECT_LT(highest - lowest, kMostStack);
    }
    attacker.Close();
    honest.ExpectUnharmed();
    honest.ExpectServerAsBefore();
}

}  // namespace
}  // namespace servercore::test
