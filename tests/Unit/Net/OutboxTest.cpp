#include "ServerCore/Net/Outbox.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ServerCore/Platform/IoBackend.h"
#include "tests/Support/FakeClock.h"
#include "tests/Support/Gathered.h"
#include "tests/Support/RecordingSession.h"

namespace servercore::test {

namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

constexpr SendOptions kDroppable{.packetClass = PacketClass::Droppable};

constexpr SendOptions Latest(std::uint32_t key) {
    return {.packetClass = PacketClass::Latest, .key = key};
}

// Soft limit 100 bytes, hard limit 200, age 5 s.
class OutboxTest : public ::testing::Test {
protected:
    OutboxTest() {
        limits.sendSoftBytes = 100;
        limits.sendHardBytes = 200;
        limits.sendAge = 5s;
    }
    ~OutboxTest() override {
        (void)outbox.Clear(budget);
        EXPECT_EQ(budget.ChargedBytes(), 0U);
        EXPECT_EQ(pool.Outstanding(), 0U);
    }

    SendResult Offer(std::string_view bytes, const SendOptions& options = {}) {
        return outbox.Offer(MakeBuffer(pool, bytes), options, limits, budget, clock.Now());
    }
    SendResult Offer(std::size_t bytes, const SendOptions& options = {}) { return Offer(std::string(bytes, '.'), options); }
    std::size_t Consume(std::size_t bytes) { return outbox.Consume(bytes, budget, clock.Now()); }

    // What one send of at most so many buffers would carry.
    [[nodiscard]] Strings Gather(std::size_t atMost = platform::IoBackend::kMaxGather) { return GatheredFrom(outbox, atMost); }
    // All that is queued, while no send is in flight.
    [[nodiscard]] Strings Queued() {
        Strings result = Gather();
        EXPECT_EQ(Consume(0), 0U);
        return result;
    }
    [[nodiscard]] bool IsTooOld() { return clock.Now() >= outbox.Deadline(limits); }

    FakeClock clock;
    SendBufferPool pool;
    SendBudget budget;
    SessionLimits limits;
    Outbox outbox;
};

// --- Limits ------------------------------------------------------------------------------------------------------------

TEST_F(OutboxTest, QueuesWhatIsReliableUpToTheHardLimitAndNoByteMore) {
    EXPECT_EQ(Offer(199), SendResult::Queued);
    EXPECT_EQ(Offer(2), SendResult::QueueFull);
    EXPECT_EQ(Offer(1), SendResult::Queued);
    EXPECT_EQ(Offer(1), SendResult::QueueFull);
    EXPECT_EQ(outbox.Bytes(), 200U);
    EXPECT_EQ(Consume(1), 0U);
    EXPECT_EQ(Offer(1), SendResult::Queued) << "what has left makes room, byte by byte";
    EXPECT_EQ(Offer(1), SendResult::QueueFull);
}

TEST_F(OutboxTest, DropsWhatIsDroppableFromTheSoftLimitOn) {
    EXPECT_EQ(Offer(99), SendResult::Queued);
    EXPECT_EQ(Offer(2, kDroppable), SendResult::Dropped);
    EXPECT_EQ(Offer(1, kDroppable), SendResult::Queued);
    EXPECT_EQ(Offer(1, kDroppable), SendResult::Dropped);
    EXPECT_EQ(Offer(1), SendResult::Queued) << "the soft limit is not for what is reliable";
    EXPECT_EQ(Consume(2), 0U);
    EXPECT_EQ(Offer(1, kDroppable), SendResult::Queued);
}

TEST_F(OutboxTest, ASoftLimitOfZeroOrAboveTheHardLimitIsTheHardLimit) {
    for (const std::size_t soft : {std::size_t{0}, std::size_t{1000}}) {
        limits.sendSoftBytes = soft;
        EXPECT_EQ(Offer(200, kDroppable), SendResult::Queued);
        EXPECT_EQ(Offer(1, kDroppable), SendResult::Dropped);
        EXPECT_FALSE(outbox.IsHigh());
        EXPECT_EQ(Consume(200), 1U);
    }
}

TEST_F(OutboxTest, IsHighFromPassingTheSoftLimitUntilHalfOfItIsLeft) {
    Offer(100);
    EXPECT_FALSE(outbox.IsHigh());
    Offer(1);
    EXPECT_TRUE(outbox.IsHigh());
    Consume(50);
    EXPECT_TRUE(outbox.IsHigh()) << "51 bytes are left";
    Consume(1);
    EXPECT_FALSE(outbox.IsHigh());
    Offer(50);
    EXPECT_FALSE(outbox.IsHigh()) << "exactly at the limit";
    Offer(1);
    EXPECT_TRUE(outbox.IsHigh());
}

// --- Latest ------------------------------------------------------------------------------------------------------------

TEST_F(OutboxTest, KeepsEachOfTheLatestPacketsWhileTheReceiverKeepsUp) {
    EXPECT_EQ(Offer("a1", Latest(1)), SendResult::Queued);
    EXPECT_EQ(Offer("a2", Latest(1)), SendResult::Queued);
    EXPECT_EQ(Queued(), (Strings{"a1", "a2"}));
}

TEST_F(OutboxTest, ReplacesTheLatestPacketOfAKeyInItsPlaceOverTheSoftLimit) {
    const std::string filler(98, '.');
    Offer(filler);
    Offer("a1", Latest(1));
    EXPECT_EQ(Offer("b1", Latest(2)), SendResult::Queued) << "there is nothing to replace";
    Offer("c");
    EXPECT_EQ(Offer("a2", Latest(1)), SendResult::Replaced);
    EXPECT_EQ(Offer("b22", Latest(2)), SendResult::Replaced);
    EXPECT_EQ(Queued(), (Strings{filler, "a2", "b22", "c"}));
    EXPECT_EQ(outbox.Bytes(), 98U + 2 + 3 + 1);
}

TEST_F(OutboxTest, ReplacesTheLastOfSeveralPacketsWithOneKey) {
    const std::string filler(96, '.');
    Offer(filler);
    Offer("a1", Latest(1));
    Offer("a2", Latest(1));
    EXPECT_EQ(Offer("a3", Latest(1)), SendResult::Replaced);
    EXPECT_EQ(Queued(), (Strings{filler, "a1", "a3"})) << "otherwise an old state would follow the new one";
}

TEST_F(OutboxTest, NeverReplacesWhatASendInFlightHasGathered) {
    Offer(99);
    Offer("a1", Latest(1));
    ASSERT_EQ(Gather(2).size(), 2U);
    EXPECT_EQ(Offer("a2", Latest(1)), SendResult::Queued);
    EXPECT_EQ(Offer("a3", Latest(1)), SendResult::Replaced) << "the second one is not gathered";
    EXPECT_EQ(Consume(99 + 2), 2U);
    EXPECT_EQ(Queued(), Strings{"a3"});
}

TEST_F(OutboxTest, NeverReplacesAPacketThatHasLeftInPart) {
    Offer("a1", Latest(1));
    limits.sendSoftBytes = 1;
    Offer("b1", Latest(2));
    Offer("c1", Latest(3));
    ASSERT_EQ(Gather().size(), 3U);
    EXPECT_EQ(Consume(3), 1U);
    EXPECT_EQ(Offer("b2", Latest(2)), SendResult::Queued) << "half of b1 is gone";
    EXPECT_EQ(Offer("c2", Latest(3)), SendResult::Replaced);
    EXPECT_EQ(Queued(), (Strings{"1", "c2", "b2"}));
}

TEST_F(OutboxTest, MayReplaceAgainWhatASendGatheredThatFailed) {
    Offer(99);
    Offer("a1", Latest(1));
    ASSERT_EQ(Gather().size(), 2U);
    EXPECT_EQ(Consume(0), 0U);
    EXPECT_EQ(Offer("a2", Latest(1)), SendResult::Replaced);
}

TEST_F(OutboxTest, ForgetsTheKeysWhenItIsEmpty) {
    Offer(99);
    Offer("a1", Latest(1));
    EXPECT_EQ(Consume(101), 2U);
    Offer(std::string(99, '.'));
    EXPECT_EQ(Offer("a2", Latest(1)), SendResult::Queued) << "a1 has left";
    EXPECT_EQ(outbox.Clear(budget), 2U);
    Offer(99);
    EXPECT_EQ(Offer("a3", Latest(1)), SendResult::Queued) << "a2 is gone";
}

TEST_F(OutboxTest, DropsALatestPacketThatFindsNeitherPlaceNorRoom) {
    Offer(200);
    EXPECT_EQ(Offer("a1", Latest(1)), SendResult::Dropped) << "a state that is lost is no reason to end the session";
}

TEST_F(OutboxTest, AReplacementStaysWithinTheHardLimit) {
    Offer(160);
    EXPECT_EQ(Offer(20, Latest(1)), SendResult::Queued);
    EXPECT_EQ(Offer(41, Latest(1)), SendResult::Dropped);
    EXPECT_EQ(Offer(40, Latest(1)), SendResult::Replaced);
    EXPECT_EQ(outbox.Bytes(), 200U);
}

TEST_F(OutboxTest, IsHighWhenAReplacementPassesTheSoftLimit) {
    Offer(60);
    Offer(30, Latest(1));
    EXPECT_EQ(Offer(40, Latest(1)), SendResult::Replaced);
    EXPECT_FALSE(outbox.IsHigh()) << "100 bytes";
    EXPECT_EQ(Offer(41, Latest(1)), SendResult::Replaced);
    EXPECT_TRUE(outbox.IsHigh());
}

// --- What is due -------------------------------------------------------------------------------------------------------

TEST_F(OutboxTest, OwesWhatWasQueuedBeforeTheFlushAndNothingElse) {
    Offer(10);
    EXPECT_FALSE(outbox.HasDue());
    outbox.Flush();
    EXPECT_TRUE(outbox.HasDue());
    Offer(10);
    Consume(9);
    EXPECT_TRUE(outbox.HasDue()) << "the tail of what was flushed";
    Consume(1);
    EXPECT_FALSE(outbox.HasDue()) << "what came later waits for the next flush";
    EXPECT_FALSE(outbox.IsEmpty());
}

TEST_F(OutboxTest, OwesNothingOnceItIsEmptyAlsoAfterAReplacementByLess) {
    Offer(80);
    Offer(40, Latest(1));
    outbox.Flush();
    EXPECT_EQ(Offer(10, Latest(1)), SendResult::Replaced);
    EXPECT_EQ(Consume(90), 2U);
    EXPECT_FALSE(outbox.HasDue()) << "a session would take the empty send for the end of its queue";
}

// --- Age ---------------------------------------------------------------------------------------------------------------

TEST_F(OutboxTest, HasNoDeadlineWhileItIsEmptyOrTheAgeIsUnlimited) {
    EXPECT_EQ(outbox.Deadline(limits), TimePoint::max());
    Offer(1);
    EXPECT_EQ(outbox.Deadline(limits), clock.Now() + 5s);
    Consume(1);
    EXPECT_EQ(outbox.Deadline(limits), TimePoint::max());
    Offer(1);
    limits.sendAge = {};
    EXPECT_EQ(outbox.Deadline(limits), TimePoint::max());
}

TEST_F(OutboxTest, IsNotTooOldHoweverLongItIsFullOfWhatIsYoung) {
    Offer(1);
    for (int i = 0; i < 100; ++i) {
        clock.Advance(3s);
        EXPECT_FALSE(IsTooOld());
        Offer(1);
        EXPECT_EQ(Consume(1), 1U);  // each has waited for 3 s
    }
}

TEST_F(OutboxTest, APartOfAPacketThatLeavesDoesNotMakeItYounger) {
    Offer(100);
    for (int i = 0; i < 5; ++i) {
        EXPECT_FALSE(IsTooOld());
        clock.Advance(1s);
        Consume(1);
    }
    EXPECT_TRUE(IsTooOld());
}

TEST_F(OutboxTest, FindsAPacketOutAfterOneToTwoTimesTheLimit) {
    for (Duration queuedAfter = 0s; queuedAfter < 5s; queuedAfter += 500ms) {
        Offer(1);  // carries the mark
        clock.Advance(queuedAfter);
        Offer(2);
        const TimePoint queued = clock.Now();
        clock.Advance(4999ms - queuedAfter);
        ASSERT_FALSE(IsTooOld());
        Consume(1);  // the mark has left, just in time; the other packet waits on
        const Duration found = outbox.Deadline(limits) - queued;
        EXPECT_GE(found, 5s - 1ms);
        EXPECT_LE(found, 10s);
        Consume(2);
    }
}

// --- The ceiling of the process ----------------------------------------------------------------------------------------

class OutboxBudgetTest : public OutboxTest {
protected:
    static constexpr std::size_t kStep = SendBudget::kStepBytes;

    OutboxBudgetTest() {
        limits.sendSoftBytes = 4 * kStep;
        limits.sendHardBytes = 8 * kStep;
    }
};

TEST_F(OutboxBudgetTest, ChargesWholeStepsAndRefundsThemAll) {
    Offer(kStep - 1);
    EXPECT_EQ(budget.ChargedBytes(), 0U) << "a session that keeps up never touches the shared counter";
    Offer(1);
    EXPECT_EQ(budget.ChargedBytes(), kStep);
    Offer(2 * kStep);
    EXPECT_EQ(budget.ChargedBytes(), 3 * kStep);
    Consume(1);
    EXPECT_EQ(budget.ChargedBytes(), 2 * kStep);
    Consume(2 * kStep);
    EXPECT_EQ(budget.ChargedBytes(), 0U);
    Offer(3 * kStep);
    EXPECT_EQ(budget.ChargedBytes(), 3 * kStep);
    EXPECT_EQ(outbox.Clear(budget), 2U);
    EXPECT_EQ(budget.ChargedBytes(), 0U);
}

TEST_F(OutboxBudgetTest, ChargesForWhatAReplacementIsLarger) {
    Offer(3 * kStep);
    Offer(kStep, Latest(1));
    EXPECT_EQ(Offer(2 * kStep, Latest(1)), SendResult::Replaced);
    EXPECT_EQ(budget.ChargedBytes(), 5 * kStep);
    EXPECT_EQ(Offer(1, Latest(1)), SendResult::Replaced);
    EXPECT_EQ(budget.ChargedBytes(), 3 * kStep);
}

TEST_F(OutboxBudgetTest, TheSoftLimitIsTheHardOneWhileTheCeilingIsExceeded) {
    SendBudget ceiling(10 * kStep);
    const auto offer = [&](std::size_t bytes) {
        return outbox.Offer(MakeBuffer(pool, std::string(bytes, '.')), {}, limits, ceiling, clock.Now());
    };
    ceiling.Charge(10 * kStep);
    EXPECT_EQ(offer(3 * kStep), SendResult::Queued);
    EXPECT_EQ(offer(kStep), SendResult::Queued) << "exceeded by now, but this session keeps within its soft limit";
    EXPECT_EQ(offer(1), SendResult::QueueFull);
    ceiling.Refund(4 * kStep);
    EXPECT_EQ(offer(1), SendResult::Queued);
    EXPECT_EQ(outbox.Clear(ceiling), 3U);
    EXPECT_EQ(ceiling.ChargedBytes(), 6 * kStep);
}

TEST_F(OutboxBudgetTest, AReplacementThatIsNoLargerFitsAlsoOverTheCeiling) {
    SendBudget ceiling(0);
    ceiling.Charge(1);
    Offer(3 * kStep);
    Offer(kStep, Latest(1));
    Offer(kStep);
    const auto offer = [&](std::size_t bytes) {
        return outbox.Offer(MakeBuffer(pool, std::string(bytes, '.')), Latest(1), limits, ceiling, clock.Now());
    };
    EXPECT_EQ(offer(kStep), SendResult::Replaced);
    EXPECT_EQ(offer(kStep + 1), SendResult::Dropped);
}

}  // namespace

}  // namespace servercore::test
