#include "Tools/IoModelLab/Net/EchoBuffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace iolab {
namespace {

std::string Unsent(const EchoBuffer& buffer) {
    return {buffer.Unsent(), static_cast<std::size_t>(buffer.UnsentBytes())};
}

bool Take(EchoBuffer& buffer, const std::string& bytes) {
    return buffer.Take(bytes.data(), bytes.size());
}

TEST(EchoBuffer, HandsOutWholeFramesOnly) {
    EchoBuffer buffer(*Framing::Parse("line"));
    EXPECT_TRUE(Take(buffer, "one\ntwo\nthr"));
    EXPECT_EQ(Unsent(buffer), "one\ntwo\n");
    EXPECT_EQ(buffer.Frames(), 2U);
    buffer.Sent(buffer.UnsentBytes());
    EXPECT_FALSE(buffer.HasUnsent());
    EXPECT_TRUE(Take(buffer, "ee\n"));
    EXPECT_EQ(Unsent(buffer), "three\n");
}

TEST(EchoBuffer, KeepsWhatAShortSendLeaves) {
    EchoBuffer buffer(*Framing::Parse("fixed:3"));
    EXPECT_TRUE(Take(buffer, "abcdefgh"));
    EXPECT_EQ(Unsent(buffer), "abcdef");
    buffer.Sent(4);
    EXPECT_EQ(Unsent(buffer), "ef");
    buffer.Sent(2);
    EXPECT_FALSE(buffer.HasUnsent());
    EXPECT_TRUE(Take(buffer, "i"));
    EXPECT_EQ(Unsent(buffer), "ghi");
}

TEST(EchoBuffer, TakesTheLargestFrameAndRefusesALargerOne) {
    for (const char* text : {"line", "length"}) {
        const Framing framing = *Framing::Parse(text);
        const std::size_t largest = framing.kind == FramingKind::Line ? kMaxFrameBytes - 1 : kMaxFrameBytes;
        EchoBuffer good(framing);
        const std::string frame = *framing.Wrap(std::string(largest, 'x'));
        EXPECT_TRUE(Take(good, frame));
        EXPECT_EQ(Unsent(good), frame);
    }
    EchoBuffer line(*Framing::Parse("line"));
    EXPECT_FALSE(Take(line, std::string(kMaxFrameBytes + 1, 'x')));
    EchoBuffer endedLine(*Framing::Parse("line"));
    EXPECT_TRUE(Take(endedLine, std::string(kMaxFrameBytes, 'x')));
    EXPECT_FALSE(Take(endedLine, "\n"));
    EchoBuffer length(*Framing::Parse("length"));
    EXPECT_FALSE(Take(length, std::string("\x00\x01\x00\x01", 4)));
    EXPECT_STRNE(length.Mistake(), "");
}

TEST(EchoBuffer, GivesBackAStreamHoweverItIsCut) {
    for (const char* text : {"line", "fixed:7", "length"}) {
        const Framing framing = *Framing::Parse(text);
        for (unsigned seed = 1; seed <= 50; ++seed) {
            std::mt19937 random(seed);
            const auto upTo = [&](std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit)(random); };
            std::string stream;
            for (int i = 0; i < 40; ++i) {
                stream += *framing.Wrap(std::string(upTo(framing.kind == FramingKind::Fixed ? 7 : 300), static_cast<char>('a' + i % 26)));
            }
            EchoBuffer buffer(framing);
            std::string back;
            for (std::size_t at = 0; at < stream.size();) {
                const std::size_t piece = std::min(1 + upTo(100), stream.size() - at);
                ASSERT_TRUE(Take(buffer, stream.substr(at, piece)));
                at += piece;
                while (buffer.HasUnsent()) {
                    const int sent = 1 + static_cast<int>(upTo(static_cast<std::size_t>(buffer.UnsentBytes()) - 1));
                    back.append(buffer.Unsent(), static_cast<std::size_t>(sent));
                    buffer.Sent(sent);
                }
            }
            EXPECT_EQ(back, stream) << text << " seed " << seed;
            EXPECT_EQ(buffer.Frames(), 40U);
        }
    }
}

TEST(Framing, ReadsAndWritesItsName) {
    for (const char* text : {"line", "fixed:1", "fixed:65536", "length"}) {
        ASSERT_TRUE(Framing::Parse(text)) << text;
        EXPECT_EQ(Framing::Parse(text)->ToString(), text);
    }
    for (const char* text : {"", "lines", "fixed", "fixed:", "fixed:0", "fixed:65537", "fixed:-1", "fixed:3x", "length:4"}) {
        EXPECT_FALSE(Framing::Parse(text)) << text;
    }
}

TEST(Framing, WrapsWhatFits) {
    EXPECT_EQ(Framing::Parse("line")->Wrap("ab"), "ab\n");
    EXPECT_FALSE(Framing::Parse("line")->Wrap("a\nb"));
    EXPECT_EQ(Framing::Parse("fixed:4")->Wrap("ab"), "ab  ");
    EXPECT_FALSE(Framing::Parse("fixed:4")->Wrap("abcde"));
    EXPECT_EQ(Framing::Parse("length")->Wrap("ab"), std::string("\0\0\0\2ab", 6));
    EXPECT_FALSE(Framing::Parse("length")->Wrap(std::string(kMaxFrameBytes + 1, 'x')));
}

}  // namespace
}  // namespace iolab
