#include "GameServer/Players/KeptQueue.h"

#include <utility>

namespace game {

void KeptQueue::Push(servercore::SendBufferRef packet) {
    const std::size_t bytes = packet->Size();
    packets_.push_back(std::move(packet));
    bytes_ += bytes;
    while (bytes_ > maxBytes_) {
        PopFront();
    }
}

bool KeptQueue::Acknowledge(std::uint64_t received) noexcept {
    if (received > LastNumber()) {
        return false;
    }
    while (firstNumber_ <= received) {
        PopFront();
    }
    return true;
}

bool KeptQueue::HasAllAfter(std::uint64_t received) const noexcept {
    return received + 1 >= firstNumber_ && received <= LastNumber();
}

void KeptQueue::Clear() noexcept {
    while (!packets_.empty()) {
        PopFront();
    }
}

void KeptQueue::PopFront() noexcept {
    bytes_ -= packets_.front()->Size();
    packets_.pop_front();
    ++firstNumber_;
}

}  // namespace game
