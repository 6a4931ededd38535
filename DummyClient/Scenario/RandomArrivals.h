#pragma once

#include <cstdint>

#include "ServerCore/Base/Clock.h"

namespace loadtest {

// How many of `arrivals`, which come at times drawn evenly out of [0, total), have come by `now`. Never decreases with `now`; all of them
// at `total`.
//
// Nothing is stored: the time is halved again and again, and how many come in the first half is drawn from a coin that belongs to the seed
// and to that half. Beyond some thousand the number of heads is approximated, so that the cost does not grow with `arrivals`.
[[nodiscard]] std::uint64_t RandomArrivalsBy(servercore::Duration now, servercore::Duration total, std::uint64_t arrivals,
                                             std::uint64_t seed) noexcept;

}  // namespace loadtest
