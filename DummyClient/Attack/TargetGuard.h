#pragma once

#include <span>
#include <string>

#include "ServerCore/Platform/NetAddress.h"

namespace loadtest::attack {

// 127.0.0.0/8 or ::1.
[[nodiscard]] bool IsLoopback(const servercore::NetAddress& address) noexcept;

// Why these addresses must not be attacked, and what to do; empty when they may be: all are this machine's own, or the tester has said
// that the target is theirs (`isOwned`). `target`: as the tester wrote it.
[[nodiscard]] std::string RefuseTarget(const std::string& target, std::span<const servercore::NetAddress> addresses, bool isOwned);

}  // namespace loadtest::attack
