// The small parts: what bots report to, what they read, who goes first.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "DummyClient/Kit/CheckCounts.h"
#include "DummyClient/Kit/LeaveOrder.h"
#include "DummyClient/Kit/OptionValues.h"
#include "DummyClient/Kit/RunBoard.h"

namespace loadtest {
namespace {

using namespace std::chrono_literals;
using servercore::CloseReason;
using servercore::TimePoint;

TEST(CheckCounts, CountEachCheckByItsText) {
    const std::string copy = "doors are shut";  // elsewhere in memory
    CheckCounts counts;
    counts.Count("doors are shut", true);
    counts.Count("lamps are lit", true);
    counts.Count(copy.c_str(), false);

    CheckCounts sum;
    sum.Count("lamps are lit", false);
    sum.Add(counts);
    sum.Add(counts);

    ASSERT_EQ(sum.All().size(), 2U);
    EXPECT_STREQ(sum.All()[0].what, "lamps are lit");
    EXPECT_EQ(sum.All()[0].passed, 2U);
    EXPECT_EQ(sum.All()[0].failed, 1U);
    EXPECT_EQ(sum.All()[1].passed, 2U);
    EXPECT_EQ(sum.All()[1].failed, 2U);
}

// The order in which so many of those who joined go; all go.
std::vector<std::size_t> OrderOf(const LoadShape& shape, std::size_t joined) {
    LeaveOrder order(shape);
    std::vector<std::size_t> numbers;
    for (std::optional<std::size_t> next = order.TakeNext(joined); next; next = order.TakeNext(joined)) {
        numbers.push_back(*next);
    }
    return numbers;
}

TEST(LeaveOrder, IsThatOfComing) {
    EXPECT_EQ(OrderOf({LoadShape::Soak{.over = 1s}}, 4), (std::vector<std::size_t>{0, 1, 2, 3}));
    EXPECT_TRUE(OrderOf({LoadShape::Steady{}}, 0).empty());
}

TEST(LeaveOrder, OfASpikeIsItsGuestsBeforeItsBase) {
    EXPECT_EQ(OrderOf({LoadShape::Spike{.base = 2, .at = 1s, .length = 1s}}, 5), (std::vector<std::size_t>{2, 3, 4, 0, 1}));
    EXPECT_EQ(OrderOf({LoadShape::Spike{.base = 3, .at = 1s, .length = 1s}}, 2), (std::vector<std::size_t>{0, 1}));
}

TEST(LeaveOrder, TakesTheGuestsOfTheNextSpikeAfterThoseOfTheFirst) {
    LeaveOrder order({LoadShape::Spike{.base = 1, .at = 1s, .length = 1s, .every = 3s}});
    EXPECT_EQ(order.TakeNext(3), 1U);
    EXPECT_EQ(order.TakeNext(3), 2U);
    EXPECT_EQ(order.TakeNext(5), 3U);
    EXPECT_EQ(order.TakeNext(5), 4U);
    EXPECT_EQ(order.TakeNext(5), 0U);
    EXPECT_EQ(order.TakeNext(5), std::nullopt);
}

TEST(OptionValues, AreOfTheKindThatTheScenarioHasMadeSureOf) {
    const OptionValues values({{"share", "0.25"}, {"many", "1e3"}, {"on", "true"}, {"off", "false"}, {"time", "90s"}, {"tag", "a b"}});
    EXPECT_EQ(values.Number("share"), 0.25);
    EXPECT_EQ(values.Number("many"), 1000);
    EXPECT_TRUE(values.Flag("on"));
    EXPECT_FALSE(values.Flag("off"));
    EXPECT_EQ(values.Time("time"), 90s);
    EXPECT_EQ(values.Text("tag"), "a b");
}

const TimePoint kIntended{1h};

TEST(RunBoard, CountsAsLateWhatIsSentMoreThanAMomentAfterItsTime) {
    RunBoard board({}, 1);
    board.NoteSent(kIntended, kIntended);
    board.NoteSent(kIntended, kIntended + RunBoard::kLateAfter);
    EXPECT_EQ(board.Sends().late, 0U);
    board.NoteSent(kIntended, kIntended + RunBoard::kLateAfter + 1us);
    board.NoteSent(kIntended, kIntended + 3s);
    board.NoteSent(kIntended, kIntended + 2s);
    EXPECT_EQ(board.Sends().sent, 5U);
    EXPECT_EQ(board.Sends().late, 3U);
    EXPECT_EQ(board.Sends().worstLatenessUs, 3'000'000);
}

TEST(RunBoard, CountsWhatManyThreadsReport) {
    RunBoard board({}, 1);
    std::vector<std::thread> threads;
    for (int thread = 1; thread <= 4; ++thread) {
        threads.emplace_back([&board, thread] {
            for (int i = 0; i < 1000; ++i) {
                board.NoteSent(kIntended, kIntended + std::chrono::milliseconds(thread * 10));
                board.CountDisconnect(CloseReason::PeerClosed, thread == 1);
                board.Report("thread " + std::to_string(thread));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(board.Sends().sent, 4000U);
    EXPECT_EQ(board.Sends().late, 2000U);
    EXPECT_EQ(board.Sends().worstLatenessUs, 40'000);
    EXPECT_EQ(board.UnexpectedDisconnects(), 3000U);
    EXPECT_EQ(board.Disconnects(), (Counts{{std::string(servercore::ToString(CloseReason::PeerClosed)), 4000}}));
    EXPECT_EQ(board.Problems().at("thread 3"), 1000U);
}

TEST(RunBoard, SaysWhyNobodyAnswersUntilSomebodyDoes) {
    RunBoard board({}, 1);
    EXPECT_FALSE(board.WhyUnreachable());
    board.NoteUnanswered(std::make_error_code(std::errc::network_unreachable));
    board.NoteUnanswered(std::make_error_code(std::errc::timed_out));
    EXPECT_EQ(board.WhyUnreachable(), std::errc::network_unreachable);
    EXPECT_EQ(board.connectsFailed.load(), 2U);
    ++board.connected;
    EXPECT_FALSE(board.WhyUnreachable());
}

TEST(RunBoard, TakesAnErrorThatSaysNothingForARefusal) {
    RunBoard board({}, 1);
    board.NoteUnanswered({});
    EXPECT_EQ(board.WhyUnreachable(), std::errc::connection_refused);
}

TEST(RunBoard, KeepsNoMoreProblemsThanAPersonReads) {
    RunBoard board({}, 1);
    for (int i = 0; i < 1000; ++i) {
        board.Report("problem " + std::to_string(i));
    }
    const std::size_t kept = board.Problems().size();
    EXPECT_LE(kept, 100U);
    board.Report("problem 0");
    EXPECT_EQ(board.Problems().size(), kept);
    EXPECT_EQ(board.Problems().at("problem 0"), 2U);
}

}  // namespace
}  // namespace loadtest
