#include "ServerCore/Job/Job.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace servercore::test {

namespace {

static_assert(!std::is_copy_constructible_v<Job>);
static_assert(std::is_nothrow_move_constructible_v<Job> && std::is_nothrow_move_assignable_v<Job>);
static_assert(!std::is_constructible_v<Job, int>);

TEST(Job, RunsWhatItWasMadeOf) {
    int runs = 0;
    Job job = [&runs] { ++runs; };
    job();
    job();
    EXPECT_EQ(runs, 2);
}

TEST(Job, TakesWhatCanOnlyBeMoved) {
    int seen = 0;
    Job job = [&seen, owned = std::make_unique<int>(7)] { seen = *owned; };
    Job moved = std::move(job);
    EXPECT_FALSE(job);
    ASSERT_TRUE(moved);
    moved();
    EXPECT_EQ(seen, 7);
}

TEST(Job, DestroysWhatItCapturedExactlyOnce) {
    auto captured = std::make_shared<int>(0);
    const std::weak_ptr<int> watch = captured;
    Job first = [captured] {};
    Job second = [captured = std::move(captured)] {};
    EXPECT_EQ(watch.use_count(), 2);
    first = std::move(second);
    EXPECT_EQ(watch.use_count(), 1);
    Job& itself = first;
    first = std::move(itself);
    EXPECT_EQ(watch.use_count(), 1);
    first = nullptr;
    EXPECT_TRUE(watch.expired());
}

TEST(Job, IsEmptyBeforeWhatItCapturedGoes) {
    Job job;
    bool wasEmpty = false;
    const auto look = [&](int* unused) {
        wasEmpty = !job;
        delete unused;
    };
    job = [held = std::shared_ptr<int>(new int, look)] {};
    job = nullptr;
    EXPECT_TRUE(wasEmpty);
}

TEST(Job, HoldsAsMuchAsItSaysAtItsAlignment) {
    struct alignas(std::max_align_t) Large {
        std::array<std::byte, 64> bytes{};
    };
    std::uintptr_t address = 1;
    Job job = [large = Large(), &address] { address = reinterpret_cast<std::uintptr_t>(&large); };
    Job moved = std::move(job);
    moved();
    EXPECT_EQ(address % alignof(std::max_align_t), 0U);

    std::array<std::byte, Job::kCaptureBytes> full{};
    full.back() = std::byte{9};
    std::byte last{};
    static std::byte* seen = nullptr;
    seen = &last;
    Job largest = [full] { *seen = full.back(); };
    largest();
    EXPECT_EQ(last, std::byte{9});
}

}  // namespace

}  // namespace servercore::test
