#pragma once

#include <cstddef>

#include "DummyClient/Console/FrameText.h"
#include "ServerCore/Platform/Terminal.h"

namespace loadtest {

// What a frame for this terminal may use, now: its user may change the size at any time.
[[nodiscard]] inline FrameSpace SpaceOf(const servercore::platform::Terminal& terminal) {
    const auto size = terminal.Size().value_or(servercore::platform::TerminalSize{.columns = 80, .rows = 24});
    return {.columns = static_cast<std::size_t>(size.columns),
            .rows = static_cast<std::size_t>(size.rows),
            .colour = terminal.CanColour(),
            .utf8 = terminal.ShowsUtf8()};
}

}  // namespace loadtest
