// The send side of a session: what is queued leaves in one send at a time.
#include <array>
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
            result = outbox_.Offer(std::move(buffer), options, Host().Limits(), Host().Budget(), Host().GetClock().Now());
        } catch (const std::bad_alloc&) {
            hasMemory = false;
            result = options.packetClass == PacketClass::Reliable ? SendResult::Closed : SendResult::Dropped;
        }
        totals_.packetsQueued += IsQueued(result) ? 1U : 0U;
        totals_.packetsReplaced += result == SendResult::Replaced ? 1U : 0U;
        totals_.packetsDropped += result == SendResult::Dropped ? 1U : 0U;
        if (IsQueued(result)) {
            departure = PlanDeparture(options.urgent);
            NoteOutboxChange();
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

// What has to be done for the packet queued last.
Session::Departure Session::PlanDeparture(bool urgent) {
    if (urgent) {
        outbox_.Flush();
    } else if (Host().Flushing() == FlushPolicy::Tick) {
        return std::exchange(tickPending_, true) ? Departure::Later : Departure::AtTick;
    }
    if (sendInFlight_) {
        return Departure::Later;  // its completion takes this packet along
    }
    return urgent && wasConnected_.load() ? Departure::Now : Departure::EndOfBatch;
}

// What others look at without the lock.
void Session::NoteOutboxChange() {
    sendDeadline_.store(outbox_.Deadline(Host().Limits()).time_since_epoch().count());
    backlogNews_.store(outbox_.IsHigh() != backlogTold_);
}

void Session::OnTick() {
    const Hold hold(*this);
    if (!hold) {
        return;
    }
    {
        MutexLock lock(mutex_);
        tickPending_ = false;
        outbox_.Flush();
    }
    Pump();
}

// Sends what is due unless a send is in flight; once a draining session's queue is empty, sends FIN. The caller has a hold.
void Session::Pump() {
    std::array<ConstBytes, platform::IoBackend::kMaxGather> views;
    std::size_t count = 0;
    {
        MutexLock lock(mutex_);
        const SessionState state = State();
        if (sendInFlight_ || !wasConnected_.load() || (state != SessionState::Open && state != SessionState::Draining)) {
            return;
        }
        if (state == SessionState::Draining || Host().Flushing() == FlushPolicy::EndOfBatch) {
            outbox_.Flush();
        }
        if (outbox_.HasDue()) {
            count = outbox_.Gather(views);
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
    WakeBy(TimePoint(Duration(sendDeadline_.load())));
    const std::error_code error = core_->Send(*socket_, std::span(views).first(count), sendEvent_, shared_from_this());
    if (!error) {
        CancelIfClosing();
        return;
    }
    {
        MutexLock lock(mutex_);
        sendInFlight_ = false;
        (void)outbox_.Consume(0, Host().Budget(), Host().GetClock().Now());
    }
    if (IsResourceShortage(error)) {
        sendStalled_.store(true);  // everything stays queued
        WakeBy(Host().GetClock().Now() + kRetryPause);
    } else {
        BeginClosing(CloseInfoFor(error), true);
    }
    ReleaseHold();
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
        ++totals_.sends;
        totals_.bytesSent += result.bytes;
        totals_.packetsSent += outbox_.Consume(result.bytes, Host().Budget(), Host().GetClock().Now());
        NoteOutboxChange();
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
    while (HasBacklogNews() && callbackMutex_.try_lock()) {
        callbackMutex_.unlock();
        Guarded("OnSendBacklog", [this] {
            bool isHigh = false;
            {
                MutexLock lock(mutex_);
                isHigh = outbox_.IsHigh();
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
