#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "ServerCore/Buffer/SendBuffer.h"

namespace game {

// The kept packets of one player (Protocol/KeptPackets.h) that may not have arrived: its client says how many have. Numbered from 1.
// Holds so many bytes at most; beyond that the oldest are given up, and a client that has not got those cannot resume.
// Owner: Player.  Threads: under the player's mutex.
class KeptQueue {
public:
    explicit KeptQueue(std::size_t maxBytes) noexcept : maxBytes_(maxBytes) {}

    // May throw std::bad_alloc; then nothing was stored.
    void Push(servercore::SendBufferRef packet);

    // The first `received` have arrived. False: there were not that many.
    [[nodiscard]] bool Acknowledge(std::uint64_t received) noexcept;

    // Whether nothing is missing for a client that has got the first `received`.
    [[nodiscard]] bool HasAllAfter(std::uint64_t received) const noexcept;

    // In order.
    [[nodiscard]] const std::deque<servercore::SendBufferRef>& Packets() const noexcept { return packets_; }

    void Clear() noexcept;

private:
    void PopFront() noexcept;
    [[nodiscard]] std::uint64_t LastNumber() const noexcept { return firstNumber_ + packets_.size() - 1; }

    const std::size_t maxBytes_;
    std::deque<servercore::SendBufferRef> packets_;
    std::uint64_t firstNumber_ = 1;  // of the packet at the front
    std::size_t bytes_ = 0;
};

}  // namespace game
