#pragma once

#include <memory>

#include "ServerCore/Platform/Sim/SimAddressBook.h"
#include "ServerCore/Platform/Sim/SimEnd.h"
#include "ServerCore/Platform/Sim/SimKernel.h"

namespace servercore::platform {

// Carries a client that has begun to connect to a listener at its peer's address. A full backlog does not answer; the client knocks again
// after a second, then after two, and so on. Its connect always ends, at SimOptions::connectGivesUp at the latest.
void BeginHandshake(SimKernel& kernel, SimAddressBook& addresses, const std::shared_ptr<SimEnd>& client);

}  // namespace servercore::platform
