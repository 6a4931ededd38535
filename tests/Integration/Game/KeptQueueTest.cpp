#include "GameServer/Players/KeptQueue.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "GameServer/Players/ResumeToken.h"
#include "ServerCore/Buffer/SendBuffer.h"

namespace game::test {
namespace {

class KeptQueueTest : public ::testing::Test {
protected:
    static constexpr std::size_t kPacket = 100;

    void Push(std::size_t packets) {
        for (std::size_t i = 0; i < packets; ++i) {
            queue_.Push(buffers_.Allocate(kPacket));
        }
    }

    servercore::SendBufferPool buffers_;
    KeptQueue queue_{10 * kPacket};
};

TEST_F(KeptQueueTest, KeepsWhatHasNotArrived) {
    EXPECT_TRUE(queue_.HasAllAfter(0));
    Push(5);
    EXPECT_TRUE(queue_.Acknowledge(2));
    EXPECT_EQ(queue_.Packets().size(), 3U);
    EXPECT_FALSE(queue_.HasAllAfter(1));
    EXPECT_TRUE(queue_.HasAllAfter(2));
    EXPECT_TRUE(queue_.HasAllAfter(5));
    EXPECT_FALSE(queue_.HasAllAfter(6));
    EXPECT_EQ(buffers_.Outstanding(), 3U);
}

TEST_F(KeptQueueTest, AnOlderAcknowledgementSaysNothing) {
    Push(5);
    EXPECT_TRUE(queue_.Acknowledge(4));
    EXPECT_TRUE(queue_.Acknowledge(0));
    EXPECT_TRUE(queue_.Acknowledge(4));
    EXPECT_EQ(queue_.Packets().size(), 1U);
}

TEST_F(KeptQueueTest, RefusesAnAcknowledgementOfWhatWasNotSent) {
    EXPECT_FALSE(queue_.Acknowledge(1));
    Push(5);
    EXPECT_FALSE(queue_.Acknowledge(6));
    EXPECT_FALSE(queue_.Acknowledge(~std::uint64_t{0}));
    EXPECT_FALSE(queue_.HasAllAfter(~std::uint64_t{0}));
    EXPECT_EQ(queue_.Packets().size(), 5U);
}

TEST_F(KeptQueueTest, GivesUpTheOldestBeyondItsSize) {
    Push(15);
    EXPECT_EQ(queue_.Packets().size(), 10U);
    EXPECT_FALSE(queue_.HasAllAfter(4));
    EXPECT_TRUE(queue_.HasAllAfter(5));
    EXPECT_TRUE(queue_.Acknowledge(3)) << "late, but true";
    EXPECT_EQ(queue_.Packets().size(), 10U);
    queue_.Clear();
    EXPECT_EQ(buffers_.Outstanding(), 0U);
    Push(1);
    EXPECT_TRUE(queue_.HasAllAfter(15));
    EXPECT_TRUE(queue_.HasAllAfter(16));
}

TEST(ResumeToken, IsOfItsLengthAndNeverTheSame) {
    const ResumeToken token = ResumeToken::Make();
    EXPECT_NE(token, ResumeToken::Make());
    EXPECT_EQ(ResumeToken::From(token.Bytes()), token);
    EXPECT_EQ(ResumeToken::From(token.Bytes().substr(1)), std::nullopt);
    EXPECT_EQ(ResumeToken::From(""), std::nullopt);
}

}  // namespace
}  // namespace game::test
