// The send side of a session: what is queued leaves in one send at a time.
#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "ServerCore/Net/Session.h"
#include "ServerCore/Net/SessionHold.h"

namespace servercore {

SendResult Session::Send(SendBufferRef buffer, const SendOptions& options) {
    const Hold hold(*this);
    if (!hold) {
        return SendResult::Closed;
    }
    SendResult result = SendResult::Closed;
    bool hasMemory = true;
    Departure departure = Departure::Later;
    {
        MutexLock lock(mutex_);
        if (State() != SessionState::Open) {
            return SendResult::Closed;
        }
        try {
            if (sending_ == nullptr) {
                sending_ = std::make_unique<Sending>();
                mayGiveUpSending_.store(true);
            }
            result = sending_->outbox.Offer(std::move(buffer), options, Host().Limits(), Host().Budget(), Host().GetClock().Now());
        } catch (const std::bad_alloc&) {
            hasMemory = false;
            result = options.packetClass == PacketClass::Reliable ? SendResult::Closed : SendResult::Dropped;
        }
        if (sending_ != nullptr) {
            SessionTotals& totals = sending_->totals;
            totals.packetsQueued += IsQueued(result) ? 1U : 0U;
            totals.packetsReplaced += result == SendResult::Replaced ? 1U : 0U;
            totals.packetsDropped += result == SendResult::Dropped ? 1U : 0U;
        }
        if (IsQueued(result)) {
            departure = PlanDeparture(options.urgent);
            NoteOutboxChange(sending_->outbox);
        }
    }
    if (result == SendResult::QueueFull) {
        BeginClosing({.reason = CloseReason::SlowConsumer, .initiator = CloseInitiator::Local, .error = {}}, true);
        return result;
    }
    if (!hasMemory && result == SendResult::Closed) {  // a stream with a gap is worth nothing
        BeginClosing({.reason = CloseReason::ResourceExhausted, .initiator = CloseInitiator::System, .error = {}}, true);
        return result;
    }
    switch (departure) {
        case Departure::Now: Pump(); break;
        case Departure::EndOfBatch: RequestPost(); break;
        case Departure::AtTick: core_->PostAtTick(shared_from_this()); break;
        case Departure::Later: break;
    }
    if (HasBacklogNews()) {
        RequestPost();
    }
    return result;
}

// What has to be done for the packet queued last. There is a Sending.
Session::Departure Session::PlanDeparture(bool urgent) {
    if (urgent) {
        sending_->outbox.Flush();
    } else if (Host().Flushing() == FlushPolicy::Tick) {
        return std::exchange(tickPending_, true) ? Departure::Later : Departure::AtTick;
    }
    if (sendInFlight_) {
        return Departure::Later;  // its completion takes this packet along
    }
    return urgent && wasConnected_.load() ? Departure::Now : Departure::EndOfBatch;
}

// What others look at without the lock.
void Session::NoteOutboxChange(const Outbox& outbox) {
    sendDeadline_.store(outbox.Deadline(Host().Limits()).time_since_epoch().count());
    backlogNews_.store(outbox.IsHigh() != backlogTold_);
}

void Session::OnTick() {
    const Hold hold(*this);
    if (!hold) {
        return;
    }
    {
        MutexLock lock(mutex_);
        tickPending_ = false;
        if (sending_ != nullptr) {
            sending_->outbox.Flush();
        }
    }
    Pump();
}

// Sends what is due unless a send is in flight; once a draining session's queue is empty, sends FIN. The caller has a hold.
void Session::Pump() {
    std::array<ConstBytes, platform::IoBackend::kMaxGather> views;
    std::size_t count = 0;
    IocpEvent* event = nullptr;
    TimePoint wakeBy = TimePoint::max();
    {
        MutexLock lock(mutex_);
        const SessionState state = State();
        if (sendInFlight_ || !wasConnected_.load() || (state != SessionState::Open && state != SessionState::Draining)) {
            return;
        }
        if (sending_ != nullptr && (state == SessionState::Draining || Host().Flushing() == FlushPolicy::EndOfBatch)) {
            sending_->outbox.Flush();
        }
        if (sending_ != nullptr && sending_->outbox.HasDue()) {
            count = sending_->outbox.Gather(views);
            event = &sending_->event;
            wakeBy = std::min(sending_->outbox.Deadline(Host().Limits()), sending_->outbox.BusySince() + kKeepSending);
            sendInFlight_ = true;
        } else if (state == SessionState::Open || finSent_) {
            return;
        } else {
            finSent_ = true;
        }
    }
    if (count == 0) {
        FinishSendSide();
        return;
    }

    holds_.Take();
    WakeBy(wakeBy);
    const std::error_code error = core_->Send(*socket_, std::span(views).first(count), *event, shared_from_this());
    if (!error) {
        CancelIfClosing();
        return;
    }
    {
        MutexLock lock(mutex_);
        sendInFlight_ = false;
        (void)sending_->outbox.Consume(0, Host().Budget(), Host().GetClock().Now());
    }
    if (IsResourceShortage(error)) {
        sendStalled_.store(true);  // everything stays queued
        WakeBy(Host().GetClock().Now() + kRetryPause);
    } else {
        BeginClosing(CloseInfoFor(error), true);
    }
    ReleaseHold();
}

void Session::GiveUpSending(TimePoint now) {
    if (!mayGiveUpSending_.load()) {
        return;
    }
    std::unique_ptr<Sending> given;
    {
        MutexLock lock(mutex_);
        if (sending_ == nullptr || sendInFlight_ || !sending_->outbox.IsEmpty() || now < sending_->outbox.BusySince() + kKeepSending) {
            return;
        }
        given = std::move(sending_);
        mayGiveUpSending_.store(false);
    }
    Host().OnSessionQuiet(given->totals);
}

void Session::FinishSendSide() {
    if (const std::error_code error = socket_->ShutdownSend()) {
        BeginClosing(CloseInfoFor(error), true);
        return;
    }
    bool finished = false;
    {
        MutexLock lock(mutex_);
        finished = finReceived_;
    }
    if (finished) {
        EndGracefully();
    }
}

void Session::OnSendCompleted(const platform::IoResult& result) {
    {
        MutexLock lock(mutex_);
        sendInFlight_ = false;
        auto& [event, outbox, totals] = *sending_;
        ++totals.sends;
        totals.bytesSent += result.bytes;
        totals.packetsSent += outbox.Consume(result.bytes, Host().Budget(), Host().GetClock().Now());
        NoteOutboxChange(outbox);
    }
    if (result.error) {
        BeginClosing(CloseInfoFor(result.error), true);
    } else {
        Pump();  // the tail of a short send, and what came meanwhile
    }
    TellBacklog();
}

// --- Telling the game about a backlog ----------------------------------------------------------------------------------

bool Session::HasBacklogNews() const noexcept {
    return backlogNews_.load() && State() == SessionState::Open && wasConnected_.load();
}

// Not beside another callback: whoever runs one looks here when it is done.
void Session::TellBacklog() {
    while (HasBacklogNews() && !IsInCallback()) {
        Guarded("OnSendBacklog", [this] {
            bool isHigh = false;
            {
                MutexLock lock(mutex_);
                isHigh = IsBacklogHigh();
                backlogNews_.store(false);
                if (std::exchange(backlogTold_, isHigh) == isHigh) {
                    return;
                }
            }
            OnSendBacklog(isHigh);
        });
    }
}

}  // namespace servercore
