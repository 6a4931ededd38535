// The receive chain of a session: one receive after the other, what arrives handed to the game in turns, rests while receiving is paused.
#include <algorithm>

#include "ServerCore/Net/Session.h"
#include "ServerCore/Net/SessionHold.h"

namespace servercore {

void Session::SubmitReceive() {
    if (State() == SessionState::Closing || RestIfPaused()) {
        return;
    }
    holds_.Take();
    const std::error_code error = core_->Receive(*socket_, receiveEvent_, shared_from_this());
    if (!error) {
        CancelIfClosing();
        return;
    }
    OnReceiveError(error);
    ReleaseHold();
}

void Session::OnReceiveError(std::error_code error) {
    if (IsResourceShortage(error)) {
        receiveStalled_.store(true);
        WakeBy(Host().GetClock().Now() + kRetryPause);
    } else {
        BeginClosing(CloseInfoFor(error), true);
    }
}

void Session::OnReceiveCompleted(const platform::IoResult& result) {
    if (result.error) {
        OnReceiveError(result.error);
        return;
    }
    if (result.bytes == 0) {
        OnPeerFinished();
        return;
    }
    lastReceived_.store(Host().GetClock().Now().time_since_epoch().count(), std::memory_order_relaxed);
    bytesReceived_ += result.bytes;
    if (State() == SessionState::Open) {
        Deliver(result.data);
    }
    ContinueReceiving();
}

// `bytes` are new, or the rest of unread_.
void Session::Deliver(ConstBytes bytes) {
    const bool isRest = unread_ != nullptr && !unread_->bytes.empty();
    Guarded("OnReceived", [&] {
        const std::size_t used = Consume(bytes);
        if (isRest) {
            unread_->offset += used;
        } else if (used < bytes.size() && State() == SessionState::Open) {  // nobody reads on in a session that ends
            if (unread_ == nullptr) {
                unread_ = std::make_unique<Unread>();
            }
            unread_->bytes.assign(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end());
        }
    });
    TellBacklog();
}

std::size_t Session::Consume(ConstBytes bytes) {
    OnReceived(bytes);
    return bytes.size();
}

ConstBytes Session::UnreadBytes() const noexcept {
    return unread_ == nullptr ? ConstBytes() : ConstBytes(unread_->bytes).subspan(unread_->offset);
}

// Also while draining: reading to the end of the stream is what makes the close graceful.
void Session::ContinueReceiving() {
    if (!UnreadBytes().empty() && State() == SessionState::Open) {
        if (!RestIfPaused()) {
            core_->PostTurn(shared_from_this());
        }
        return;
    }
    if (unread_ != nullptr && unread_->offset > 0) {
        unread_->bytes.clear();  // keeps its memory: this peer sends more than one turn's work at a time
        unread_->offset = 0;
    } else {
        unread_.reset();
    }
    SubmitReceive();
}

void Session::OnTurn() {
    const Hold hold(*this);
    if (!hold) {
        return;
    }
    if (const ConstBytes unread = UnreadBytes(); !unread.empty() && State() == SessionState::Open) {
        Deliver(unread);
    }
    ContinueReceiving();
}

void Session::OnPeerFinished() {
    bool finished = false;
    {
        MutexLock lock(mutex_);
        finReceived_ = true;
        if (State() == SessionState::Open) {
            NoteCloseInfo({.reason = CloseReason::PeerClosed, .initiator = CloseInitiator::Peer, .error = {}});
            SetDeadline(Host().Limits().drainTimeout);
            state_.store(SessionState::Draining);
        }
        finished = finSent_;
    }
    if (finished) {
        EndGracefully();
    } else {
        WakeByDeadline();
        Pump();  // what is queued still goes out: the peer may have closed only its half
    }
}

// --- Pausing -----------------------------------------------------------------------------------------------------------

// True: the chain rests, and whoever lifts the last pause goes on with it.
bool Session::RestIfPaused() {
    std::uint8_t gate = gate_.load();
    do {
        if ((gate & kPauses) == 0 || State() != SessionState::Open) {
            return false;
        }
    } while (!gate_.compare_exchange_weak(gate, gate | kResting));
    // A close that came between has lifted the pauses already, or will find the chain resting.
    return State() == SessionState::Open || (gate_.fetch_and(static_cast<std::uint8_t>(~kResting)) & kResting) == 0;
}

void Session::CloseGate(std::uint8_t pause) {
    gate_.fetch_or(pause);
}

void Session::OpenGate(std::uint8_t pause) {
    const Hold hold(*this);
    std::uint8_t gate = gate_.load();
    if (hold && (gate & kResting) != 0) {
        BeginListening();  // before the gate opens: a timer that finds it open must not take the silence until now for the peer's
    }
    std::uint8_t after = 0;
    do {
        after = gate & static_cast<std::uint8_t>(~pause);
        if ((after & kPauses) == 0) {
            after = 0;
        }
    } while (!gate_.compare_exchange_weak(gate, after));
    const bool goesOn = (gate & kResting) != 0 && after == 0;
    if (hold && goesOn) {
        WakeBy(NextDeadline(Host().GetClock().Now()));
        core_->PostTurn(shared_from_this());
    }
}

void Session::ThrottleUntil(TimePoint time) {
    ++throttles_;
    throttledUntil_.store(time.time_since_epoch().count());
    CloseGate(kThrottled);
    WakeBy(time);
}

}  // namespace servercore
