#pragma once

#include <memory>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Result.h"

namespace servercore {

// Lets a thread sleep for a time that others may cut short, kept to within about a millisecond. A condition variable would do but for
// Windows, which looks at the timeouts of waits only when the system's clock ticks, by default each 15.6 ms. Owner: whoever sleeps.
// Threads: Set from any, WaitFor on one at a time.
class TimedSignal {
public:
    static constexpr Duration kForever = Duration::max();

    // Defined once per system, in Platform/Linux and Platform/Windows. Fails when the system is out of handles.
    [[nodiscard]] static Result<std::unique_ptr<TimedSignal>> Create();

    TimedSignal() = default;
    virtual ~TimedSignal() = default;
    TimedSignal(const TimedSignal&) = delete;
    TimedSignal& operator=(const TimedSignal&) = delete;

    // Ends the present wait, or else the next one. Several count as one.
    virtual void Set() noexcept = 0;

    virtual void WaitFor(Duration atMost) noexcept = 0;
};

}  // namespace servercore
