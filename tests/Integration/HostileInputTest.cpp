// Bytes that no honest client sends, and honest ones in pieces that no honest network makes.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/Support/RawClient.h"
#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

constexpr std::uint16_t kPacketId = 3;
constexpr std::size_t kLimit = 1024;

// A server with a limit, and an honest client that must not notice anything.
class HostileInput : public ::testing::Test {
protected:
    HostileInput() : server_(world_, LimitedServer()), honest_(*world_.network, server_.Address()) {}

    // One more end, for this reason.
    void ExpectEnd(CloseReason reason) {
        ++ended_;
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return server_.Log().Disconnected() == ended_; }));
        EXPECT_EQ(server_.Log().Endings().back().reason, reason) << ToString(server_.Log().Endings().back().reason);
    }

    void ExpectHonestClientIsServed() {
        const std::vector<std::byte> question = RawPacket(kPacketId, 5, 100);
        honest_.Send(question);
        EXPECT_TRUE(honest_.Receive(question.size()).bytes == question);
    }

    [[nodiscard]] static std::vector<std::byte> Header(std::size_t size) {
        std::vector<std::byte> header(kPacketHeaderBytes);
        StoreLittleEndian16(header, static_cast<std::uint16_t>(size));
        return header;
    }

    World world_;
    TestServer server_;
    RawClient honest_;

private:
    [[nodiscard]] static ServerOptions LimitedServer() {
        ServerOptions options{.config = PatientConfig("server", 2)};
        options.config.limits.packetBytes = kLimit;
        return options;
    }

    std::size_t ended_ = 0;
};

TEST_F(HostileInput, WithASizeBelowTheHeadersOwnEndsTheSession) {
    for (std::size_t size = 0; size < kPacketHeaderBytes; ++size) {
        RawClient hostile(*world_.network, server_.Address());
        hostile.Send(Header(size));
        ExpectEnd(CloseReason::PacketTooSmall);
        ExpectHonestClientIsServed();
    }
}

TEST_F(HostileInput, WithASizeAboveTheLimitEndsTheSessionAtTheHeader) {
    for (const std::size_t size : {kLimit + 1, kMaxPacketBytes}) {
        RawClient hostile(*world_.network, server_.Address());
        hostile.Send(Header(size));  // nothing of the body
        ExpectEnd(CloseReason::PacketTooLarge);
        ExpectHonestClientIsServed();
    }
}

TEST_F(HostileInput, AtTheLimitIsStillAPacket) {
    for (const std::size_t size : {std::size_t{8}, kLimit}) {
        const std::vector<std::byte> packet = RawPacket(kPacketId, 1, size - 8);
        ASSERT_EQ(packet.size(), size);
        honest_.Send(packet);
        EXPECT_TRUE(honest_.Receive(size).bytes == packet);
    }
    const std::vector<std::byte> empty = Header(kPacketHeaderBytes);
    honest_.Send(empty);
    EXPECT_TRUE(honest_.Receive(empty.size()).bytes == empty);
    EXPECT_EQ(server_.Log().Disconnected(), 0U);
}

TEST_F(HostileInput, BehindGoodPacketsEndsTheSessionAfterThem) {
    RawClient hostile(*world_.network, server_.Address());
    std::vector<std::byte> stream;
    for (std::uint32_t number = 0; number < 5; ++number) {
        const std::vector<std::byte> packet = RawPacket(kPacketId, number);
        stream.insert(stream.end(), packet.begin(), packet.end());
    }
    const std::vector<std::byte> bad = Header(0);
    stream.insert(stream.end(), bad.begin(), bad.end());
    const std::vector<std::byte> late = RawPacket(kPacketId, 6);
    stream.insert(stream.end(), late.begin(), late.end());
    hostile.Send(stream);
    ExpectEnd(CloseReason::PacketTooSmall);
    EXPECT_EQ(server_.Log().Packets(), 5U);
    ExpectHonestClientIsServed();
}

TEST_F(HostileInput, ThatStopsInTheMiddleIsNeverAPacket) {
    const std::vector<std::byte> packet = RawPacket(kPacketId, 1, 20);
    for (std::size_t length = 0; length < packet.size(); ++length) {
        RawClient hostile(*world_.network, server_.Address());
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return server_.Log().Connected() == length + 2; }));
        hostile.Send(ConstBytes(packet).first(length));
        hostile.Close();
        ExpectEnd(CloseReason::PeerClosed);
    }
    EXPECT_EQ(server_.Log().Packets(), 0U);
    ExpectHonestClientIsServed();
}

TEST_F(HostileInput, OfRandomBytesEndsOnlyItsOwnSession) {
    const std::size_t clients = Scaled(300, 40);
    std::mt19937 random(20240607);
    for (std::size_t i = 0; i < clients; ++i) {
        SCOPED_TRACE(i);
        RawClient hostile(*world_.network, server_.Address());
        std::vector<std::byte> garbage(1 + random() % 8192);
        std::ranges::generate(garbage, [&] { return static_cast<std::byte>(random()); });
        // Small sizes more often than chance has them, so that some packets get through.
        for (std::size_t at = 0; random() % 4 != 0 && at + 1 < garbage.size(); at += 1 + random() % 64) {
            StoreLittleEndian16(MutableBytes(garbage).subspan(at), static_cast<std::uint16_t>(random() % 64));
        }
        (void)hostile.TrySend(garbage);
        if (random() % 2 == 0) {
            hostile.Abort();
        } else {
            hostile.Close();
        }
        if (i % 20 == 0) {
            ExpectHonestClientIsServed();
        }
    }
    // The honest one is still there. A hostile one that reset its connection early enough was never accepted.
    ExpectHonestClientIsServed();
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server_->SessionCount() == 1; }));
    EXPECT_GT(server_.Log().EndedBy(CloseReason::PacketTooSmall), 0U);
    EXPECT_GT(server_.Log().EndedBy(CloseReason::PacketTooLarge), 0U);
    for (const CloseInfo& ending : server_.Log().Endings()) {
        EXPECT_TRUE(ending.reason == CloseReason::PacketTooSmall || ending.reason == CloseReason::PacketTooLarge ||
                    ending.reason == CloseReason::PeerClosed || ending.reason == CloseReason::PeerReset)
            << ToString(ending.reason);
    }
}

// --- Fragmentation -----------------------------------------------------------------------------------------------------

// What arrived as packets, whatever pieces it came in.
class Fragments : public ::testing::Test {
protected:
    static constexpr std::uint32_t kPackets = 12;
    static constexpr std::size_t kHugeAt = 7;

    [[nodiscard]] static std::size_t ExtraBytesOf(std::uint32_t number, std::size_t hugeBytes) {
        return number == kHugeAt ? hugeBytes : number * 5;
    }

    [[nodiscard]] static std::vector<std::byte> Stream(std::size_t hugeBytes) {
        std::vector<std::byte> stream;
        for (std::uint32_t number = 0; number < kPackets; ++number) {
            const std::vector<std::byte> packet = RawPacket(kPacketId, number, ExtraBytesOf(number, hugeBytes));
            stream.insert(stream.end(), packet.begin(), packet.end());
        }
        return stream;
    }

    // `piece` says how long the next piece is.
    template <class Piece>
    void ExpectSamePackets(std::size_t hugeBytes, Piece piece) {
        const std::vector<std::byte> stream = Stream(hugeBytes);
        RawClient client(*world_.network, server_.Address());
        for (ConstBytes rest = stream; !rest.empty();) {
            const ConstBytes next = rest.first(std::min<std::size_t>(piece(), rest.size()));
            client.Send(next);
            rest = rest.subspan(next.size());
        }
        client.ShutdownSend();
        EXPECT_TRUE(client.ReceiveToEnd().bytes == stream);  // the server sends back what it took for packets
    }

    World world_;
    TestServer server_{world_, {.config = PatientConfig("server", 2)}};
};

TEST_F(Fragments, OfOneByteMakeTheSamePackets) {
    ExpectSamePackets(200, [] { return std::size_t{1}; });
    EXPECT_EQ(server_.Log().Packets(), kPackets);
}

TEST_F(Fragments, OfRandomSizesMakeTheSamePackets) {
    std::mt19937 random(7);
    const std::size_t rounds = Scaled(100, 20);
    for (std::size_t round = 0; round < rounds; ++round) {
        const std::size_t longest = std::size_t{4} << (random() % 13);
        ExpectSamePackets(std::min<std::size_t>(random() % 65'000, 100 * longest), [&] { return 1 + random() % longest; });
    }
    EXPECT_EQ(server_.Log().Packets(), kPackets * rounds);
}

TEST_F(Fragments, AllAtOnceMakeTheSamePackets) {
    ExpectSamePackets(65'000, [] { return std::size_t{1'000'000}; });
    EXPECT_EQ(server_.Log().Packets(), kPackets);
}

}  // namespace
}  // namespace servercore::test
