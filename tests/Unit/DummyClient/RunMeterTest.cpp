#include "DummyClient/Kit/RunMeter.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/Support/FakeClock.h"

namespace loadtest {
namespace {

using namespace std::chrono_literals;

class RunMeterTest : public ::testing::Test {
protected:
    // Answered `late` after it should have been sent; sent `held` after that.
    void Answer(const char* kind, servercore::Duration late, servercore::Duration held = {}) {
        const servercore::TimePoint now = clock.Now();
        board.latencies.Record(kind, 0, {.intended = now - late, .sent = now - late + held}, now);
    }

    void SendLate(servercore::Duration late) { board.NoteSent(clock.Now() - late, clock.Now()); }

    servercore::test::FakeClock clock;
    RunBoard board{{"chat", "ping"}, 1};
    PopulationState state;
    Counts errors;
    int asked = 0;
    RunMeter meter{board,
                   clock,
                   {.look = [this] { return state; },
                    .errors =
                        [this] {
                            ++asked;
                            return errors;
                        }}};
};

TEST_F(RunMeterTest, TellsResponseTimeFromServiceTime) {
    meter.BeginStage("play", true);
    Answer("chat", 60ms, 50ms);
    clock.Advance(1s);

    const RunReport report = meter.Finish({});

    ASSERT_EQ(report.latency.size(), 1U);
    EXPECT_EQ(report.latency[0].name, "chat");
    EXPECT_NEAR(static_cast<double>(report.latency[0].response.MaxUs()), 60'000, 60);
    EXPECT_NEAR(static_cast<double>(report.latency[0].service.MaxUs()), 10'000, 10);
}

TEST_F(RunMeterTest, TakesASampleEachSecondAndWhereStagesMeet) {
    meter.BeginStage("warm-up", false);
    clock.Advance(999ms);
    EXPECT_FALSE(meter.TakeDueSample());
    clock.Advance(1ms);
    EXPECT_TRUE(meter.TakeDueSample());
    EXPECT_FALSE(meter.TakeDueSample());
    clock.Advance(400ms);
    meter.BeginStage("play", true);
    clock.Advance(900ms);
    EXPECT_FALSE(meter.TakeDueSample()) << "a stage has seconds of its own";
    clock.Advance(100ms);
    EXPECT_TRUE(meter.TakeDueSample());
    clock.Advance(100ms);

    const RunReport report = meter.Finish({});

    ASSERT_EQ(report.samples.size(), 3U);
    EXPECT_DOUBLE_EQ(report.samples[1].t, 1.4);
    EXPECT_DOUBLE_EQ(report.samples[1].width, 0.4);
    EXPECT_DOUBLE_EQ(report.samples[2].width, 1.1) << "the rest is too short to stand alone";
    EXPECT_FALSE(report.samples[1].measured);
    EXPECT_TRUE(report.samples[2].measured);
    EXPECT_DOUBLE_EQ(report.totals.seconds, 1.1);
    ASSERT_EQ(report.stages.size(), 2U);
    EXPECT_DOUBLE_EQ(report.stages[0].to, 1.4);
    EXPECT_DOUBLE_EQ(report.stages[1].from, 1.4);
}

TEST_F(RunMeterTest, LeavesTheWarmUpOutOfTheTotals) {
    meter.BeginStage("warm-up", false);
    Answer("ping", 500ms);
    SendLate({});
    state.traffic.packetsIn = 1;
    state.traffic.bytesIn = 100;
    clock.Advance(1s);
    meter.BeginStage("play", true);
    Answer("ping", 1ms);
    SendLate({});
    state.traffic.packetsIn = 2;
    state.traffic.bytesIn = 110;
    state.deliveries = 3;
    clock.Advance(1s);

    const RunReport report = meter.Finish({});

    ASSERT_EQ(report.samples.size(), 2U);
    EXPECT_EQ(report.samples[0].latency.at("ping").response.count, 1U);
    EXPECT_EQ(report.totals.sent, 1U);
    EXPECT_EQ(report.totals.received, 3U);
    EXPECT_EQ(report.totals.packetsIn, 1U);
    EXPECT_EQ(report.totals.bytesIn, 10U);
    ASSERT_EQ(report.latency.size(), 1U);
    EXPECT_EQ(report.latency[0].response.Count(), 1U);
    EXPECT_LT(report.latency[0].response.MaxUs(), 2000);
}

TEST_F(RunMeterTest, CountsWhatIsSentLate) {
    meter.BeginStage("play", true);
    SendLate({});
    SendLate(RunBoard::kLateAfter);
    SendLate(RunBoard::kLateAfter + 1us);
    SendLate(3s);
    clock.Advance(1s);

    const RunReport report = meter.Finish({});

    EXPECT_EQ(report.totals.sent, 4U);
    EXPECT_EQ(report.totals.lateSends, 2U);
    EXPECT_EQ(report.generator.worstLatenessUs, 3'000'000);
}

TEST_F(RunMeterTest, SaysInWhichSecondThereWereErrorsOfWhichReason) {
    meter.BeginStage("play", true);
    clock.Advance(1s);
    EXPECT_TRUE(meter.TakeDueSample()->errors.empty());
    EXPECT_EQ(asked, 0);
    errors = {{"duplicated", 2}, {"stale moves", 1}};
    state.errors = 3;
    board.CountDisconnect(servercore::CloseReason::PeerReset, false);
    clock.Advance(1s);
    EXPECT_EQ(meter.TakeDueSample()->errors, (Counts{{"duplicated", 2}, {"stale moves", 1}, {"disconnected", 1}}));
    errors["duplicated"] = 3;
    state.errors = 4;
    clock.Advance(1s);
    EXPECT_EQ(meter.TakeDueSample()->errors, (Counts{{"duplicated", 1}}));
    EXPECT_EQ(asked, 2);
}

TEST_F(RunMeterTest, CountsErrorsAndLossesWheneverTheyHappened) {
    meter.BeginStage("connect", false);
    ++board.connects;
    ++board.connectsFailed;
    board.CountDisconnect(servercore::CloseReason::PeerReset, false);
    PopulationResult result;
    result.lost = 2;
    result.errors["wrong content"] = 1;
    clock.Advance(1s);

    const RunReport report = meter.Finish(result);

    EXPECT_EQ(report.totals.connects, 1U);
    EXPECT_EQ(report.totals.connectsFailed, 1U);
    EXPECT_EQ(report.totals.lost, 2U);
    EXPECT_EQ(report.totals.expected, 2U);
    EXPECT_EQ(report.totals.errors, (Counts{{"disconnected", 1}, {"wrong content", 1}}));
}

}  // namespace
}  // namespace loadtest
