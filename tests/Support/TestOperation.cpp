#include "tests/Support/TestOperation.h"

#include <gtest/gtest.h>

#include <utility>

namespace servercore::test {

void TestOperation::Begin() {
    EXPECT_FALSE(isArmed_.exchange(true)) << "the test submitted an operation that is in flight";
    busy_.fetch_add(1);
}

void TestOperation::Refuse(std::error_code error) {
    EXPECT_TRUE(isArmed_.exchange(false)) << "an operation completed although its submit failed";
    if (!callback_) {
        last_ = Outcome{};
        last_.error = error;
        last_.refused = true;
    }
    busy_.fetch_sub(1);
}

void TestOperation::Complete(platform::IoResult& result) {
    if (!isArmed_.exchange(false)) {
        ADD_FAILURE() << "an operation completed that was not in flight: " << result.error.message();
        return;
    }
    EXPECT_TRUE(result.data.empty() || result.data.size() == result.bytes);
    Outcome outcome{.error = result.error,
                    .bytes = result.bytes,
                    .data = {result.data.begin(), result.data.end()},
                    .accepted = std::move(result.accepted),
                    .refused = false};
    if (callback_) {
        callback_(outcome);
    } else {
        last_ = std::move(outcome);
    }
    busy_.fetch_sub(1);
}

}  // namespace servercore::test
