#pragma once

#include <cstdint>

namespace game::protocol {

// Raised with every change that an older peer would misunderstand. Both sides must speak the same version.
inline constexpr std::uint32_t kProtocolVersion = 2;

}  // namespace game::protocol
