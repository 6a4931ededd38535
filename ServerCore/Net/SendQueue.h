#pragma once

#include <cstddef>
#include <span>

#include <boost/circular_buffer.hpp>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Buffer/SendBuffer.h"

namespace servercore {

// The packets that one session has yet to hand to the operating system, in order.
// Owner: Session, by value.  Threads: under the session's mutex. An empty queue holds no memory worth mentioning.
class SendQueue {
public:
    // May throw std::bad_alloc; then nothing was stored.
    void Push(SendBufferRef buffer);

    // Views of what comes next: at most out.size() buffers and about 64 KiB. They stay valid until Consume.
    [[nodiscard]] std::size_t Gather(std::span<ConstBytes> out) const;

    // The size of the packet at `index`, of which nothing has left.
    [[nodiscard]] std::size_t PacketBytes(std::size_t index) const { return packets_[index]->Size(); }

    // Puts another packet in the place of the one at `index`, of which nothing has left.
    void Replace(std::size_t index, SendBufferRef buffer);

    // Drops `bytes` from the front (a short send leaves the tail of a packet). Returns the packets completed by it.
    std::size_t Consume(std::size_t bytes);

    // Returns the number of packets dropped, one that was sent in part included.
    std::size_t Clear();

    [[nodiscard]] bool IsEmpty() const noexcept { return packets_.empty(); }
    [[nodiscard]] std::size_t Count() const noexcept { return packets_.size(); }
    // The first packet has left in part.
    [[nodiscard]] bool IsFrontCut() const noexcept { return frontOffset_ > 0; }
    [[nodiscard]] std::size_t Bytes() const noexcept { return bytes_; }

private:
    boost::circular_buffer<SendBufferRef> packets_;
    std::size_t bytes_ = 0;        // still to send
    std::size_t frontOffset_ = 0;  // bytes of the first packet that have left already
};

}  // namespace servercore
