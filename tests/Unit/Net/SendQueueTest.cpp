#include "ServerCore/Net/SendQueue.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "ServerCore/Platform/IoBackend.h"
#include "tests/Support/Gathered.h"
#include "tests/Support/RecordingSession.h"

namespace servercore::test {

namespace {

class SendQueueTest : public ::testing::Test {
protected:
    void Push(std::string_view bytes) { queue.Push(MakeBuffer(pool, bytes)); }

    // What one send would carry, one string per buffer.
    [[nodiscard]] std::vector<std::string> Gather(std::size_t atMost = platform::IoBackend::kMaxGather) const {
        return GatheredFrom(queue, atMost);
    }

    SendBufferPool pool;
    SendQueue queue;
};

using Strings = std::vector<std::string>;

TEST_F(SendQueueTest, StartsEmpty) {
    EXPECT_TRUE(queue.IsEmpty());
    EXPECT_EQ(queue.Bytes(), 0U);
    EXPECT_EQ(Gather(), Strings{});
    EXPECT_EQ(queue.Clear(), 0U);
}

TEST_F(SendQueueTest, GathersInTheOrderOfPushing) {
    Push("one");
    Push("two");
    Push("three");
    EXPECT_EQ(Gather(), (Strings{"one", "two", "three"}));
    EXPECT_EQ(queue.Bytes(), 11U);
    EXPECT_EQ(Gather(), (Strings{"one", "two", "three"})) << "gathering takes nothing away";
}

TEST_F(SendQueueTest, GathersNoMoreBuffersThanThereIsRoomFor) {
    for (int i = 0; i < 100; ++i) {
        Push(std::to_string(i));
    }
    EXPECT_EQ(Gather().size(), platform::IoBackend::kMaxGather);
    EXPECT_EQ(Gather(2), (Strings{"0", "1"}));
    EXPECT_EQ(Gather(0), Strings{});
}

TEST_F(SendQueueTest, GathersAbout64KiB) {
    for (int i = 0; i < 20; ++i) {
        Push(std::string(10000, 'x'));
    }
    EXPECT_EQ(Gather().size(), 7U);  // the seventh passes the mark
}

TEST_F(SendQueueTest, GathersAPacketThatAloneIsLarger) {
    Push(std::string(1000000, 'x'));
    Push("next");
    EXPECT_EQ(Gather(), (Strings{std::string(1000000, 'x')}));
}

TEST_F(SendQueueTest, CompletesPacketsThatLeftWhole) {
    Push("one");
    Push("two");
    Push("three");
    EXPECT_EQ(queue.Consume(6), 2U);
    EXPECT_EQ(Gather(), (Strings{"three"}));
    EXPECT_EQ(queue.Bytes(), 5U);
    EXPECT_EQ(queue.Consume(5), 1U);
    EXPECT_TRUE(queue.IsEmpty());
    EXPECT_EQ(pool.Outstanding(), 0U);
}

TEST_F(SendQueueTest, KeepsTheTailOfAPacketThatLeftInPart) {
    Push("abcdef");
    Push("ghi");
    EXPECT_EQ(queue.Consume(2), 0U);
    EXPECT_EQ(Gather(), (Strings{"cdef", "ghi"}));
    EXPECT_EQ(queue.Consume(1), 0U);
    EXPECT_EQ(Gather(), (Strings{"def", "ghi"}));
    EXPECT_EQ(queue.Consume(4), 1U);
    EXPECT_EQ(Gather(), (Strings{"hi"}));
    EXPECT_EQ(queue.Bytes(), 2U);
}

TEST_F(SendQueueTest, ConsumingNothingChangesNothing) {
    Push("abc");
    EXPECT_EQ(queue.Consume(0), 0U);
    EXPECT_EQ(Gather(), (Strings{"abc"}));
}

TEST_F(SendQueueTest, ClearDropsAllTheOneSentInPartIncluded) {
    Push("abc");
    Push("def");
    EXPECT_EQ(queue.Consume(1), 0U);
    EXPECT_EQ(queue.Clear(), 2U);
    EXPECT_TRUE(queue.IsEmpty());
    EXPECT_EQ(queue.Bytes(), 0U);
    EXPECT_EQ(pool.Outstanding(), 0U);

    Push("new");
    EXPECT_EQ(Gather(), (Strings{"new"})) << "the offset of the old front must be gone";
}

TEST_F(SendQueueTest, LosesAndReordersNothingUnderRandomShortSends) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        std::mt19937 random(seed);
        std::string expected;
        std::string sent;
        std::size_t pushed = 0;
        std::size_t completed = 0;
        while (pushed < 1000 || !queue.IsEmpty()) {
            for (std::size_t burst = pushed < 1000 ? random() % 90 : 0; burst > 0; --burst) {
                std::string packet(1 + random() % 300, static_cast<char>('a' + pushed % 26));
                expected += packet;
                Push(packet);
                ++pushed;
            }
            std::string offered;
            for (const std::string& view : Gather()) {
                ASSERT_FALSE(view.empty());
                offered += view;
            }
            const std::size_t taken = random() % 3 == 0 ? offered.size() : random() % (offered.size() + 1);
            sent += offered.substr(0, taken);
            completed += queue.Consume(taken);
            ASSERT_EQ(queue.Bytes(), expected.size() - sent.size());
        }
        ASSERT_EQ(sent, expected) << "seed " << seed;
        ASSERT_EQ(completed, pushed);
        ASSERT_EQ(pool.Outstanding(), 0U);
    }
}

using SendQueueDeathTest = SendQueueTest;

TEST_F(SendQueueDeathTest, ConsumingMoreThanThereIsAborts) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    Push("abc");
    EXPECT_DEATH(queue.Consume(4), "assertion failed");
}

}  // namespace

}  // namespace servercore::test
