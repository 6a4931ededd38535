#pragma once

#include <chrono>
#include <memory>

#include "ServerCore/Base/Result.h"

namespace servercore::platform {

// Turns the operator's request to stop (Ctrl-C, SIGTERM; on Windows also closing the console or shutting down) into something that
// main() can wait for, instead of killing the process.
// Owner: main(), which makes exactly one, before any other thread exists (Linux blocks the signals in the threads made later).
class StopSignal {
public:
    StopSignal() = default;
    virtual ~StopSignal() = default;
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    [[nodiscard]] static Result<std::unique_ptr<StopSignal>> Create();

    // True as soon as a stop was requested, and from then on; false after the timeout.
    [[nodiscard]] virtual bool WaitFor(std::chrono::milliseconds timeout) = 0;
};

}  // namespace servercore::platform
