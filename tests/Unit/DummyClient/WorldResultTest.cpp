#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "DummyClient/World/WorldChecks.h"
#include "DummyClient/World/WorldResult.h"

namespace loadtest {
namespace {

WorldResult GoodResult() {
    WorldResult result;
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

std::size_t FailedChecks(const WorldResult& result) {
    const std::vector<RunCheck> checks = ToChecks(result);
    return static_cast<std::size_t>(std::count_if(checks.begin(), checks.end(), [](const RunCheck& check) { return check.failed > 0; }));
}

TEST(WorldResult, IsVerifiedWhenNothingIsWrong) {
    EXPECT_TRUE(GoodResult().IsVerified());
    EXPECT_EQ(FailedChecks(GoodResult()), 0U);
    EXPECT_TRUE(ErrorsByReason(GoodResult().counts).empty());
    EXPECT_NE(ToTable(GoodResult()).find("\nverified: "), std::string::npos);
}

TEST(WorldResult, IsVerifiedAlthoughMovesWereMergedOrCorrected) {
    WorldResult result = GoodResult();
    result.counts.movesMerged = 5;
    result.counts.corrections = 1;

    EXPECT_TRUE(result.IsVerified());
}

TEST(WorldResult, IsNotVerifiedWhenAnythingIsWrong) {
    const std::function<void(WorldResult&)> faults[] = {
        [](WorldResult& result) { --result.botsEntered; },
        [](WorldResult& result) { --result.received; },
        [](WorldResult& result) { ++result.received; },
        [](WorldResult& result) { ++result.lost; },
        [](WorldResult& result) { ++result.unexpectedDisconnects; },
        [](WorldResult& result) { ++result.resumesFailed; },
        [](WorldResult& result) { result.counts.movesSent = result.counts.chatsSent = 0; },
        [](WorldResult& result) { --result.counts.whispersReceived; },
        [](WorldResult& result) { ++result.counts.whispersReceived; },
        [](WorldResult& result) { ++result.counts.whispersUnanswered; },
        [](WorldResult& result) { ++result.counts.whispersRefused; },
        [](WorldResult& result) { ++result.counts.errors.duplicated; },
        [](WorldResult& result) { ++result.counts.errors.outOfOrder; },
        [](WorldResult& result) { ++result.counts.errors.wrongContent; },
        [](WorldResult& result) { ++result.counts.errors.wrongRoster; },
        [](WorldResult& result) { ++result.counts.sight.enteredTwice; },
        [](WorldResult& result) { ++result.counts.sight.outOfSight; },
        [](WorldResult& result) { ++result.counts.sight.leftUnseen; },
        [](WorldResult& result) { ++result.counts.sight.movedUnseen; },
        [](WorldResult& result) { ++result.counts.sight.staleMoves; },
        [](WorldResult& result) { ++result.counts.sight.wrongPositions; },
        [](WorldResult& result) { ++result.counts.sight.missingAtEnd; },
        [](WorldResult& result) { ++result.counts.sight.extraAtEnd; },
        [](WorldResult& result) { ++result.counts.sight.staleAtEnd; },
    };
    for (const auto& fault : faults) {
        WorldResult result = GoodResult();
        fault(result);
        EXPECT_FALSE(result.IsVerified()) << ToTable(result);
        EXPECT_EQ(FailedChecks(result), 1U) << ToTable(result);
        EXPECT_NE(ToTable(result).find("\nNOT VERIFIED"), std::string::npos);
    }
}

}  // namespace
}  // namespace loadtest
