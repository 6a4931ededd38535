#include "ServerCore/Net/Outbox.h"

#include <algorithm>
#include <utility>

namespace servercore {

SendResult Outbox::Offer(SendBufferRef buffer, const SendOptions& options, const SessionLimits& limits, SendBudget& budget, TimePoint now) {
    const std::size_t soft = limits.sendSoftBytes == 0 ? limits.sendHardBytes : std::min(limits.sendSoftBytes, limits.sendHardBytes);
    const std::size_t hard = budget.IsExceeded() ? soft : limits.sendHardBytes;
    const std::size_t bytes = queue_.Bytes() + buffer->Size();
    const bool isLatest = options.packetClass == PacketClass::Latest;
    if (isLatest && bytes > soft && Replace(buffer, options.key, hard)) {
        isHigh_ = isHigh_ || queue_.Bytes() > soft;
        softBytes_ = soft;
        Settle(budget);
        return SendResult::Replaced;
    }
    if (options.packetClass == PacketClass::Droppable && bytes > soft) {
        return SendResult::Dropped;
    }
    if (bytes > hard) {
        return isLatest ? SendResult::Dropped : SendResult::QueueFull;
    }
    std::uint64_t* const number = isLatest && bytes > soft / 2 ? &LatestNumber(options.key) : nullptr;
    queue_.Push(std::move(buffer));
    if (number != nullptr) {
        *number = EndNumber() - 1;
    }
    if (queue_.Count() == 1) {
        markNumber_ = EndNumber();
        markTime_ = now;
    }
    softBytes_ = soft;
    isHigh_ = isHigh_ || bytes > soft;
    Settle(budget);
    return SendResult::Queued;
}

// False: no packet with that key waits, or it is on its way already, or the new one is so much larger that it passes the hard limit.
bool Outbox::Replace(SendBufferRef& buffer, std::uint32_t key, std::size_t hard) {
    if (latest_ == nullptr) {
        return false;
    }
    const std::uint64_t firstFree = firstNumber_ + std::max<std::size_t>(gathered_, queue_.IsFrontCut() ? 1 : 0);
    const auto entry = latest_->find(key);
    if (entry == latest_->end() || entry->second < firstFree) {
        return false;
    }
    const auto index = static_cast<std::size_t>(entry->second - firstNumber_);
    if (queue_.Bytes() - queue_.PacketBytes(index) + buffer->Size() > std::max(hard, queue_.Bytes())) {
        return false;
    }
    queue_.Replace(index, std::move(buffer));
    dueBytes_ = std::min(dueBytes_, queue_.Bytes());  // of an empty queue nothing may seem to be due
    return true;
}

std::uint64_t& Outbox::LatestNumber(std::uint32_t key) {
    if (latest_ == nullptr) {
        latest_ = std::make_unique<Numbers>();
    }
    return (*latest_)[key];
}

std::size_t Outbox::Gather(std::span<ConstBytes> out) {
    gathered_ = queue_.Gather(out);
    return gathered_;
}

std::size_t Outbox::Consume(std::size_t bytes, SendBudget& budget, TimePoint now) {
    gathered_ = 0;
    dueBytes_ -= std::min(dueBytes_, bytes);
    const std::size_t completed = queue_.Consume(bytes);
    firstNumber_ += completed;
    if (firstNumber_ >= markNumber_) {
        markNumber_ = EndNumber();
        markTime_ = now;
    }
    if (queue_.IsEmpty()) {
        latest_.reset();
    }
    isHigh_ = isHigh_ && queue_.Bytes() > softBytes_ / 2;
    Settle(budget);
    return completed;
}

std::size_t Outbox::Clear(SendBudget& budget) {
    gathered_ = 0;
    dueBytes_ = 0;
    latest_.reset();
    const std::size_t dropped = queue_.Clear();
    firstNumber_ += dropped;
    Settle(budget);
    return dropped;
}

void Outbox::Settle(SendBudget& budget) noexcept {
    const std::size_t owed = queue_.Bytes() / SendBudget::kStepBytes * SendBudget::kStepBytes;
    if (owed > chargedBytes_) {
        budget.Charge(owed - chargedBytes_);
    } else if (owed < chargedBytes_) {
        budget.Refund(chargedBytes_ - owed);
    }
    chargedBytes_ = owed;
}

TimePoint Outbox::Deadline(const SessionLimits& limits) const noexcept {
    const bool none = queue_.IsEmpty() || limits.sendAge == std::chrono::milliseconds::zero();
    return none ? TimePoint::max() : markTime_ + limits.sendAge;
}

}  // namespace servercore
