#include "ServerCore/Net/SendQueue.h"

#include <algorithm>
#include <utility>

#include "ServerCore/Base/Assert.h"

namespace servercore {

namespace {

constexpr std::size_t kInitialCapacity = 8;
constexpr std::size_t kKeptCapacity = 64;  // a queue that grew beyond it gives its memory back once it is empty
constexpr std::size_t kGatherBytes = std::size_t{64} * 1024;

}  // namespace

void SendQueue::Push(SendBufferRef buffer) {
    if (packets_.full()) {
        packets_.set_capacity(std::max(kInitialCapacity, packets_.capacity() * 2));
    }
    bytes_ += buffer->Size();
    packets_.push_back(std::move(buffer));
}

std::size_t SendQueue::Gather(std::span<ConstBytes> out) const {
    std::size_t count = 0;
    std::size_t total = 0;
    std::size_t offset = frontOffset_;
    for (const SendBufferRef& packet : packets_) {
        if (count == out.size() || total >= kGatherBytes) {
            break;
        }
        out[count] = packet->Bytes().subspan(offset);
        total += out[count].size();
        ++count;
        offset = 0;
    }
    return count;
}

void SendQueue::Replace(std::size_t index, SendBufferRef buffer) {
    SC_ASSERT(index > 0 || !IsFrontCut());
    bytes_ = bytes_ - packets_[index]->Size() + buffer->Size();
    packets_[index] = std::move(buffer);
}

std::size_t SendQueue::Consume(std::size_t bytes) {
    SC_VERIFY(bytes <= bytes_);
    bytes_ -= bytes;
    std::size_t completed = 0;
    std::size_t left = bytes + frontOffset_;
    while (!packets_.empty() && left >= packets_.front()->Size()) {
        left -= packets_.front()->Size();
        packets_.pop_front();
        ++completed;
    }
    frontOffset_ = left;
    if (packets_.empty() && packets_.capacity() > kKeptCapacity) {
        packets_.set_capacity(0);
    }
    return completed;
}

std::size_t SendQueue::Clear() {
    const std::size_t dropped = packets_.size();
    packets_.set_capacity(0);
    bytes_ = 0;
    frontOffset_ = 0;
    return dropped;
}

}  // namespace servercore
