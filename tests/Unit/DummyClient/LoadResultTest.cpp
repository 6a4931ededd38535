#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "DummyClient/World/WorldResult.h"
#include "DummyClient/World/WorldChecks.h"

namespace loadtest {
namespace {

LoadResult GoodResult() {
    LoadResult result;
    result.bots = 2;
    result.botsEntered = 2;
    result.expected = 8;
    result.received = 8;
    result.counts.movesSent = 30;
    result.counts.chatsReceived = 8;
    result.counts.chatsSent = 4;
    result.counts.whispersSent = 3;
    result.counts.whispersReceived = 3;
    return result;
}

std::size_t FailedChecks(const LoadResult& result) {
    const std::vector<RunCheck> checks = ToChecks(result);
    return static_cast<std::size_t>(std::count_if(checks.begin(), checks.end(), [](const RunCheck& check) { return check.failed > 0; }));
}

TEST(LoadResult, IsVerifiedWhenNothingIsWrong) {
    EXPECT_TRUE(GoodResult().IsVerified());
    EXPECT_EQ(FailedChecks(GoodResult()), 0U);
    EXPECT_TRUE(ErrorsByReason(GoodResult().counts).empty());
    EXPECT_NE(ToTable(GoodResult()).find("\nverified: "), std::string::npos);
}

TEST(LoadResult, IsVerifiedAlthoughMovesWereMergedOrCorrected) {
    LoadResult result = GoodResult();
    result.counts.movesMerged = 5;
    result.counts.corrections = 1;

    EXPECT_TRUE(result.IsVerified());
}

TEST(LoadResult, IsNotVerifiedWhenAnythingIsWrong) {
    const std::function<void(LoadResult&)> faults[] = {
        [](LoadResult& result) { --result.botsEntered; },
        [](LoadResult& result) { --result.received; },
        [](LoadResult& result) { ++result.received; },
        [](LoadResult& result) { ++result.lost; },
        [](LoadResult& result) { ++result.unexpectedDisconnects; },
        [](LoadResult& result) { ++result.resumesFailed; },
        [](LoadResult& result) { result.counts.movesSent = result.counts.chatsSent = 0; },
        [](LoadResult& result) { --result.counts.whispersReceived; },
        [](LoadResult& result) { ++result.counts.whispersReceived; },
        [](LoadResult& result) { ++result.counts.whispersUnanswered; },
        [](LoadResult& result) { ++result.counts.whispersRefused; },
        [](LoadResult& result) { ++result.counts.errors.duplicated; },
        [](LoadResult& result) { ++result.counts.errors.outOfOrder; },
        [](LoadResult& result) { ++result.counts.errors.wrongContent; },
        [](LoadResult& result) { ++result.counts.errors.wrongRoster; },
        [](LoadResult& result) { ++result.counts.sight.enteredTwice; },
        [](LoadResult& result) { ++result.counts.sight.outOfSight; },
        [](LoadResult& result) { ++result.counts.sight.leftUnseen; },
        [](LoadResult& result) { ++result.counts.sight.movedUnseen; },
        [](LoadResult& result) { ++result.counts.sight.staleMoves; },
        [](LoadResult& result) { ++result.counts.sight.wrongPositions; },
        [](LoadResult& result) { ++result.counts.sight.missingAtEnd; },
        [](LoadResult& result) { ++result.counts.sight.extraAtEnd; },
        [](LoadResult& result) { ++result.counts.sight.staleAtEnd; },
    };
    for (const auto& fault : faults) {
        LoadResult result = GoodResult();
        fault(result);
        EXPECT_FALSE(result.IsVerified()) << ToTable(result);
        EXPECT_EQ(FailedChecks(result), 1U) << ToTable(result);
        EXPECT_NE(ToTable(result).find("\nNOT VERIFIED"), std::string::npos);
    }
}

}  // namespace
}  // namespace loadtest
