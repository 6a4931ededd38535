#include "ServerCore/Platform/Windows/ReceiveTurn.h"

#include <utility>

#include "ServerCore/Base/Assert.h"

namespace servercore::platform {

namespace {

thread_local ReceiveTurn* currentTurn = nullptr;

}  // namespace

ReceiveTurn::ReceiveTurn(ReceiveBlockPool& pool) noexcept : pool_(pool) {
    SC_VERIFY(currentTurn == nullptr);  // a handler must not call Wait
    currentTurn = this;
}

ReceiveTurn::~ReceiveTurn() {
    SC_ASSERT(next_ == count_);
    currentTurn = nullptr;
    if (block_ != nullptr) {
        pool_.Return(std::move(block_));
    }
}

ReceiveTurn* ReceiveTurn::Current() noexcept {
    return currentTurn;
}

ReceiveBlock& ReceiveTurn::Block() {
    if (block_ == nullptr) {
        block_ = pool_.Take();
    }
    return *block_;
}

bool ReceiveTurn::TakeOver(const SocketHandle& socket, OVERLAPPED& receive) noexcept {
    if (&socket != full_ || count_ == followUps_.size()) {
        return false;
    }
    followUps_[count_++] = &receive;
    return true;
}

}  // namespace servercore::platform
