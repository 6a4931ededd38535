#include "DummyClient/World/SightCheck.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace loadtest {
namespace {

constexpr std::uint32_t kOwn = 11;
constexpr std::uint32_t kOther = 12;
constexpr std::int32_t kCell = 100;
constexpr Point kHere{.x = 50, .y = 50};
constexpr Point kNear{.x = -50, .y = 150};
constexpr Point kFar{.x = 250, .y = 50};

class SightCheckTest : public ::testing::Test {
protected:
    SightCheckTest() {
        check.SetOwnId(kOwn);
        check.OnZoneEntered(kHere, kCell);
        check.OnEntered(kOwn, 0, kHere, false);
        check.OnEntered(kOther, 5, kNear, false);
    }

    void SendAndConfirm(std::uint32_t sequence, Point at) {
        check.OnSent(sequence, at);
        check.OnMoved(kOwn, sequence, at, nullptr);
    }

    // What the other really does.
    void MoveOther(std::uint32_t sequence, Point at) {
        others.Note(sequence, at);
        check.OnMoved(kOther, sequence, at, &others);
    }

    [[nodiscard]] SightErrors AtEnd(Point own, Point other) const {
        return check.CompareAtEnd(std::array{Standing{.playerId = kOwn, .at = own}, Standing{.playerId = kOther, .at = other}});
    }

    SightCheck check;
    MoveLog others;
};

TEST_F(SightCheckTest, FindsNothingWhenAllIsAsItShouldBe) {
    MoveOther(6, kHere);
    SendAndConfirm(1, kNear);
    MoveOther(8, kNear);
    check.OnLeft(kOther);
    check.OnEntered(kOther, 20, kHere, false);

    EXPECT_EQ(check.Errors().Sum(), 0U);
    EXPECT_EQ(check.Heard(), 3U);
    EXPECT_EQ(check.Merged(), 1U);
    EXPECT_EQ(AtEnd(kNear, kHere).Sum(), 0U);
}

TEST_F(SightCheckTest, FindsAPlayerWhoEntersTwice) {
    check.OnEntered(kOther, 5, kNear, false);

    EXPECT_EQ(check.Errors().enteredTwice, 1U);
}

TEST_F(SightCheckTest, FindsAPlayerWhoEntersOutOfSight) {
    check.OnEntered(13, 0, kFar, false);

    EXPECT_EQ(check.Errors().outOfSight, 1U);
}

TEST_F(SightCheckTest, AllowsWhoIsInSightOfAMoveUnderWay) {
    check.OnSent(1, {.x = 150, .y = 50});
    check.OnEntered(13, 0, kFar, false);

    EXPECT_EQ(check.Errors().Sum(), 0U);
}

TEST_F(SightCheckTest, FindsAPlayerWhoLeavesUnseen) {
    check.OnLeft(13);

    EXPECT_EQ(check.Errors().leftUnseen, 1U);
}

TEST_F(SightCheckTest, FindsAPlayerWhoMovesUnseen) {
    check.OnLeft(kOther);
    MoveOther(6, kHere);

    EXPECT_EQ(check.Errors().movedUnseen, 1U);
}

TEST_F(SightCheckTest, FindsAPlayerWhoMovesOutOfSight) {
    MoveOther(6, kFar);

    EXPECT_EQ(check.Errors().outOfSight, 1U);
}

TEST_F(SightCheckTest, FindsAStaleMove) {
    MoveOther(6, kHere);
    MoveOther(6, kHere);
    others.Note(7, kNear);
    MoveOther(8, kNear);
    MoveOther(7, kNear);

    EXPECT_EQ(check.Errors().staleMoves, 2U);
}

TEST_F(SightCheckTest, FindsAMoveThatWasNeverSent) {
    others.Note(6, kHere);
    check.OnMoved(kOther, 6, kNear, &others);
    check.OnMoved(kOther, 7, kHere, &others);

    EXPECT_EQ(check.Errors().wrongPositions, 2U);
}

TEST_F(SightCheckTest, FindsAWrongConfirmationOrCorrectionOrResume) {
    check.OnSent(1, kNear);
    check.OnMoved(kOwn, 1, kHere, nullptr);
    EXPECT_EQ(check.Errors().wrongPositions, 1U);
    check.OnCorrected(1, kFar);
    EXPECT_EQ(check.Errors().wrongPositions, 2U);
    check.OnResumed(2);
    EXPECT_EQ(check.Errors().wrongPositions, 3U);
}

TEST_F(SightCheckTest, AllowsOneRepetitionOfEachPlayerAfterAResume) {
    MoveOther(6, kHere);
    SendAndConfirm(1, kNear);
    check.OnResumed(1);
    check.OnMoved(kOther, 6, kHere, &others);
    check.OnMoved(kOwn, 1, kNear, nullptr);
    EXPECT_EQ(check.Errors().Sum(), 0U);
    check.OnMoved(kOther, 6, kHere, &others);
    EXPECT_EQ(check.Errors().staleMoves, 1U);
}

TEST_F(SightCheckTest, FindsNobodyOfTheZoneBefore) {
    check.OnZoneEntered(kFar, kCell);
    check.OnMoved(kOther, 6, kFar, nullptr);

    EXPECT_EQ(check.Errors().movedUnseen, 1U);
}

TEST_F(SightCheckTest, FindsWhoIsMissingAtTheEnd) {
    check.OnLeft(kOther);

    EXPECT_EQ(AtEnd(kHere, kNear).missingAtEnd, 1U);
}

TEST_F(SightCheckTest, FindsWhoIsTooManyAtTheEnd) {
    EXPECT_EQ(AtEnd(kHere, kFar).extraAtEnd, 1U);
    EXPECT_EQ(check.CompareAtEnd(std::vector<Standing>{{.playerId = kOwn, .at = kHere}}).extraAtEnd, 1U);
}

TEST_F(SightCheckTest, FindsWhoStandsElsewhereAtTheEnd) {
    EXPECT_EQ(AtEnd(kHere, kHere).staleAtEnd, 1U);
}

TEST_F(SightCheckTest, DoesNotMindStrangersAtTheEnd) {
    check.OnEntered(99, 0, kHere, true);

    EXPECT_EQ(AtEnd(kHere, kNear).Sum(), 0U);
}

}  // namespace
}  // namespace loadtest
