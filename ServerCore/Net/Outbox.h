#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Buffer/SendBuffer.h"
#include "ServerCore/Net/SendBudget.h"
#include "ServerCore/Net/SendOptions.h"
#include "ServerCore/Net/SendQueue.h"
#include "ServerCore/Net/SessionLimits.h"

namespace servercore {

// What one session has yet to send, and the rules for a receiver that lags behind: the soft limit spares what may be spared, the hard
// limit and the age say when it is hopeless.
//
// Age: the outbox marks its end now and then; when the mark has not left within SessionLimits::sendAge, a packet has waited that long. The
// mark moves on when it is passed, so a packet is found out after one to two times the limit, and nothing is stored per packet.
//
// Owner: Session, by value.  Threads: under the session's mutex.
class Outbox {
public:
    // Decides about the packet; Queued and Replaced have stored it. May throw std::bad_alloc; then nothing has changed.
    [[nodiscard]] SendResult Offer(SendBufferRef buffer, const SendOptions& options, const SessionLimits& limits, SendBudget& budget,
                                   TimePoint now);

    // Views for one send of what is due. They stay valid until Consume or Clear, because what was gathered is not replaced any more.
    [[nodiscard]] std::size_t Gather(std::span<ConstBytes> out);

    // A send has ended that took so many bytes. Returns the packets completed by it.
    std::size_t Consume(std::size_t bytes, SendBudget& budget, TimePoint now);

    // Returns the number of packets dropped, one that was sent in part included.
    std::size_t Clear(SendBudget& budget);

    // All that is queued by now may leave; what comes later waits for the next flush.
    void Flush() noexcept { dueBytes_ = queue_.Bytes(); }
    [[nodiscard]] bool HasDue() const noexcept { return dueBytes_ > 0; }
    [[nodiscard]] bool IsEmpty() const noexcept { return queue_.IsEmpty(); }
    [[nodiscard]] std::size_t Bytes() const noexcept { return queue_.Bytes(); }

    // True from passing the soft limit until the queue has shrunk to half of it.
    [[nodiscard]] bool IsHigh() const noexcept { return isHigh_; }

    // When last a packet was queued behind none, or the first that was waiting then had left.
    [[nodiscard]] TimePoint BusySince() const noexcept { return markTime_; }

    // When the oldest packet will have waited too long; TimePoint::max() when nothing is queued.
    [[nodiscard]] TimePoint Deadline(const SessionLimits& limits) const noexcept;

private:
    using Numbers = std::unordered_map<std::uint32_t, std::uint64_t>;

    [[nodiscard]] bool Replace(SendBufferRef& buffer, std::uint32_t key, std::size_t hard);
    [[nodiscard]] std::uint64_t& LatestNumber(std::uint32_t key);
    void Settle(SendBudget& budget) noexcept;

    // Packets are numbered in the order of queueing, from 1; 0 is nobody's.
    [[nodiscard]] std::uint64_t EndNumber() const noexcept { return firstNumber_ + queue_.Count(); }

    SendQueue queue_;
    std::size_t dueBytes_ = 0;
    std::size_t chargedBytes_ = 0;   // to the budget, in whole steps
    std::uint64_t firstNumber_ = 1;  // of the packet at the front of the queue
    std::uint64_t markNumber_ = 0;   // the end of the queue at markTime_
    TimePoint markTime_{};
    std::size_t softBytes_ = 0;  // of the last Offer
    std::size_t gathered_ = 0;
    bool isHigh_ = false;
    // The number of the packet queued last with each key, once the queue is half as long as its soft limit.
    std::unique_ptr<Numbers> latest_;
};

}  // namespace servercore
