#include "ServerCore/Base/SmallMutex.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "ServerCore/Base/Mutex.h"

namespace servercore {
namespace {

TEST(SmallMutex, IsOneByte) {
    EXPECT_EQ(sizeof(SmallMutex), 1U);
}

TEST(SmallMutex, IsTakenByOneAtATime) {
    SmallMutex mutex;
    ASSERT_TRUE(mutex.try_lock());
    EXPECT_FALSE(mutex.try_lock());
    mutex.unlock();
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
}

TEST(SmallMutex, WakesWhoeverWaitsForIt) {
    constexpr int kThreads = 4;
    constexpr int kRounds = 2000;
    SmallMutex mutex;
    int count = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < kRounds; ++round) {
                MutexLock lock(mutex);
                const int before = count;
                std::this_thread::yield();  // lets the others run into the lock
                count = before + 1;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(count, kThreads * kRounds);
}

// The last holder may destroy it although the one before is still inside unlock.
TEST(SmallMutex, MayBeDestroyedByTheNextHolder) {
    for (int round = 0; round < 500; ++round) {
        auto mutex = std::make_unique<SmallMutex>();
        SmallMutex& shared = *mutex;
        shared.lock();
        std::thread next([&mutex] {
            mutex->lock();
            mutex->unlock();
            mutex.reset();
        });
        shared.unlock();
        next.join();
    }
}

}  // namespace
}  // namespace servercore
