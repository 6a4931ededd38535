#pragma once

#include <string>
#include <string_view>

#include "ServerCore/Base/Bytes.h"

namespace servercore::test {

// The fuzz targets: each runs what the bytes say and judges it. The result tells what broke; it is empty, whatever the bytes are. The same
// bytes give the same result on every platform.

// A stream in pieces, through PacketFramer: packets or an error, the same wherever the cuts are.
[[nodiscard]] std::string FuzzFramer(ConstBytes input);

// What happens to the sessions of a service, one thing after the other, on a fake network and a fake clock.
[[nodiscard]] std::string FuzzSession(ConstBytes input);

// What the simulation draws: the plan of a small swarm, the faults of its network and the manners of its sessions.
[[nodiscard]] std::string FuzzSchedule(ConstBytes input);

using FuzzTarget = std::string (*)(ConstBytes input);

// nullptr: there is none of that name ("Framer", "Session", "Schedule").
[[nodiscard]] FuzzTarget FindTarget(std::string_view name) noexcept;

}  // namespace servercore::test
