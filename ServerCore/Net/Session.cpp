#include "ServerCore/Net/Session.h"

#include <exception>
#include <new>
#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Net/SessionHold.h"

namespace servercore {

Session::~Session() {
    SC_ASSERT(State() == SessionState::Idle || State() == SessionState::Closed);
}

// --- Beginning ---------------------------------------------------------------------------------------------------------

void Session::Bind(IocpCore& core, SessionHost& host, std::unique_ptr<platform::Socket> socket, const NetAddress& peer,
                   AdmittedPlace place) {
    SC_VERIFY(State() == SessionState::Idle);
    core_ = &core;
    host_ = &host;
    socket_ = std::move(socket);
    peer_ = peer;
    place_ = place;
    OnBound();
}

// The rest happens on the core's own thread.
void Session::Begin(SessionState state) {
    SC_VERIFY(State() == SessionState::Idle && core_ != nullptr);
    lastReceived_.store(Host().GetClock().Now().time_since_epoch().count());
    SetDeadline(state == SessionState::Connecting ? Host().Limits().connectTimeout : Host().Limits().firstPacketTimeout);
    {
        MutexLock lock(mutex_);
        state_.store(state);
    }
    // Before there are holds: from then on another thread may close this session, and only an attached socket can be cancelled.
    const std::error_code error = core_->Attach(*socket_);
    attached_ = !error;
    startPending_.store(!error);  // also before: a Send that comes first must not leave before OnConnected
    holds_.Start(2);              // one until closing begins, one for this function
    if (error) {
        BeginClosing(CloseInfoFor(error), true);
    } else {
        WakeByDeadline();
        RequestPost();
    }
    ReleaseHold();
}

void Session::StartConnect() {
    holds_.Take();
    const std::error_code error = core_->Connect(*socket_, peer_, receiveEvent_, shared_from_this());
    if (!error) {
        CancelIfClosing();
        return;
    }
    BeginClosing({.reason = CloseReason::ConnectFailed, .initiator = CloseInitiator::System, .error = error}, true);
    ReleaseHold();
}

void Session::OnConnectCompleted(const platform::IoResult& result) {
    if (result.error) {
        BeginClosing({.reason = CloseReason::ConnectFailed, .initiator = CloseInitiator::Peer, .error = result.error}, true);
        return;
    }
    // TCP lets a socket connect to itself when its own ephemeral port is the one it dials; it would echo our packets back.
    const Result<NetAddress> local = socket_->LocalAddress();
    if (local && *local == peer_) {
        BeginClosing({.reason = CloseReason::SelfConnect, .initiator = CloseInitiator::System, .error = {}}, true);
        return;
    }
    {
        MutexLock lock(mutex_);
        if (State() != SessionState::Connecting) {
            return;
        }
        deadline_.store(kNever);  // the first-packet deadline is for peers that came uninvited
        lastReceived_.store(Host().GetClock().Now().time_since_epoch().count());
        state_.store(SessionState::Open);
    }
    Start();
}

// The connection is open and attached.
void Session::Start() {
    if (State() == SessionState::Closing) {
        return;
    }
    // Without it, Nagle's algorithm holds small packets back. A failure means that the connection is gone: the first receive tells.
    (void)socket_->SetOption(platform::SocketOption::NoDelay, 1);
    Guarded("OnConnected", [this] {
        wasConnected_.store(true);
        OnConnected();
    });
    TellBacklog();
    BeginListening();
    SubmitReceive();
}

// --- Holds and the end -------------------------------------------------------------------------------------------------

// The caller has a hold.
void Session::RequestPost() {
    if (holds_.RequestPost()) {
        core_->Post(shared_from_this());
    }
}

// The last one gone, OnPosted finds no hold and ends the session, outside of whatever callback is running here.
void Session::ReleaseHold() {
    if (holds_.Release()) {
        core_->Post(shared_from_this());
    }
}

void Session::OnPosted() {
    holds_.TakePosted();  // before looking
    const Hold hold(*this);
    if (!hold) {
        Finalise();
        return;
    }
    if (startPending_.exchange(false)) {
        if (State() == SessionState::Connecting) {
            StartConnect();
        } else {
            Start();
        }
    }
    Pump();
    TellBacklog();
}

void Session::Finalise() {
    CloseInfo info;
    SessionTotals totals;
    {
        MutexLock lock(mutex_);
        if (State() == SessionState::Closed) {
            return;
        }
        SC_ASSERT(State() == SessionState::Closing);
        state_.store(SessionState::Closed);
        if (sending_ != nullptr) {
            totals = sending_->totals;
            totals.packetsAbandoned = sending_->outbox.Clear(Host().Budget());
        }
        totals.bytesReceived = bytesReceived_;
        totals.packetsReceived = packetsReceived_.load();
        totals.throttles = throttles_;
        info = {.reason = closeReason_, .initiator = closeInitiator_, .error = closeError_, .graceful = closedGracefully_};
    }
    AddTo(totals);
    core_->CancelTimer(timer_);
    socket_.reset();
    Guarded("OnDisconnected", [&] {
        if (wasConnected_.load()) {
            OnDisconnected(info);
        } else {
            OnConnectFailed(info);
        }
    });
    host_->OnSessionClosed(*this, info, totals);
}

// A look from outside of callbacks; another thread may be in one.
bool Session::IsInCallback() {
    if (!callbackMutex_.try_lock()) {
        return true;
    }
    callbackMutex_.unlock();
    return false;
}

void Session::OnCallbackThrew() {
    CloseReason reason = CloseReason::HandlerException;
    try {
        throw;
    } catch (const std::bad_alloc& exception) {
        reason = CloseReason::ResourceExhausted;
        Host().OnCallbackException(*this, exception.what());
    } catch (const std::exception& exception) {
        Host().OnCallbackException(*this, exception.what());
    } catch (...) {
        Host().OnCallbackException(*this, "something that is no std::exception");
    }
    Abort(reason);
}

// A submit that raced with BeginClosing came after its cancel, and would wait for the peer for ever.
void Session::CancelIfClosing() {
    if (State() == SessionState::Closing) {
        core_->Cancel(*socket_);
    }
}

// --- Closing -----------------------------------------------------------------------------------------------------------

void Session::Close(CloseReason reason) {
    const Hold hold(*this);
    if (!hold) {
        return;
    }
    const CloseInfo info{.reason = reason, .initiator = CloseInitiator::Local, .error = {}};
    bool abort = false;
    bool drain = false;
    {
        MutexLock lock(mutex_);
        abort = State() == SessionState::Connecting;
        drain = State() == SessionState::Open;
        if (drain) {
            NoteCloseInfo(info);
            SetDeadline(Host().Limits().drainTimeout);
            state_.store(SessionState::Draining);
        }
    }
    if (abort) {
        BeginClosing(info, true);
    } else if (drain) {
        WakeByDeadline();
        OpenGate(kPauses);  // the peer's FIN lies behind what it has sent
        RequestPost();      // only once: a service that stops calls Close again and again, and each post is a wake
    }
}

void Session::Abort(CloseReason reason) {
    const Hold hold(*this);
    if (hold) {
        BeginClosing({.reason = reason, .initiator = CloseInitiator::Local, .error = {}}, true);
    }
}

// The one way into Closing. The caller has a hold, so the socket is there. A reason given by an earlier Close is kept.
void Session::BeginClosing(const CloseInfo& info, bool reset) {
    {
        MutexLock lock(mutex_);
        const SessionState state = State();
        if (state == SessionState::Closing || state == SessionState::Closed) {
            return;
        }
        if (state == SessionState::Draining) {
            closeError_ = info.error;
            closedGracefully_ = info.graceful;
        } else {
            NoteCloseInfo(info);
        }
        state_.store(SessionState::Closing);
    }
    if (reset) {
        socket_->AbortOnClose();
    }
    if (attached_) {
        core_->Cancel(*socket_);
    }
    ReleaseHold();  // the one of Begin
}

void Session::NoteCloseInfo(const CloseInfo& info) {
    closeReason_ = info.reason;
    closeInitiator_ = info.initiator;
    closeError_ = info.error;
    closedGracefully_ = info.graceful;
}

// Both sides have finished; the reason is the one that draining began with.
void Session::EndGracefully() {
    BeginClosing({.reason = CloseReason::PeerClosed, .initiator = CloseInitiator::Peer, .error = {}, .graceful = true}, false);
}

// --- Dispatch ----------------------------------------------------------------------------------------------------------

void Session::OnCompleted(IocpEvent& event, platform::IoResult& result) {
    switch (event.Type()) {
        case EventType::Connect: OnConnectCompleted(result); break;
        case EventType::Receive: OnReceiveCompleted(result); break;
        case EventType::Send: OnSendCompleted(result); break;
        case EventType::Accept:
        case EventType::None: SC_VERIFY(false); break;
    }
    ReleaseHold();  // the operation's own
}

}  // namespace servercore
