// Row 6 of the attack catalogue: however a stream is cut into pieces, the same packets are dispatched.
#include <atomic>
#include <random>

#include "ServerCore/Net/PacketFramer.h"
#include "tests/Integration/Attack/Attack.h"
#include "tests/Support/RawClient.h"

namespace servercore::test {
namespace {

// Of packets in their order: FNV-1a over their ids, lengths and bytes.
class Digest {
public:
    void Add(const PacketView& packet) {
        AddNumber(packet.id);
        AddNumber(static_cast<std::uint32_t>(packet.body.size()));
        for (const std::byte value : packet.body) {
            AddByte(std::to_integer<std::uint32_t>(value));
        }
        ++packets_;
    }
    [[nodiscard]] bool operator==(const Digest&) const = default;

private:
    void AddNumber(std::uint32_t number) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
            AddByte((number >> shift) & 0xFFU);
        }
    }
    void AddByte(std::uint32_t value) { hash_ = (hash_ ^ value) * 1099511628211ULL; }

    std::uint64_t hash_ = 14695981039346656037ULL;
    std::size_t packets_ = 0;
};

struct Stream {
    std::vector<std::byte> bytes;
    Digest digest;
};

// Most packets are short, one in fifty is long, some have no body at all.
Stream MakeStream(std::size_t packets) {
    Stream stream;
    std::mt19937 random(6);
    for (std::uint32_t number = 0; number < packets; ++number) {
        std::vector<std::byte> packet = RawPacket(kAttackId, number, number % 50 == 0 ? random() % 3000 : random() % 40);
        if (number % 30 == 0) {
            packet.resize(kPacketHeaderBytes);
            StoreLittleEndian16(packet, kPacketHeaderBytes);
        }
        stream.digest.Add({.id = kAttackId, .body = ConstBytes(packet).subspan(kPacketHeaderBytes)});
        stream.bytes.insert(stream.bytes.end(), packet.begin(), packet.end());
    }
    return stream;
}

// Decides where the next cut is: bytes, handfuls of them, or thousands.
std::size_t PieceOf(std::mt19937& random) {
    return 1 + random() % (std::size_t{1} << (random() % 13));
}

// --- All seeds: the framer, fed as PacketSession feeds it in turns -----------------------------------------------------

class RandomTurns final : public PacketSink {
public:
    explicit RandomTurns(std::mt19937& random) : random_(random) {}

    bool OnFramedPacket(const PacketView& packet) override {
        digest.Add(packet);
        return random_() % 5 != 0;
    }

    Digest digest;

private:
    std::mt19937& random_;
};

// Catalogue: 10,000 frames and 1,000 seeds; here 500 frames, which differ as much, and 1,000 seeds.
TEST(Split, AThousandSeedsDispatchTheSameStream) {
    const Stream stream = MakeStream(500);
    const std::size_t seeds = Scaled(1000);
    for (std::size_t seed = 0; seed < seeds; ++seed) {
        std::mt19937 random(static_cast<unsigned>(seed));
        RandomTurns turns(random);
        PacketFramer framer(kMaxPacketBytes);
        for (ConstBytes rest = stream.bytes; !rest.empty();) {
            ConstBytes piece = rest.first(std::min(PieceOf(random), rest.size()));
            rest = rest.subspan(piece.size());
            while (!piece.empty()) {
                const FrameResult result = framer.Feed(piece, turns);
                ASSERT_EQ(result.error, FrameError::None);
                piece = piece.subspan(result.used);
            }
        }
        ASSERT_EQ(turns.digest, stream.digest) << "seed " << seed;
    }
}

// --- A few seeds: sockets ----------------------------------------------------------------------------------------------

TEST_F(Attack, SplitAtRandomOverSocketsDispatchesTheSameStream) {
    const Stream stream = MakeStream(1000);
    const std::size_t seeds = Scaled(10, 2);
    Digest digest;  // confined to the callbacks of the one attacker at a time
    std::atomic<std::size_t> ended = 0;
    ServerOptions options = FrozenServer();
    options.config.limits.packetsPerTurn = 7;
    options.hooks.onPacket = [&](ObservedSession& session, const PacketView& packet) {
        EchoHonest(session, packet);
        if (packet.id == kAttackId) {
            digest.Add(packet);
        }
    };
    options.hooks.onDisconnected = [&](ObservedSession&, const CloseInfo&) { ended.fetch_add(1); };
    TestServer server(world_, options);
    HonestBots honest(world_, server);
    for (std::size_t seed = 0; seed < seeds; ++seed) {
        std::mt19937 random(static_cast<unsigned>(seed));
        digest = {};
        RawClient client(*world_.network, server.Address());
        for (ConstBytes rest = stream.bytes; !rest.empty();) {
            const ConstBytes piece = rest.first(std::min(PieceOf(random), rest.size()));
            client.Send(piece);
            rest = rest.subspan(piece.size());
        }
        client.Close();
        ASSERT_TRUE(world_.bell.WaitUntil([&] { return ended.load() == seed + 1; }));
        EXPECT_EQ(digest, stream.digest) << "seed " << seed;
    }
    honest.ExpectUnharmed();
    honest.ExpectServerAsBefore();
}

}  // namespace
}  // namespace servercore::test
