#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace servercore::test {

// Never reached by an engine that works, however slow the machine; only a failure waits so long.
inline constexpr std::chrono::seconds kPatience{20};

// Lets a test wait for what other threads bring about.
// Threads: safe from any.
class Bell {
public:
    // Something has happened: whoever waits looks again.
    void Ring();

    // False when the condition does not hold within kPatience. It is looked at after each Ring, and now and then besides for the sake of
    // what nobody announces.
    [[nodiscard]] bool WaitUntil(const std::function<bool()>& condition);

private:
    std::mutex mutex_;
    std::condition_variable rung_;
};

}  // namespace servercore::test
