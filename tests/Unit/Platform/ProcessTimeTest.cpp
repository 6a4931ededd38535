#include "ServerCore/Platform/ProcessTime.h"

#include <gtest/gtest.h>

namespace servercore::platform {
namespace {

TEST(ProcessTime, RisesWhileTheProcessWorks) {
    const Duration before = ProcessCpuTime();
    ASSERT_GT(before, Duration::zero());

    Duration after = before;
    while (after == before) {  // asking is work, too; Windows counts in steps of 16 ms
        after = ProcessCpuTime();
    }

    EXPECT_GT(after, before);
}

}  // namespace
}  // namespace servercore::platform
