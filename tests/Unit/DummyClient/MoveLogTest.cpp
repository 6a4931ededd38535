#include "DummyClient/World/MoveLog.h"

#include <gtest/gtest.h>

namespace loadtest {
namespace {

using Finding = MoveLog::Finding;

TEST(MoveLog, KnowsWhatWasSent) {
    MoveLog log;
    log.Note(1, {.x = -10'000, .y = 10'000});
    log.Note(2, {.x = -1, .y = 0});

    EXPECT_EQ(log.Compare(1, {.x = -10'000, .y = 10'000}), Finding::Same);
    EXPECT_EQ(log.Compare(2, {.x = -1, .y = 0}), Finding::Same);
    EXPECT_EQ(log.Compare(2, {.x = 0, .y = -1}), Finding::Different);
}

TEST(MoveLog, KnowsWhatWasNotSent) {
    MoveLog log;
    log.Note(1, {.x = 5, .y = 5});

    EXPECT_EQ(log.Compare(0, {}), Finding::Different);
    EXPECT_EQ(log.Compare(2, {.x = 5, .y = 5}), Finding::Different);
    EXPECT_EQ(log.Compare(1 + MoveLog::kKept, {.x = 5, .y = 5}), Finding::Different);
    EXPECT_EQ(log.Compare(1, {.x = 5 + 65'536, .y = 5}), Finding::Different) << "outside every zone";
}

TEST(MoveLog, ForgetsWhatIsLongAgo) {
    MoveLog log;
    log.Note(1, {.x = 5, .y = 5});
    log.Note(1 + MoveLog::kKept, {.x = 6, .y = 6});

    EXPECT_EQ(log.Compare(1, {.x = 7, .y = 7}), Finding::Forgotten);
}

TEST(MoveLog, KeepsTheLaterOfTwoMovesWithOneSequence) {
    MoveLog log;
    log.Note(4, {.x = 5, .y = 5});
    log.Note(4, {.x = 6, .y = 6});

    EXPECT_EQ(log.Compare(4, {.x = 5, .y = 5}), Finding::Different);
    EXPECT_EQ(log.Compare(4, {.x = 6, .y = 6}), Finding::Same);
}

}  // namespace
}  // namespace loadtest
