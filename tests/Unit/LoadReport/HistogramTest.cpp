// Latencies: recorded, bucketed, merged.
#include "DummyClient/Report/Histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

#include "DummyClient/Report/LatencyBuckets.h"
#include "DummyClient/Report/LatencyRecorder.h"

namespace loadtest::test {
namespace {

using namespace std::chrono_literals;

// From microseconds to seconds, more short ones than long ones; sorted.
std::vector<std::int64_t> SomeLatencies(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<std::int64_t> latencies(count);
    for (std::int64_t& latency : latencies) {
        latency = static_cast<std::int64_t>(std::exp(std::generate_canonical<double, 53>(random) * 16)) + 1;
    }
    std::sort(latencies.begin(), latencies.end());
    return latencies;
}

Histogram HistogramOf(const std::vector<std::int64_t>& latencies) {
    Histogram histogram;
    for (const std::int64_t latency : latencies) {
        histogram.RecordUs(latency);
    }
    return histogram;
}

double AtRank(const std::vector<std::int64_t>& sorted, double percentile) {
    const auto rank = static_cast<std::size_t>(std::ceil(static_cast<double>(sorted.size()) * percentile / 100));
    return static_cast<double>(sorted[std::max<std::size_t>(rank, 1) - 1]);
}

TEST(Histogram, HasThePercentilesOfTheSortedDataToThreeDigits) {
    const std::vector<std::int64_t> sorted = SomeLatencies(10'000, 1);
    const Histogram histogram = HistogramOf(sorted);
    for (const double percentile : {1.0, 25.0, 50.0, 75.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
        const double exact = AtRank(sorted, percentile);
        EXPECT_NEAR(static_cast<double>(histogram.PercentileUs(percentile)), exact, exact / 1000 + 1) << percentile;
    }
    EXPECT_EQ(histogram.Count(), sorted.size());
    EXPECT_NEAR(static_cast<double>(histogram.MaxUs()), static_cast<double>(sorted.back()), static_cast<double>(sorted.back()) / 1000 + 1);
}

TEST(Histogram, MergedEqualsTheHistogramOfTheUnion) {
    const std::vector<std::int64_t> one = SomeLatencies(5'000, 2);
    const std::vector<std::int64_t> other = SomeLatencies(3'000, 3);
    std::vector<std::int64_t> both = one;
    both.insert(both.end(), other.begin(), other.end());
    Histogram merged = HistogramOf(one);
    merged.Add(HistogramOf(other));
    EXPECT_EQ(merged, HistogramOf(both));
    EXPECT_EQ(merged.Figures(), HistogramOf(both).Figures());
}

TEST(Histogram, CountsWhatIsOutOfRangeAtItsEnds) {
    Histogram histogram;
    histogram.Record(-5ms);
    histogram.Record(0ns);
    histogram.Record(48h);
    EXPECT_EQ(histogram.Count(), 3U);
    EXPECT_EQ(histogram.MinUs(), Histogram::kLowestUs);
    EXPECT_NEAR(static_cast<double>(histogram.MaxUs()), 3.6e9, 3.6e6);
}

TEST(Histogram, OfNothingIsZeroEverywhere) {
    const Histogram histogram;
    EXPECT_EQ(histogram.Figures(), LatencyFigures());
    EXPECT_EQ(histogram.MinUs(), 0);
    EXPECT_EQ(histogram.MeanUs(), 0);
    EXPECT_TRUE(histogram.Cells().empty());
}

TEST(Histogram, CopiesAreIndependent) {
    Histogram histogram = HistogramOf({10, 20});
    Histogram copy = histogram;
    copy.RecordUs(30);
    EXPECT_EQ(histogram.Count(), 2U);
    EXPECT_EQ(copy.Count(), 3U);
    histogram = copy;
    EXPECT_EQ(histogram, copy);
}

TEST(LatencyBuckets, FollowOneAnotherWithoutGaps) {
    for (std::uint32_t bucket = 0; bucket <= kLastLatencyBucket; ++bucket) {
        EXPECT_EQ(LatencyBucketOf(LowestOfLatencyBucket(bucket)), bucket);
        EXPECT_EQ(LatencyBucketOf(LowestOfLatencyBucket(bucket + 1) - 1), bucket);
    }
    EXPECT_EQ(LatencyBucketOf(Histogram::kHighestUs), kLastLatencyBucket);
    EXPECT_EQ(LatencyBucketOf(-1), 0U);
}

TEST(LatencyBuckets, TellPercentilesAtMostASixteenthWrong) {
    const std::vector<std::int64_t> sorted = SomeLatencies(20'000, 4);
    const LatencyFigures figures = FiguresOf(ToLatencyBuckets(HistogramOf(sorted)), sorted.back());
    EXPECT_EQ(figures.count, sorted.size());
    EXPECT_EQ(figures.max, sorted.back());
    const auto near = [&](std::int64_t found, double percentile) {
        const double exact = AtRank(sorted, percentile);
        EXPECT_GE(static_cast<double>(found), exact * (1 - 1.0 / 16) - 1) << percentile;
        EXPECT_LE(static_cast<double>(found), exact * (1 + 1.0 / 16) + 1) << percentile;
    };
    near(figures.p50, 50);
    near(figures.p90, 90);
    near(figures.p99, 99);
    near(figures.p999, 99.9);
}

TEST(LatencyRecorder, GivesEachIntervalOnceAndTheTotal) {
    LatencyRecorder recorder;
    LatencyRecorder::Writer& one = recorder.AddWriter();
    LatencyRecorder::Writer& other = recorder.AddWriter();
    one.Record(1ms);
    other.Record(2ms);
    EXPECT_EQ(recorder.TakeInterval(), HistogramOf({1000, 2000}));
    EXPECT_EQ(recorder.TakeInterval().Count(), 0U);
    one.Record(3ms);
    EXPECT_EQ(recorder.TakeInterval(), HistogramOf({3000}));
    EXPECT_EQ(recorder.Total(), HistogramOf({1000, 2000, 3000}));
}

TEST(LatencyRecorder, ForgetsTheWarmUp) {
    LatencyRecorder recorder;
    LatencyRecorder::Writer& writer = recorder.AddWriter();
    writer.Record(1ms);
    static_cast<void>(recorder.TakeInterval());
    writer.Record(2ms);
    recorder.DropTotal();
    writer.Record(3ms);
    EXPECT_EQ(recorder.TakeInterval(), HistogramOf({3000}));
    EXPECT_EQ(recorder.Total(), HistogramOf({3000}));
}

TEST(LatencyRecorder, LosesNothingWhileSomebodyReads) {
    constexpr int kThreads = 3;
    constexpr std::uint64_t kEach = 20'000;
    LatencyRecorder recorder;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&writer = recorder.AddWriter()] {
            for (std::uint64_t n = 0; n < kEach; ++n) {
                writer.Record(std::chrono::microseconds(n));
            }
        });
    }
    std::uint64_t seen = 0;
    for (int i = 0; i < 20; ++i) {
        seen += recorder.TakeInterval().Count();
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    seen += recorder.TakeInterval().Count();
    EXPECT_EQ(seen, kThreads * kEach);
    EXPECT_EQ(recorder.Total().Count(), kThreads * kEach);
}

}  // namespace
}  // namespace loadtest::test
