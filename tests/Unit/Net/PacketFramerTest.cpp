#include "ServerCore/Net/PacketFramer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/Support/RecordingSession.h"

namespace servercore::test {

namespace {

using Packet = std::pair<std::uint16_t, std::string>;

// Copies what it gets, and stops when told.
class CollectingSink final : public PacketSink {
public:
    bool OnFramedPacket(const PacketView& packet) override {
        packets.emplace_back(packet.id, std::string(reinterpret_cast<const char*>(packet.body.data()), packet.body.size()));
        bodies.push_back(packet.body.data());
        return packets.size() < stopAfter;
    }

    std::vector<Packet> packets;
    std::vector<const std::byte*> bodies;
    std::size_t stopAfter = static_cast<std::size_t>(-1);
};

ConstBytes View(std::string_view text) {
    return std::as_bytes(std::span(text));
}

// A header with any size field.
std::string Header(std::size_t size, std::uint16_t id = 1) {
    std::string header = EncodePacket(id, {});
    StoreLittleEndian16(std::as_writable_bytes(std::span(header)), static_cast<std::uint16_t>(size));
    return header;
}

std::string Body(std::size_t size, unsigned seed) {
    std::string body(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        body[i] = static_cast<char>((i * 31 + seed) & 0xFFU);
    }
    return body;
}

// A stream of packets of all sorts, and what it should be cut into.
std::pair<std::string, std::vector<Packet>> RandomStream(std::mt19937& random, std::size_t count, std::size_t longestBody) {
    std::string stream;
    std::vector<Packet> packets;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t size = random() % 4 == 0 ? random() % (longestBody + 1) : random() % 40;
        const Packet& packet = packets.emplace_back(static_cast<std::uint16_t>(random()), Body(size, static_cast<unsigned>(random())));
        stream += EncodePacket(packet.first, packet.second);
    }
    return {std::move(stream), std::move(packets)};
}

TEST(PacketFramer, CutsAStreamIntoPackets) {
    PacketFramer framer(kMaxPacketBytes);
    CollectingSink sink;
    EXPECT_EQ(framer.Feed(View(EncodePacket(1, "one") + EncodePacket(2, "") + EncodePacket(0xFFFF, "three")), sink).error,
              FrameError::None);
    EXPECT_EQ(sink.packets, (std::vector<Packet>{{1, "one"}, {2, ""}, {0xFFFF, "three"}}));
    EXPECT_EQ(framer.CarriedBytes(), 0U);
}

TEST(PacketFramer, HandsWholePacketsOutInPlace) {
    PacketFramer framer(kMaxPacketBytes);
    CollectingSink sink;
    const std::string data = EncodePacket(1, "abc") + EncodePacket(2, "defg");
    ASSERT_EQ(framer.Feed(View(data), sink).error, FrameError::None);
    EXPECT_EQ(sink.bodies, (std::vector{View(data).data() + 4, View(data).data() + 11}));
}

TEST(PacketFramer, TakesNothingFromNothing) {
    PacketFramer framer(kMaxPacketBytes);
    CollectingSink sink;
    EXPECT_EQ(framer.Feed({}, sink).error, FrameError::None);
    ASSERT_EQ(framer.Feed(View(EncodePacket(1, "abc")).first(5), sink).error, FrameError::None);
    EXPECT_EQ(framer.Feed({}, sink).error, FrameError::None);
    EXPECT_EQ(framer.CarriedBytes(), 5U);
    EXPECT_TRUE(sink.packets.empty());
}

TEST(PacketFramer, JoinsAStreamThatIsSplitAtAnyByte) {
    const std::string stream = EncodePacket(1, "first") + EncodePacket(2, "") + EncodePacket(3, Body(300, 1));
    const std::vector<Packet> expected = {{1, "first"}, {2, ""}, {3, Body(300, 1)}};
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        PacketFramer framer(kMaxPacketBytes);
        CollectingSink sink;
        ASSERT_EQ(framer.Feed(View(stream).first(cut), sink).error, FrameError::None);
        ASSERT_EQ(framer.Feed(View(stream).subspan(cut), sink).error, FrameError::None);
        ASSERT_EQ(sink.packets, expected) << "cut at byte " << cut;
        ASSERT_EQ(framer.CarriedBytes(), 0U);
    }
}

TEST(PacketFramer, JoinsAStreamThatComesByteByByte) {
    const std::string stream = EncodePacket(1, "first") + EncodePacket(2, "") + EncodePacket(3, Body(300, 1));
    PacketFramer framer(kMaxPacketBytes);
    CollectingSink sink;
    for (std::size_t i = 0; i < stream.size(); ++i) {
        ASSERT_EQ(framer.Feed(View(stream).subspan(i, 1), sink).error, FrameError::None);
    }
    EXPECT_EQ(sink.packets, (std::vector<Packet>{{1, "first"}, {2, ""}, {3, Body(300, 1)}}));
}

TEST(PacketFramer, JoinsThousandsOfPacketsHoweverTheyAreSplit) {
    for (unsigned seed = 1; seed <= 8; ++seed) {
        std::mt19937 random(seed);
        const auto [stream, expected] = RandomStream(random, 1500, 3000);
        const std::size_t longestPiece = std::size_t{1} << (seed * 2);  // from 4 bytes to 64 KiB at a time
        PacketFramer framer(kMaxPacketBytes);
        CollectingSink sink;
        for (std::size_t at = 0; at < stream.size();) {
            const std::size_t piece = std::min<std::size_t>(1 + random() % longestPiece, stream.size() - at);
            const std::string copy = stream.substr(at, piece);  // AddressSanitizer sees a byte too many
            ASSERT_EQ(framer.Feed(View(copy), sink).error, FrameError::None);
            at += piece;
        }
        ASSERT_EQ(sink.packets, expected) << "seed " << seed;
        ASSERT_EQ(framer.CarriedBytes(), 0U);
    }
}

TEST(PacketFramer, ReadsHeadersAtOddAddresses) {
    const std::string packet = EncodePacket(7, "x") + EncodePacket(8, "yz");
    for (std::size_t offset = 0; offset < 8; ++offset) {
        const std::string shifted = std::string(offset, '?') + packet;
        PacketFramer framer(kMaxPacketBytes);
        CollectingSink sink;
        ASSERT_EQ(framer.Feed(View(shifted).subspan(offset), sink).error, FrameError::None);
        ASSERT_EQ(sink.packets, (std::vector<Packet>{{7, "x"}, {8, "yz"}}));
    }
}

TEST(PacketFramer, RefusesASizeBelowTheHeaderHoweverItArrives) {
    for (std::size_t size = 0; size < kPacketHeaderBytes; ++size) {
        const std::string stream = EncodePacket(1, "good") + Header(size) + EncodePacket(2, "never");
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            PacketFramer framer(kMaxPacketBytes);
            CollectingSink sink;
            FrameError error = framer.Feed(View(stream).first(cut), sink).error;
            if (error == FrameError::None) {
                error = framer.Feed(View(stream).subspan(cut), sink).error;
            }
            ASSERT_EQ(error, FrameError::TooSmall) << "size " << size << ", cut at byte " << cut;
            ASSERT_EQ(sink.packets, (std::vector<Packet>{{1, "good"}}));
        }
    }
}

TEST(PacketFramer, TakesTheLargestPacketAndNoLarger) {
    constexpr std::size_t kLimit = 100;
    CollectingSink sink;
    EXPECT_EQ(PacketFramer(kLimit).Feed(View(EncodePacket(1, Body(kLimit - 4, 0))), sink).error, FrameError::None);
    EXPECT_EQ(sink.packets.size(), 1U);
    EXPECT_EQ(PacketFramer(kLimit).Feed(View(EncodePacket(1, Body(kLimit - 3, 0))), sink).error, FrameError::TooLarge);
    EXPECT_EQ(sink.packets.size(), 1U);
}

TEST(PacketFramer, TakesAPacketOf65535BytesInOneOrManyPieces) {
    const std::string packet = EncodePacket(5, Body(kMaxPacketBytes - kPacketHeaderBytes, 3));
    for (const std::size_t piece : {packet.size(), std::size_t{16384}, std::size_t{1000}}) {
        PacketFramer framer(kMaxPacketBytes);
        CollectingSink sink;
        for (std::size_t at = 0; at < packet.size(); at += piece) {
            ASSERT_EQ(framer.Feed(View(packet).subspan(at, std::min(piece, packet.size() - at)), sink).error, FrameError::None);
        }
        ASSERT_EQ(sink.packets.size(), 1U);
        EXPECT_EQ(sink.packets[0].second, Body(kMaxPacketBytes - kPacketHeaderBytes, 3));
    }
}

TEST(PacketFramer, NoticesASizeOverTheLimitBeforeItKeepsAnyOfTheBody) {
    const std::string stream = Header(65535) + Body(1000, 0);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        PacketFramer framer(1024);
        CollectingSink sink;
        FrameError error = framer.Feed(View(stream).first(cut), sink).error;
        ASSERT_LE(framer.CarriedBytes(), kPacketHeaderBytes);
        if (cut >= kPacketHeaderBytes) {
            ASSERT_EQ(error, FrameError::TooLarge) << "cut at byte " << cut;
            continue;
        }
        error = framer.Feed(View(stream).subspan(cut), sink).error;
        ASSERT_EQ(error, FrameError::TooLarge);
        ASSERT_LE(framer.CarriedBytes(), kPacketHeaderBytes);
    }
}

TEST(PacketFramer, StopsWhenTheSinkSaysSo) {
    const std::string stream = EncodePacket(1, "a") + EncodePacket(2, "b") + EncodePacket(3, "c") + Header(0);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        PacketFramer framer(kMaxPacketBytes);
        CollectingSink sink;
        sink.stopAfter = 2;
        ASSERT_EQ(framer.Feed(View(stream).first(cut), sink).error, FrameError::None);
        if (sink.packets.size() < 2) {
            ASSERT_EQ(framer.Feed(View(stream).subspan(cut), sink).error, FrameError::None) << "what follows is not even looked at";
        }
        ASSERT_EQ(sink.packets.size(), 2U) << "cut at byte " << cut;
        ASSERT_EQ(framer.CarriedBytes(), 0U);
    }
}

TEST(PacketFramer, KeepsOnlyThePacketThatIsIncomplete) {
    PacketFramer framer(kMaxPacketBytes);
    CollectingSink sink;
    const std::string last = EncodePacket(2, "incomplete");
    ASSERT_EQ(framer.Feed(View(EncodePacket(1, Body(5000, 0)) + last.substr(0, 6)), sink).error, FrameError::None);
    EXPECT_EQ(framer.CarriedBytes(), 6U);
    ASSERT_EQ(framer.Feed(View(last).subspan(6), sink).error, FrameError::None);
    EXPECT_EQ(framer.CarriedBytes(), 0U);
    EXPECT_EQ(sink.packets.back(), (Packet{2, "incomplete"}));
}

// Whatever bytes come, it ends: with packets, with an error, or with less carried than one packet.
TEST(PacketFramer, SurvivesAnyBytes) {
    for (unsigned seed = 1; seed <= 300; ++seed) {
        std::mt19937 random(seed);
        std::string noise(random() % 4000, '\0');
        // Small values often, so that some sizes make sense.
        std::generate(noise.begin(), noise.end(), [&] { return static_cast<char>(random() % (random() % 2 == 0 ? 8 : 256)); });
        PacketFramer framer(2048);
        CollectingSink sink;
        std::size_t framed = 0;
        for (std::size_t at = 0; at < noise.size();) {
            const std::size_t piece = std::min<std::size_t>(1 + random() % 700, noise.size() - at);
            if (framer.Feed(View(noise).subspan(at, piece), sink).error != FrameError::None) {
                break;
            }
            at += piece;
            framed = at;
        }
        ASSERT_LT(framer.CarriedBytes(), 2048U);
        std::size_t bytes = 0;
        for (const Packet& packet : sink.packets) {
            bytes += kPacketHeaderBytes + packet.second.size();
        }
        ASSERT_LE(bytes, noise.size()) << "seed " << seed;
        ASSERT_GE(bytes + framer.CarriedBytes(), framed) << "bytes were lost, seed " << seed;
    }
}

TEST(PacketFramerDeathTest, RefusesALimitThatNoPacketFits) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(PacketFramer(kPacketHeaderBytes - 1), "assertion failed");
    EXPECT_DEATH(PacketFramer(kMaxPacketBytes + 1), "assertion failed");
}

}  // namespace

}  // namespace servercore::test
