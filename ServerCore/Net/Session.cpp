#include "ServerCore/Net/Session.h"

#include <array>
#include <span>
#include <utility>

#include "ServerCore/Base/Assert.h"

namespace servercore {

SessionTotals& SessionTotals::operator+=(const SessionTotals& other) noexcept {
    packetsQueued += other.packetsQueued;
    packetsSent += other.packetsSent;
    packetsAbandoned += other.packetsAbandoned;
    bytesSent += other.bytesSent;
    bytesReceived += other.bytesReceived;
    packetsReceived += other.packetsReceived;
    return *this;
}

namespace {

// Session::holds_ counts holds in steps of kOneHold and carries kPosted while a post is on its way.
constexpr int kPosted = 1;
constexpr int kOneHold = 2;

}  // namespace

// Keeps the session from ending while a call works on it. Empty when the session has already ended.
class Session::Hold {
public:
    explicit Hold(Session& session) : session_(session.TryHold() ? &session : nullptr) {}
    ~Hold() {
        if (session_ != nullptr) {
            session_->ReleaseHold();
        }
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

    explicit operator bool() const noexcept { return session_ != nullptr; }

private:
    Session* session_;
};

Session::~Session() {
    SC_ASSERT(State() == SessionState::Idle || State() == SessionState::Closed);
}

// --- Holds and the end -------------------------------------------------------------------------------------------------

bool Session::TryHold() noexcept {
    int holds = holds_.load();
    while (holds >= kOneHold) {
        if (holds_.compare_exchange_weak(holds, holds + kOneHold)) {
            return true;
        }
    }
    return false;
}

// Whoever releases the last hold sees to it that OnPosted comes, finds no hold and ends the session, outside of whatever callback is
// running here. Both in one step: once a post that is on its way may end the session, and with it the service, the core must not be
// touched.
void Session::ReleaseHold() {
    int before = holds_.load();
    while (!holds_.compare_exchange_weak(before, before == kOneHold ? kPosted : before - kOneHold)) {
    }
    if (before == kOneHold) {
        core_->Post(shared_from_this());
    }
}

// The caller has a hold.
void Session::RequestPost() {
    if ((holds_.fetch_or(kPosted) & kPosted) == 0) {
        core_->Post(shared_from_this());
    }
}

void Session::OnPosted() {
    holds_.fetch_and(~kPosted);  // before looking: whoever asks from now on posts again
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
    if (receiveStalled_.exchange(false)) {
        SubmitReceive();
    }
    Pump();
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
        totals_.packetsAbandoned += queue_.Clear();
        totals_.bytesReceived = bytesReceived_;
        totals_.packetsReceived = packetsReceived_.load();
        totals = totals_;
        info = closeInfo_;
    }
    socket_.reset();
    Guarded([&] {
        if (wasConnected_.load()) {
            OnDisconnected(info);
        } else {
            OnConnectFailed(info);
        }
    });
    host_->OnSessionClosed(*this, info, totals);
}

template <class Callback>
void Session::Guarded(Callback callback) {
    try {
        callback();
    } catch (...) {
        BeginClosing({.reason = CloseReason::HandlerException, .initiator = CloseInitiator::Local, .error = {}}, true);
    }
}

// --- Beginning ---------------------------------------------------------------------------------------------------------

void Session::Bind(IocpCore& core, SessionHost& host, std::unique_ptr<platform::Socket> socket, const NetAddress& peer) {
    SC_VERIFY(State() == SessionState::Idle);
    core_ = &core;
    host_ = &host;
    socket_ = std::move(socket);
    peer_ = peer;
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
    holds_.store(2 * kOneHold);   // one until closing begins, one for this function
    if (error) {
        BeginClosing(CloseInfoFor(error), true);
    } else {
        RequestPost();
    }
    ReleaseHold();
}

void Session::StartConnect() {
    holds_.fetch_add(kOneHold);
    const std::error_code error = core_->Connect(*socket_, peer_, sendEvent_, shared_from_this());
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
        deadline_.store(0);  // the first-packet deadline is for peers that came uninvited
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
    wasConnected_.store(true);
    Guarded([this] { OnConnected(); });
    SubmitReceive();
}

// --- Receiving ---------------------------------------------------------------------------------------------------------

void Session::SubmitReceive() {
    if (State() == SessionState::Closing) {
        return;
    }
    holds_.fetch_add(kOneHold);
    const std::error_code error = core_->Receive(*socket_, receiveEvent_, shared_from_this());
    if (!error) {
        CancelIfClosing();
        return;
    }
    if (IsResourceShortage(error)) {
        receiveStalled_.store(true);  // CheckDeadlines asks again
    } else {
        BeginClosing(CloseInfoFor(error), true);
    }
    ReleaseHold();
}

// A submit that raced with BeginClosing came after its cancel, and would wait for the peer for ever.
void Session::CancelIfClosing() {
    if (State() == SessionState::Closing) {
        core_->Cancel(*socket_);
    }
}

void Session::OnReceiveCompleted(const platform::IoResult& result) {
    if (result.error) {
        BeginClosing(CloseInfoFor(result.error), true);
        return;
    }
    if (result.bytes == 0) {
        OnPeerFinished();
        return;
    }
    lastReceived_.store(Host().GetClock().Now().time_since_epoch().count(), std::memory_order_relaxed);
    bytesReceived_ += result.bytes;
    if (State() == SessionState::Open) {
        Guarded([&] { OnReceived(result.data); });
    }
    SubmitReceive();  // also while draining: reading to the end of the stream is what makes the close graceful
}

void Session::OnPeerFinished() {
    bool finished = false;
    {
        MutexLock lock(mutex_);
        finReceived_ = true;
        if (State() == SessionState::Open) {
            closeInfo_ = {.reason = CloseReason::PeerClosed, .initiator = CloseInitiator::Peer, .error = {}};
            SetDeadline(Host().Limits().drainTimeout);
            state_.store(SessionState::Draining);
        }
        finished = finSent_;
    }
    if (finished) {
        EndGracefully();
    } else {
        Pump();  // what is queued still goes out: the peer may have closed only its half
    }
}

// --- Sending -----------------------------------------------------------------------------------------------------------

SendResult Session::Send(SendBufferRef buffer) {
    const Hold hold(*this);
    if (!hold) {
        return SendResult::Closed;
    }
    bool overflow = false;
    {
        MutexLock lock(mutex_);
        if (State() != SessionState::Open) {
            return SendResult::Closed;
        }
        overflow = queue_.Bytes() + buffer->Size() > Host().Limits().sendQueueBytes;
        if (!overflow) {
            queue_.Push(std::move(buffer));
            ++totals_.packetsQueued;
            if (sendInFlight_) {
                return SendResult::Queued;  // its completion takes this packet along
            }
        }
    }
    if (overflow) {
        BeginClosing({.reason = CloseReason::SlowConsumer, .initiator = CloseInitiator::Local, .error = {}}, true);
        return SendResult::QueueFull;
    }
    RequestPost();
    return SendResult::Queued;
}

// Sends what is queued unless a send is in flight; once a draining session's queue is empty, sends FIN. The caller has a hold.
void Session::Pump() {
    std::array<ConstBytes, platform::IoBackend::kMaxGather> views;
    std::size_t count = 0;
    {
        MutexLock lock(mutex_);
        const SessionState state = State();
        if (sendInFlight_ || (state != SessionState::Open && state != SessionState::Draining)) {
            return;
        }
        if (!queue_.IsEmpty()) {
            count = queue_.Gather(views);
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

    holds_.fetch_add(kOneHold);
    const std::error_code error = core_->Send(*socket_, std::span(views).first(count), sendEvent_, shared_from_this());
    if (!error) {
        CancelIfClosing();
        return;
    }
    {
        MutexLock lock(mutex_);
        sendInFlight_ = false;
    }
    if (IsResourceShortage(error)) {
        sendStalled_.store(true);  // everything stays queued; CheckDeadlines asks again
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
        totals_.bytesSent += result.bytes;
        totals_.packetsSent += queue_.Consume(result.bytes);
    }
    if (result.error) {
        BeginClosing(CloseInfoFor(result.error), true);
    } else {
        Pump();  // the tail of a short send, and what came meanwhile
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
            closeInfo_ = info;
            SetDeadline(Host().Limits().drainTimeout);
            state_.store(SessionState::Draining);
        }
    }
    if (abort) {
        BeginClosing(info, true);
    } else if (drain) {
        RequestPost();  // only once: a service that stops calls Close again and again, and each post is a wake
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
            closeInfo_.error = info.error;
            closeInfo_.graceful = info.graceful;
        } else {
            closeInfo_ = info;
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

// Both sides have finished; the reason is the one that draining began with.
void Session::EndGracefully() {
    BeginClosing({.reason = CloseReason::PeerClosed, .initiator = CloseInitiator::Peer, .error = {}, .graceful = true}, false);
}

// Before the state that it is for: CheckDeadlines reads the state first, and must not take the old deadline for the new state's.
void Session::SetDeadline(std::chrono::milliseconds timeout) noexcept {
    const bool none = timeout == std::chrono::milliseconds::zero();
    deadline_.store(none ? 0 : (Host().GetClock().Now() + timeout).time_since_epoch().count());
}

void Session::CheckDeadlines(TimePoint now) {
    const Hold hold(*this);
    if (!hold) {
        return;
    }
    if (sendStalled_.exchange(false) || receiveStalled_.load()) {
        RequestPost();
    }
    const CloseInitiator local = CloseInitiator::Local;
    const SessionState state = State();
    const TimePoint::rep deadline = deadline_.load();
    const bool deadlineMet = state == SessionState::Open && packetsReceived_.load(std::memory_order_relaxed) > 0;
    if (deadline != 0 && !deadlineMet && now.time_since_epoch().count() >= deadline) {
        const CloseReason reason = state == SessionState::Connecting ? CloseReason::ConnectTimeout : CloseReason::FirstPacketTimeout;
        BeginClosing({.reason = reason, .initiator = local, .error = {}}, true);
        return;
    }
    const std::chrono::milliseconds idleTimeout = Host().Limits().idleTimeout;
    const TimePoint lastReceived{Duration(lastReceived_.load(std::memory_order_relaxed))};
    if (state == SessionState::Open && idleTimeout > std::chrono::milliseconds::zero() && now - lastReceived >= idleTimeout) {
        BeginClosing({.reason = CloseReason::IdleTimeout, .initiator = local, .error = {}}, true);
    }
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
