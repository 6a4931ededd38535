#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "ServerCore/Buffer/ReceiveBlockPool.h"
#include "ServerCore/Buffer/SendBuffer.h"

namespace servercore::test {

namespace {

using Sizes = std::initializer_list<std::size_t>;

void Fill(SendBuffer& buffer, unsigned seed) {
    std::ranges::fill(buffer.Writable(), static_cast<std::byte>(seed));
}

bool IsFilledWith(const SendBuffer& buffer, unsigned seed) {
    return std::ranges::all_of(buffer.Bytes(), [&](std::byte byte) { return byte == static_cast<std::byte>(seed); });
}

TEST(SendBuffer, HasExactlyTheSizeAskedForAcrossAllClasses) {
    SendBufferPool pool;
    std::vector<SendBufferRef> held;
    for (const std::size_t size :
         Sizes{1, 2, 63, 64, 65, 255, 256, 257, 1023, 1024, 1025, 4096, 4097, 16384, 16385, 65535, 65536, 65537, 262144, 1048576}) {
        const SendBufferRef& buffer = held.emplace_back(pool.Allocate(size));
        EXPECT_EQ(buffer->Size(), size);
        EXPECT_EQ(buffer->Bytes().size(), size);
        EXPECT_EQ(buffer->Writable().size(), size);
        EXPECT_EQ(buffer->Bytes().data(), buffer->Writable().data());
        Fill(*buffer, static_cast<unsigned>(held.size()));  // AddressSanitizer sees a byte too many
    }
    for (std::size_t i = 0; i < held.size(); ++i) {
        EXPECT_TRUE(IsFilledWith(*held[i], static_cast<unsigned>(i + 1))) << "buffer " << i << " shares memory with another";
    }
    EXPECT_EQ(pool.Outstanding(), held.size());
}

TEST(SendBuffer, GoesBackWithTheLastReferenceAndNotBefore) {
    SendBufferPool pool;
    SendBufferRef first = pool.Allocate(10);
    SendBufferRef second = first;
    SendBufferRef third = std::move(first);
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): moved-from is empty by contract
    EXPECT_EQ(&*second, &*third);
    EXPECT_EQ(pool.Outstanding(), 1U);
    second = SendBufferRef();
    EXPECT_EQ(pool.Outstanding(), 1U);
    third = SendBufferRef();
    EXPECT_EQ(pool.Outstanding(), 0U);
}

TEST(SendBuffer, SurvivesSelfAssignment) {
    SendBufferPool pool;
    SendBufferRef buffer = pool.Allocate(10);
    const SendBufferRef& alias = buffer;
    buffer = alias;
    ASSERT_TRUE(buffer);
    EXPECT_EQ(pool.Outstanding(), 1U);
    EXPECT_EQ(buffer->Size(), 10U);
}

TEST(SendBuffer, AssignmentReleasesWhatWasHeld) {
    SendBufferPool pool;
    SendBufferRef buffer = pool.Allocate(10);
    buffer = pool.Allocate(20);
    EXPECT_EQ(pool.Outstanding(), 1U);
    EXPECT_EQ(buffer->Size(), 20U);
}

TEST(SendBufferDeathTest, WritingToASharedBufferAsserts) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    SendBufferPool pool;
    const SendBufferRef buffer = pool.Allocate(10);
    const SendBufferRef share = buffer;
    EXPECT_DEBUG_DEATH(static_cast<void>(buffer->Writable()), "assertion failed");
}

TEST(SendBufferPool, ReusesAReleasedBufferForTheSameSizeClass) {
    SendBufferPool pool;
    const void* place = &*pool.Allocate(100);
    const SendBufferRef again = pool.Allocate(200);  // both in the class of 256
    EXPECT_EQ(&*again, place);
    EXPECT_EQ(again->Size(), 200U);
}

TEST(SendBufferPool, ASmallBufferThatSomebodyKeepsPinsOnlyItself) {
    SendBufferPool pool;
    std::vector<SendBufferRef> neighbours;
    std::set<const void*> places;
    std::optional<SendBufferRef> kept;
    for (int i = 0; i < 100; ++i) {
        neighbours.push_back(pool.Allocate(20));
        places.insert(&*neighbours.back());
        if (i == 50) {
            kept = neighbours.back();
        }
    }
    Fill(*pool.Allocate(20), 0);
    neighbours.clear();
    EXPECT_EQ(pool.Outstanding(), 1U);

    for (int i = 0; i < 99; ++i) {
        neighbours.push_back(pool.Allocate(20));
        EXPECT_NE(&*neighbours.back(), &**kept);
        places.erase(&*neighbours.back());
    }
    EXPECT_LE(places.size(), 2U);  // all but the kept one are in use again
}

TEST(SendBufferPool, BuffersMayOutliveThePool) {
    std::vector<SendBufferRef> survivors;
    {
        SendBufferPool pool;
        for (const std::size_t size : Sizes{1, 1000, 100000}) {
            survivors.push_back(pool.Allocate(size));
            Fill(*survivors.back(), 7);
        }
        static_cast<void>(pool.Allocate(64));  // one that is back in the pool before it goes
    }
    for (const SendBufferRef& buffer : survivors) {
        EXPECT_TRUE(IsFilledWith(*buffer, 7));
    }
    survivors.clear();  // LeakSanitizer: the last one takes the memory with it
}

TEST(SendBufferPool, TakesBackMoreThanItKeeps) {
    SendBufferPool pool;
    for (int round = 0; round < 2; ++round) {
        std::vector<SendBufferRef> burst;
        for (int i = 0; i < 3000; ++i) {
            burst.push_back(pool.Allocate(64));
        }
        EXPECT_EQ(pool.Outstanding(), 3000U);
        burst.clear();
        EXPECT_EQ(pool.Outstanding(), 0U);
    }
}

// Threads allocate, fill, pass on, check and release, so that most buffers die on another thread than they were made on.
TEST(SendBufferPool, ManyThreadsAllocateAndReleaseWithoutMixingBuffersUp) {
    constexpr unsigned kThreads = 4;
    constexpr unsigned kRounds = 2000;
    SendBufferPool pool;
    std::mutex mutex;
    std::vector<std::pair<SendBufferRef, unsigned>> market;
    std::array<unsigned, kThreads> spoiled{};

    std::vector<std::thread> threads;
    for (unsigned id = 0; id < kThreads; ++id) {
        threads.emplace_back([&, id] {
            for (unsigned i = 0; i < kRounds; ++i) {
                const unsigned mark = (id * kRounds + i) % 251;
                SendBufferRef buffer = pool.Allocate(1 + (i * 37) % 600);
                Fill(*buffer, mark);
                std::pair<SendBufferRef, unsigned> other(buffer, mark);
                {
                    const std::lock_guard lock(mutex);
                    market.emplace_back(buffer, mark);
                    if (market.size() > 16) {
                        std::swap(other, market[(i * 7) % market.size()]);
                        market.pop_back();
                    }
                }
                spoiled[id] += IsFilledWith(*other.first, other.second) ? 0U : 1U;
                spoiled[id] += IsFilledWith(*buffer, mark) ? 0U : 1U;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(spoiled, (std::array<unsigned, kThreads>{}));
    EXPECT_EQ(pool.Outstanding(), market.size());
    market.clear();
    EXPECT_EQ(pool.Outstanding(), 0U);
}

TEST(ReceiveBlockPool, HandsOutDifferentBlocksAndReusesReturnedOnes) {
    ReceiveBlockPool pool;
    std::unique_ptr<ReceiveBlock> first = pool.Take();
    const std::unique_ptr<ReceiveBlock> second = pool.Take();
    EXPECT_NE(first, second);
    const ReceiveBlock* place = first.get();
    pool.Return(std::move(first));
    EXPECT_EQ(pool.Take().get(), place);
}

TEST(ReceiveBlockPool, CountsWhatIsOutstanding) {
    ReceiveBlockPool pool;
    std::unique_ptr<ReceiveBlock> first = pool.Take();
    std::unique_ptr<ReceiveBlock> second = pool.Take();
    EXPECT_EQ(pool.Outstanding(), 2U);
    pool.Return(std::move(first));
    EXPECT_EQ(pool.Outstanding(), 1U);
    first = pool.Take();
    pool.Return(std::move(first));
    pool.Return(std::move(second));
    EXPECT_EQ(pool.Outstanding(), 0U);
}

TEST(ReceiveBlockPool, TakesBackMoreThanItKeeps) {
    ReceiveBlockPool pool;
    std::vector<std::unique_ptr<ReceiveBlock>> blocks;
    for (int i = 0; i < 600; ++i) {
        blocks.push_back(pool.Take());
    }
    for (std::unique_ptr<ReceiveBlock>& block : blocks) {
        pool.Return(std::move(block));
    }
    EXPECT_NE(pool.Take(), nullptr);
}

TEST(ReceiveBlockPool, GivesEachThreadABlockOfItsOwn) {
    ReceiveBlockPool pool;
    std::vector<std::thread> threads;
    std::array<int, 4> spoiled{};
    for (std::size_t id = 0; id < spoiled.size(); ++id) {
        threads.emplace_back([&, id] {
            for (int i = 0; i < 500; ++i) {
                std::unique_ptr<ReceiveBlock> block = pool.Take();
                std::ranges::fill(std::span(block->bytes).first(64), static_cast<std::byte>(id));
                spoiled[id] += block->bytes[63] == static_cast<std::byte>(id) ? 0 : 1;
                pool.Return(std::move(block));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(spoiled, (std::array<int, 4>{}));
}

}  // namespace

}  // namespace servercore::test
