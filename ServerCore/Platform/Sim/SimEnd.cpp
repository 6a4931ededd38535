#include "ServerCore/Platform/Sim/SimEnd.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Buffer/ReceiveBlockPool.h"
#include "ServerCore/Platform/Sim/SimPort.h"

namespace servercore::platform {

SimEnd::SimEnd(SimKernel& kernel, const NetAddress& local, const NetAddress& peer)
    : kernel_(kernel),
      number_(kernel.NextNumber()),
      local_(local),
      peer_(peer),
      capacity_(
          static_cast<std::size_t>(kernel.Random().Between(kernel.Options().minSendBufferBytes, kernel.Options().maxSendBufferBytes))) {}

// --- Beginning ---------------------------------------------------------------------------------------------------------

void SimEnd::BeginConnect(const NetAddress& local, const NetAddress& peer, IoOperation& operation) {
    SC_VERIFY(state_ == State::Fresh);
    state_ = State::Connecting;
    local_ = local;
    peer_ = peer;
    connect_ = &operation;
}

void SimEnd::FailConnect(SimError error) {
    if (state_ == State::Connecting) {
        state_ = State::Ended;
        Complete(connect_, error);
    }
}

void SimEnd::Join(const std::shared_ptr<SimEnd>& client, const std::shared_ptr<SimEnd>& server) {
    client->other_ = server;
    server->other_ = client;
    server->state_ = State::Connected;
    server->Transmit({.kind = SimSegment::Kind::Established, .bytes = {}});
}

// --- On the way --------------------------------------------------------------------------------------------------------

void SimEnd::Transmit(SimSegment segment) {
    if (isDead_ || other_ == nullptr) {
        return;
    }
    if (kernel_.Strikes(SimFault::SilentDeath)) {
        DieSilently();
        other_->DieSilently();
        return;
    }
    if (kernel_.Strikes(SimFault::Reset)) {
        if (!segment.bytes.empty()) {
            segment.bytes.resize(static_cast<std::size_t>(kernel_.Random().Below(segment.bytes.size() + 1)));
            Dispatch(std::move(segment));
        }
        Dispatch({.kind = SimSegment::Kind::Reset, .bytes = {}});
        other_->Dispatch({.kind = SimSegment::Kind::Reset, .bytes = {}});
        return;
    }
    Dispatch(std::move(segment));
}

void SimEnd::Dispatch(SimSegment segment) {
    const SimOptions& options = kernel_.Options();
    TimePoint arrival = kernel_.Now() + options.latency + kernel_.Random().UpTo(options.jitter);
    if (kernel_.Strikes(SimFault::SlowSegment)) {
        arrival += kernel_.Random().UpTo(options.maxDelay);
    }
    lastArrival_ = std::max(lastArrival_, arrival);
    kernel_.Plan(lastArrival_, [target = other_, segment = std::move(segment)]() mutable { target->Arrive(std::move(segment)); });
}

void SimEnd::Arrive(SimSegment segment) {
    if (isDead_) {
        return;
    }
    kernel_.Note(SimStep::Arrival, number_, (std::uint64_t{segment.bytes.size()} << 8U) | static_cast<std::uint64_t>(segment.kind));
    if (state_ == State::Ended || state_ == State::Closed) {
        // Nobody takes it. A FIN needs no answer: that is how a connection ends that was closed here first.
        if (segment.kind == SimSegment::Kind::Data || segment.kind == SimSegment::Kind::Established) {
            Transmit({.kind = SimSegment::Kind::Reset, .bytes = {}});
        }
        return;
    }
    switch (segment.kind) {
        case SimSegment::Kind::Established:
            state_ = State::Connected;
            Complete(connect_, SimError::None);
            return;
        case SimSegment::Kind::Data:
            if (error_ == SimError::None) {
                arrived_.insert(arrived_.end(), segment.bytes.begin(), segment.bytes.end());
            }
            break;
        case SimSegment::Kind::Fin: finArrived_ = true; break;
        case SimSegment::Kind::Reset: BecomeReset(); break;
    }
    FinishReceive();
}

void SimEnd::BecomeReset() {
    if (state_ == State::Connecting) {
        FailConnect(SimError::Refused);
        return;
    }
    error_ = SimError::Reset;
    if (arrivedOffset_ < arrived_.size() && kernel_.Strikes(SimFault::ResetLosesUnread)) {
        arrived_.clear();
        arrivedOffset_ = 0;
    }
    FinishSend();
}

void SimEnd::DieSilently() noexcept {
    isDead_ = true;
}

// --- Receiving ---------------------------------------------------------------------------------------------------------

SimError SimEnd::Receive(IoOperation& operation) {
    SC_VERIFY(receive_ == nullptr);  // G3
    if (state_ != State::Connected) {
        return SimError::NotConnected;
    }
    const bool hasOnlyAnError = error_ != SimError::None && arrivedOffset_ == arrived_.size();
    if (hasOnlyAnError && kernel_.Strikes(SimFault::ErrorAtSubmit)) {
        return error_;
    }
    receive_ = &operation;
    FinishReceive();
    return SimError::None;
}

void SimEnd::FinishReceive() {
    if (receive_ == nullptr) {
        return;
    }
    std::size_t count = std::min(arrived_.size() - arrivedOffset_, kReceiveBlockBytes);
    if (count == 0) {
        if (error_ != SimError::None || finArrived_) {
            Complete(receive_, error_);
        }
        return;
    }
    if (count > 1 && kernel_.Strikes(SimFault::ShortReceive)) {
        count = kernel_.PartOf(count - 1);
    }
    Complete(receive_, SimError::None, count, TakeArrived(count));
    if (!isDead_) {
        other_->unread_ -= count;
        other_->FinishSend();
    }
}

std::vector<std::byte> SimEnd::TakeArrived(std::size_t count) {
    if (arrivedOffset_ == 0 && count == arrived_.size()) {
        return std::exchange(arrived_, {});
    }
    const auto begin = arrived_.begin() + static_cast<std::ptrdiff_t>(arrivedOffset_);
    std::vector<std::byte> taken(begin, begin + static_cast<std::ptrdiff_t>(count));
    arrivedOffset_ += count;
    // Moving the rest only now and then keeps the cost of tiny receives from a long queue down.
    if (2 * arrivedOffset_ >= arrived_.size()) {
        arrived_.erase(arrived_.begin(), arrived_.begin() + static_cast<std::ptrdiff_t>(arrivedOffset_));
        arrivedOffset_ = 0;
    }
    return taken;
}

// --- Sending -----------------------------------------------------------------------------------------------------------

SimError SimEnd::Send(std::span<const ConstBytes> buffers, IoOperation& operation) {
    SC_VERIFY(send_ == nullptr);  // G3
    if (state_ != State::Connected) {
        return SimError::NotConnected;
    }
    const SimError error = finSent_ ? SimError::BrokenPipe : error_;
    if (error != SimError::None && kernel_.Strikes(SimFault::ErrorAtSubmit)) {
        return error;
    }
    send_ = &operation;
    pending_.assign(buffers.begin(), buffers.end());
    FinishSend();
    if (send_ != nullptr) {
        kernel_.CountPendedSend();
    }
    return SimError::None;
}

void SimEnd::FinishSend() {
    if (send_ == nullptr) {
        return;
    }
    if (error_ != SimError::None || finSent_) {
        Complete(send_, finSent_ ? SimError::BrokenPipe : error_);
        return;
    }
    std::size_t wanted = 0;
    for (const ConstBytes buffer : pending_) {
        wanted += buffer.size();
    }
    std::size_t count = std::min(wanted, capacity_ - unread_);
    if (count == 0) {
        return;
    }
    if (count > 1 && kernel_.Strikes(SimFault::ShortSend)) {
        count = kernel_.PartOf(count - 1);
    }
    unread_ += count;
    SimSegment segment{.kind = SimSegment::Kind::Data, .bytes = CopyPending(count)};
    Complete(send_, SimError::None, count);
    Transmit(std::move(segment));
}

std::vector<std::byte> SimEnd::CopyPending(std::size_t count) const {
    std::vector<std::byte> bytes;
    bytes.reserve(count);
    for (const ConstBytes buffer : pending_) {
        const ConstBytes part = buffer.first(std::min(buffer.size(), count - bytes.size()));
        bytes.insert(bytes.end(), part.begin(), part.end());
    }
    return bytes;
}

SimError SimEnd::ShutdownSend() {
    if (state_ != State::Connected) {
        return SimError::NotConnected;
    }
    if (error_ != SimError::None) {
        return error_;
    }
    if (!std::exchange(finSent_, true)) {
        FinishSend();
        Transmit({.kind = SimSegment::Kind::Fin, .bytes = {}});
    }
    return SimError::None;
}

// --- Ending ------------------------------------------------------------------------------------------------------------

void SimEnd::CancelAll() {
    if (state_ == State::Connecting) {
        state_ = State::Ended;
    }
    for (IoOperation** operation : {&connect_, &receive_, &send_}) {
        if (*operation != nullptr) {
            Complete(*operation, SimError::Cancelled);
        }
    }
}

void SimEnd::Close(bool reset) {
    CancelAll();
    const bool wasConnected = std::exchange(state_, State::Closed) == State::Connected;
    if (wasConnected && error_ == SimError::None) {
        if (reset || arrivedOffset_ < arrived_.size()) {
            Transmit({.kind = SimSegment::Kind::Reset, .bytes = {}});
        } else if (!finSent_) {
            Transmit({.kind = SimSegment::Kind::Fin, .bytes = {}});
        }
    }
    if (other_ != nullptr && other_->state_ == State::Closed) {
        other_->other_.reset();
        other_.reset();
    }
}

void SimEnd::Complete(IoOperation*& slot, SimError error, std::size_t bytes, std::vector<std::byte> data) {
    port_->Complete({.operation = std::exchange(slot, nullptr),
                     .subject = number_,
                     .error = error,
                     .bytes = bytes,
                     .data = std::move(data),
                     .accepted = nullptr});
}

}  // namespace servercore::platform
