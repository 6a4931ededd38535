#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Result.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Buffer/ReceiveBlockPool.h"
#include "ServerCore/Platform/IoOperation.h"
#include "ServerCore/Platform/Linux/EpollSlot.h"
#include "ServerCore/Platform/Linux/ReserveDescriptor.h"

namespace servercore::platform {

// The system calls of the operations on one slot, and what their outcome says about its readiness. All are made under the slot's lock.

// An operation on its way to the handler.
struct EpollFinished {
    IoOperation* operation = nullptr;
    IoResult result;
};

// Sends what fits right now. Nothing: no room, the send has to wait.
[[nodiscard]] Result<std::optional<std::size_t>> SendNow(EpollSlot& slot, std::span<const ConstBytes> buffers) SC_REQUIRES(slot.mutex);

// Each finishes the operation of its kind if there is one and the socket is ready for it. False: it waits on, if there is one.
[[nodiscard]] bool FinishConnect(EpollSlot& slot, EpollFinished& finished) SC_REQUIRES(slot.mutex);
[[nodiscard]] bool FinishSend(EpollSlot& slot, EpollFinished& finished) SC_REQUIRES(slot.mutex);
[[nodiscard]] bool FinishReceive(EpollSlot& slot, ReceiveBlock& block, EpollFinished& finished) SC_REQUIRES(slot.mutex);
[[nodiscard]] bool FinishAccept(EpollSlot& slot, ReserveDescriptor& reserve, EpollFinished& finished) SC_REQUIRES(slot.mutex);

}  // namespace servercore::platform
