#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "DummyClient/World/Point.h"

namespace loadtest {

// The last moves that a bot has sent, for all who hear of them. After a resume a sequence may be used again, for another move.
// Owner: Crowd.  Threads: its bot writes, any read, without locks.
class MoveLog {
public:
    enum class Finding : std::uint8_t { Same, Different, Forgotten };

    static constexpr std::size_t kKept = 256;

    // Before the move is sent. Precondition: sequence > 0, and a position in the zone.
    void Note(std::uint32_t sequence, Point at) noexcept;
    // Different: never sent like this. Forgotten: by now too long ago to tell.
    [[nodiscard]] Finding Compare(std::uint32_t sequence, Point at) const noexcept;

private:
    // A sequence above, the coordinates below; 0: none so far.
    std::array<std::atomic<std::uint64_t>, kKept> slots_{};
};

}  // namespace loadtest
