#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "ServerCore/Base/Result.h"

namespace servercore::platform {

// Lines from the standard input of the process, for a console of commands; a read that waits can be ended, which the C++ library's cannot.
//
// On Linux the input of a process in the background of a terminal has ended, instead of the terminal stopping the process.
// On Windows a thread stays behind in its read, until the process ends.
// Owner: main(), which makes at most one.  Threads: ReadLine from one, until it returns nothing; Stop from another.
class LineInput {
public:
    static constexpr std::size_t kMaxLineBytes = 4096;

    LineInput() = default;
    virtual ~LineInput() = default;
    LineInput(const LineInput&) = delete;
    LineInput& operator=(const LineInput&) = delete;

    [[nodiscard]] static Result<std::unique_ptr<LineInput>> OpenStandardInput();

    // Waits for a line, and returns it without its end. Of a line that is too long, the first kMaxLineBytes. nullopt: there will be no
    // more, because the input has ended or Stop was called.
    [[nodiscard]] virtual std::optional<std::string> ReadLine() = 0;

    virtual void Stop() = 0;
};

}  // namespace servercore::platform
