#include "ServerCore/Packet/ParseCost.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ServerCore/Net/PacketHeader.h"
#include "ServerCore/Packet/PacketDispatch.h"
#include "tests/Unit/Packet/Probe.gen.h"

namespace servercore::test {
namespace {

constexpr ParseLimits kLimits;
constexpr std::size_t kLargestBody = kMaxPacketBytes - kPacketHeaderBytes;

ConstBytes BytesOf(const std::string& text) {
    return std::as_bytes(std::span(text));
}

std::string Varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80U; value >>= 7U) {
        bytes += static_cast<char>((value & 0x7FU) | 0x80U);
    }
    return bytes + static_cast<char>(value);
}

std::string Field(std::uint32_t number, const std::string& contents) {
    return Varint((number << 3U) | 2U) + Varint(contents.size()) + contents;
}

std::string Repeated(std::string_view piece, std::size_t atMost = kLargestBody) {
    std::string bytes;
    while (bytes.size() + piece.size() <= atMost) {
        bytes += piece;
    }
    return bytes;
}

// `depth` trees inside the outermost one.
std::string Nested(std::size_t depth) {
    std::string body;
    for (std::size_t i = 0; i < depth; ++i) {
        body = Field(1, body);
    }
    return body;
}

// A field of a random kind, now and then one that the message does not know.
std::string RandomFields(std::mt19937& random, int depth) {
    const auto below = [&](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
    std::string body;
    const std::uint32_t count = below(12);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t number = 1 + below(20);
        switch (below(5)) {
            case 0: body += Varint(number << 3U) + Varint(std::uint64_t{1} << below(64)); break;
            case 1: body += Varint((number << 3U) | 5U) + std::string(4, 'w'); break;
            case 2: body += Varint((number << 3U) | 1U) + std::string(8, 'd'); break;
            case 3: body += Field(number, std::string(below(40), 'a')); break;
            default: body += Field(number, depth > 0 ? RandomFields(random, depth - 1) : ""); break;
        }
    }
    return body;
}

// Takes a tree, and keeps what the arena took for it.
class Parsed {
public:
    explicit Parsed(const std::string& body) {
        const ParseCost cost = CostOfTree(body);
        isAffordable_ = cost.isWellFormed && cost.bytes <= kLimits.arenaBytes;
        if (isAffordable_) {
            // Exactly what was computed: whatever does not fit becomes a block more.
            std::vector<char> block(cost.bytes);
            google::protobuf::ArenaOptions options;
            options.initial_block = block.data();
            options.initial_block_size = block.size();
            google::protobuf::Arena arena(options);
            auto* tree = google::protobuf::Arena::CreateMessage<probe::C_Tree>(&arena);
            isParsed_ = tree->ParseFromArray(body.data(), static_cast<int>(body.size()));
            blockBytes_ = block.size();
            allocatedBytes_ = arena.SpaceAllocated();
        }
    }

    // What the generated tables say of a tree.
    static ParseCost CostOfTree(const std::string& body) {
        return CostOfParsing(BytesOf(body), probe::kPacketShape, probe::PacketOf<probe::C_Tree>::kShape, kLimits);
    }

    bool isAffordable_ = false;
    bool isParsed_ = false;
    std::size_t blockBytes_ = 0;
    std::size_t allocatedBytes_ = 0;
};

TEST(ParseCost, IsNeverLessThanWhatProtobufTakes) {
    std::mt19937 random(20240607);
    std::size_t parsed = 0;
    for (int run = 0; run < 3000; ++run) {
        const Parsed result(RandomFields(random, 4));
        parsed += result.isParsed_ ? 1U : 0U;
        ASSERT_EQ(result.allocatedBytes_, result.blockBytes_) << "run " << run;
    }
    EXPECT_GT(parsed, 500U);
}

// Row 9 of the attack catalogue, each at the largest size that a packet may have, and cut down to what is still affordable.
TEST(ParseCost, BoundsEveryBomb) {
    const std::string bombs[] = {
        std::string("\x1A\x00", 2),  // leaves
        std::string("\x12\x00", 2),  // trees
        std::string("\x0A\x00", 2),  // the same tree, merged
        std::string("\x2A\x00", 2),  // empty labels
        std::string("\x2A\x10") + "0123456789abcdef",
        std::string("\x3A\x01x"),                 // texts
        std::string("\x40\x01"),                  // numbers, each with a tag
        std::string("\x42\x04\x01\x01\x01\x01"),  // packed numbers
        std::string("\x48\x01"),
        std::string("\x58\x01"),
        std::string("\x60\x01"),
        std::string("\x7A\x00\x8A\x01\x00", 5),  // a choice that changes
        std::string("\x82\x01\x00\x7A\x00", 5),
        std::string("\xA0\x06\x01"),          // fields that the message does not know
        std::string("\x12\x03\xA0\x06\x01"),  // the same inside of trees
        std::string("\x12\x02\x40\x01"),      // a tree with one number
        std::string("\x12\x04\x1A\x00\x2A\x00", 6),
    };
    for (const std::string& bomb : bombs) {
        SCOPED_TRACE(::testing::PrintToString(bomb));
        for (std::size_t bytes = kLargestBody; bytes > 16; bytes = bytes * 3 / 4) {
            const Parsed result(Repeated(bomb, bytes));
            EXPECT_LE(result.allocatedBytes_, kLimits.arenaBytes);
            EXPECT_EQ(result.allocatedBytes_, result.blockBytes_) << bytes;
            EXPECT_EQ(result.isParsed_, result.isAffordable_);
        }
    }
}

TEST(ParseCost, RefusesBombsOfTheLargestSize) {
    for (const std::string& bomb :
         {std::string("\x1A\x00", 2), std::string("\x12\x00", 2), std::string("\x2A\x00", 2), std::string("\x40\x01")}) {
        EXPECT_FALSE(Parsed(Repeated(bomb)).isAffordable_) << ::testing::PrintToString(bomb);
    }
    EXPECT_FALSE(Parsed(Field(8, std::string(65000, '\x01'))).isAffordable_);  // packed
}

TEST(ParseArena, NeverAsksForMoreThanItWasGiven) {
    for (const std::size_t leaves : {std::size_t{1}, std::size_t{100}, std::size_t{2000}}) {
        const std::string body = Repeated(std::string("\x1A\x00", 2), leaves * 2);
        const std::size_t bytes = Parsed::CostOfTree(body).bytes;
        ParseArena arena(bytes);
        const std::size_t before = arena.Get().SpaceAllocated();
        EXPECT_GE(before, bytes);
        auto* tree = google::protobuf::Arena::CreateMessage<probe::C_Tree>(&arena.Get());
        EXPECT_TRUE(tree->ParseFromArray(body.data(), static_cast<int>(body.size())));
        EXPECT_EQ(arena.Get().SpaceAllocated(), before);
    }
}

TEST(ParseCost, AllowsTextsOfTheLargestSize) {
    EXPECT_TRUE(Parsed(Field(4, std::string(65000, 'x'))).isParsed_);
}

TEST(ParseCost, EndsTheDepthWhereTheLimitSays) {
    EXPECT_TRUE(Parsed(Nested(32)).isParsed_);
    EXPECT_FALSE(Parsed::CostOfTree(Nested(33)).isWellFormed);
    EXPECT_FALSE(Parsed::CostOfTree(Nested(5000)).isWellFormed);
}

TEST(ParseCost, EndsTheDepthOfGroupsToo) {
    const std::string begin("\xA3\x06");
    const std::string end("\xA4\x06");
    EXPECT_TRUE(Parsed(Repeated(begin, 64) + Repeated(end, 64)).isParsed_);
    EXPECT_FALSE(Parsed::CostOfTree(Repeated(begin, 66) + Repeated(end, 66)).isWellFormed);
    EXPECT_FALSE(Parsed::CostOfTree(begin).isWellFormed);
    EXPECT_FALSE(Parsed::CostOfTree(begin + "\xAC\x06").isWellFormed);  // the end of another one
}

TEST(ParseCost, RefusesTextThatIsNotUtf8) {
    EXPECT_TRUE(Parsed(Field(6, "\xC3\xA4")).isParsed_);
    EXPECT_FALSE(Parsed::CostOfTree(Field(6, "\xC3")).isWellFormed);
    EXPECT_TRUE(Parsed(Field(4, "\xC3")).isParsed_);  // bytes may be anything
}

}  // namespace
}  // namespace servercore::test
