#include "DummyClient/World/Whereabouts.h"

#include <gtest/gtest.h>

namespace loadtest {
namespace {

constexpr std::int32_t kCell = 100;
// Each in the middle of a cell, three cells apart: who is at one sees nobody at another.
constexpr Point kA{.x = 50, .y = 50};
constexpr Point kB{.x = 350, .y = 50};
constexpr Point kC{.x = 650, .y = 50};
constexpr Point kD{.x = 950, .y = 50};

class WhereaboutsTest : public ::testing::Test {
protected:
    WhereaboutsTest() { own.Restart(kA); }

    bool MayStandAt(Point at) { return own.MaySee(at, kCell); }

    Whereabouts own;
};

TEST_F(WhereaboutsTest, AreWhereItWasPutAtFirst) {
    EXPECT_TRUE(MayStandAt(kA));
    EXPECT_FALSE(MayStandAt(kB));
    EXPECT_EQ(own.Last(), kA);
    EXPECT_TRUE(own.IsAnswered());
}

TEST_F(WhereaboutsTest, AreEveryPlaceThatIsUnderWay) {
    own.OnSent(1, kB);
    own.OnSent(2, kC);

    EXPECT_TRUE(MayStandAt(kA) && MayStandAt(kB) && MayStandAt(kC));
    EXPECT_EQ(own.Last(), kC);
    EXPECT_FALSE(own.IsAnswered());
}

TEST_F(WhereaboutsTest, AreNoLongerBeforeWhatIsConfirmed) {
    own.OnSent(1, kB);
    own.OnSent(2, kC);
    ASSERT_TRUE(own.TryConfirm(1, kB));

    EXPECT_FALSE(MayStandAt(kA));
    EXPECT_TRUE(MayStandAt(kB) && MayStandAt(kC));
}

// The confirmation of 2 may have taken the place of that of 1, before what the server said while the bot stood at 1.
TEST_F(WhereaboutsTest, KeepWhatAConfirmationHasSkippedUntilTheNext) {
    own.OnSent(1, kB);
    own.OnSent(2, kC);
    own.OnSent(3, kD);
    ASSERT_TRUE(own.TryConfirm(2, kC));
    EXPECT_FALSE(MayStandAt(kA));
    EXPECT_TRUE(MayStandAt(kB));
    ASSERT_TRUE(own.TryConfirm(3, kD));
    EXPECT_FALSE(MayStandAt(kB) || MayStandAt(kC));
    EXPECT_TRUE(own.IsAnswered());
}

TEST_F(WhereaboutsTest, RefuseAConfirmationOfWhatWasNotSent) {
    own.OnSent(1, kB);

    EXPECT_FALSE(own.TryConfirm(1, kC));
    EXPECT_FALSE(own.TryConfirm(2, kB));
    EXPECT_TRUE(own.TryConfirm(1, kB));
    EXPECT_TRUE(own.TryConfirm(1, kB)) << "a repetition";
    EXPECT_FALSE(own.TryConfirm(1, kA));
}

TEST_F(WhereaboutsTest, AreWhereTheServerHasPutItBackTo) {
    own.OnSent(1, kB);
    own.OnSent(2, kC);
    own.OnSent(3, kD);
    ASSERT_TRUE(own.TryCorrect(2, kB));

    EXPECT_FALSE(MayStandAt(kA) || MayStandAt(kC));
    EXPECT_TRUE(MayStandAt(kB) && MayStandAt(kD));
    ASSERT_TRUE(own.TryCorrect(3, kB));
    EXPECT_EQ(own.Last(), kB);
    EXPECT_TRUE(own.IsAnswered());
}

TEST_F(WhereaboutsTest, RefuseACorrectionToWhereItCannotHaveBeen) {
    own.OnSent(1, kB);
    own.OnSent(2, kC);

    EXPECT_FALSE(own.TryCorrect(1, kC)) << "it was not there yet";
    EXPECT_FALSE(own.TryCorrect(3, kB)) << "never sent";
    ASSERT_TRUE(own.TryConfirm(2, kC));
    EXPECT_FALSE(own.TryCorrect(1, kB)) << "it is farther than that";
}

TEST_F(WhereaboutsTest, AreNotWhereTheBrokenConnectionWouldHaveTakenIt) {
    own.OnSent(1, kB);
    own.OnSent(2, kC);
    ASSERT_TRUE(own.TryResume(1));

    EXPECT_TRUE(own.IsAnswered());
    EXPECT_EQ(own.Last(), kB);
    EXPECT_FALSE(MayStandAt(kC));
    own.OnSent(2, kD);
    EXPECT_TRUE(own.TryConfirm(2, kD));
}

TEST_F(WhereaboutsTest, RefuseAResumeThatForgets) {
    own.OnSent(1, kB);
    ASSERT_TRUE(own.TryConfirm(1, kB));

    EXPECT_FALSE(own.TryResume(0));
    EXPECT_FALSE(own.TryResume(2));
}

TEST_F(WhereaboutsTest, AreNowhereOfTheZoneBefore) {
    own.OnSent(1, kB);
    own.Restart(kD);

    EXPECT_FALSE(MayStandAt(kA) || MayStandAt(kB));
    EXPECT_TRUE(own.IsAnswered());
    own.OnSent(2, kC);
    EXPECT_TRUE(own.TryConfirm(2, kC));
}

}  // namespace
}  // namespace loadtest
