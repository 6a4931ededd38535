#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/SmallMutex.h"
#include "ServerCore/Buffer/SendBuffer.h"
#include "ServerCore/Net/Admission.h"
#include "ServerCore/Net/CloseReason.h"
#include "ServerCore/Net/HoldCount.h"
#include "ServerCore/Net/IocpCore.h"
#include "ServerCore/Net/IocpEvent.h"
#include "ServerCore/Net/IocpObject.h"
#include "ServerCore/Net/IocpTimer.h"
#include "ServerCore/Net/Outbox.h"
#include "ServerCore/Net/SendBudget.h"
#include "ServerCore/Net/SendOptions.h"
#include "ServerCore/Net/SessionId.h"
#include "ServerCore/Net/SessionLimits.h"
#include "ServerCore/Net/SessionTotals.h"
#include "ServerCore/Platform/NetAddress.h"
#include "ServerCore/Platform/Socket.h"

namespace servercore {

class Session;

// The service, as its sessions see it.
class SessionHost {
public:
    // What the session has counted of its sends; the next call, or OnSessionClosed, counts from 0 again.
    virtual void OnSessionQuiet(const SessionTotals& totals) = 0;
    virtual void OnSessionClosed(Session& session, const CloseInfo& info, const SessionTotals& totals) = 0;
    virtual void OnCallbackException(const Session& session, std::string_view what) = 0;
    // Those of the present; they stay valid as long as the service, and others may be in force the next time.
    [[nodiscard]] virtual const SessionLimits& Limits() const noexcept = 0;
    [[nodiscard]] virtual FlushPolicy Flushing() const noexcept = 0;
    [[nodiscard]] virtual SendBudget& Budget() noexcept = 0;
    [[nodiscard]] virtual const Clock& GetClock() const noexcept = 0;

protected:
    ~SessionHost() = default;
};

// Connecting -> Open -> Draining -> Closing -> Closed; see Protocol/STATE-MACHINE.md.
enum class SessionState : std::uint8_t { Idle, Connecting, Open, Draining, Closing, Closed };

// One TCP connection. Derive from it (usually through PacketSession) and override the callbacks.
//
// Callbacks never overlap: OnConnected, then OnReceived any number of times, then OnDisconnected exactly once; or OnConnectFailed alone.
// They run on threads that dispatch the session's core, OnDisconnected never from inside another callback. One that throws ends this
// session with HandlerException and nothing else.
//
// Lifetime: the registry owns it; each operation in flight, and each call under way, is a hold. When closing has begun and the last hold is
// released, the session ends on its core's thread: socket closed, OnDisconnected, out of the registry.
//
// Threads: the public methods are safe from any.
class Session : public IocpObject {
public:
    Session() = default;
    ~Session() override;

    // Queues a packet; it leaves as the service's FlushPolicy says, together with what else was queued by then. Never blocks. Order per
    // calling thread is kept, but that a packet of class Latest may leave in the place of an older one.
    SendResult Send(SendBufferRef buffer, const SendOptions& options = {}) SC_EXCLUDES(mutex_);

    // Graceful: what was queued is sent, then FIN; waits for the peer's FIN until SessionLimits::drainTimeout. Nothing more is delivered to
    // OnReceived. The first reason given counts.
    void Close(CloseReason reason = CloseReason::LocalClose) SC_EXCLUDES(mutex_);

    // At once: discards the queue and resets the connection.
    void Abort(CloseReason reason) SC_EXCLUDES(mutex_);

    // Stops reading from the peer after the present packet, until ResumeReceiving: TCP then slows the peer down. For games whose own queue
    // for this session is long. Meanwhile silence is not held against the peer. A session that closes reads on by itself.
    void PauseReceiving() { CloseGate(kPausedByGame); }
    void ResumeReceiving() { OpenGate(kPausedByGame); }

    [[nodiscard]] SessionState State() const noexcept { return state_.load(); }
    [[nodiscard]] SessionId Id() const noexcept { return id_; }
    // Known before the first callback.
    [[nodiscard]] const NetAddress& PeerAddress() const noexcept { return peer_; }

    // For Service, in this order: Bind, SessionRegistry::Add (which assigns the id), then one Begin.
    void Bind(IocpCore& core, SessionHost& host, std::unique_ptr<platform::Socket> socket, const NetAddress& peer, AdmittedPlace place);
    void HeedNewLimits();
    [[nodiscard]] AdmittedPlace Place() const noexcept { return place_; }
    void AssignId(SessionId id) noexcept { id_ = id; }
    void BeginAccepted() { Begin(SessionState::Open); }
    void BeginConnect() { Begin(SessionState::Connecting); }

    void OnCompleted(IocpEvent& event, platform::IoResult& result) final;
    void OnPosted() final;
    void OnTurn() final;
    void OnTick() final;
    void OnTimer(TimePoint now) final;

protected:
    virtual void OnConnected() {}
    virtual void OnConnectFailed(const CloseInfo& /*info*/) {}
    // The bytes are valid during the call.
    virtual void OnReceived(ConstBytes bytes) = 0;
    // The send queue has passed SessionLimits::sendSoftBytes (true), or has shrunk to half of it again (false).
    virtual void OnSendBacklog(bool /*isHigh*/) {}
    // Nothing was received for SessionLimits::heartbeatInterval.
    virtual void OnHeartbeat() {}
    virtual void OnDisconnected(const CloseInfo& /*info*/) {}

    // For PacketSession: the host and its limits are known.
    virtual void OnBound() {}
    // For PacketSession, in the place of OnReceived. Returns how many of the bytes it has used up; when it stops before their end, because
    // its turn is over or receiving is paused, the rest is kept and offered again.
    // Precondition of the overrides: the activity of this thread has begun with "OnReceived".
    virtual std::size_t Consume(ConstBytes bytes);
    // For PacketSession, when the session has ended: what it has counted itself.
    virtual void AddTo(SessionTotals& /*totals*/) const {}
    // For PacketSession: a packet is complete.
    void CountReceivedPacket() noexcept { packetsReceived_.fetch_add(1, std::memory_order_relaxed); }
    // For PacketSession, after new bytes: part of a packet has come, `isNew`: its beginning was among these bytes.
    void SetPacketBegun(bool hasBegun, bool isNew);
    // For PacketSession: reads on at `time`, because the peer is over its budget.
    void ThrottleUntil(TimePoint time);
    [[nodiscard]] bool IsReceivingPaused() const noexcept { return (gate_.load() & kPauses) != 0; }
    [[nodiscard]] SessionHost& Host() const noexcept { return *host_; }

private:
    class Hold;
    enum class Departure : std::uint8_t { Now, EndOfBatch, AtTick, Later };

    // What only a session needs that sends now and then. Given back by one that has been silent for kKeepSending, so that an idle one is
    // small and a busy one does not allocate.
    struct Sending {
        IocpEvent event;
        Outbox outbox;
        SessionTotals totals;  // of what was sent; the session has told its host about all before
    };
    static constexpr std::chrono::seconds kKeepSending{10};

    // Bytes received and not yet used up.
    struct Unread {
        std::vector<std::byte> bytes;
        std::size_t offset = 0;
    };

    // Until what failed for lack of resources is tried again.
    static constexpr std::chrono::milliseconds kRetryPause{10};
    static constexpr TimePoint::rep kNever = TimePoint::max().time_since_epoch().count();

    // Why the receive chain rests, and that it does.
    static constexpr std::uint8_t kPausedByGame = 1;
    static constexpr std::uint8_t kThrottled = 2;
    static constexpr std::uint8_t kPauses = kPausedByGame | kThrottled;
    static constexpr std::uint8_t kResting = 4;

    void RequestPost();
    void ReleaseHold();

    // Session.cpp: beginning, ending, dispatch
    void Begin(SessionState state) SC_EXCLUDES(mutex_);
    void Start();
    void StartConnect();
    void CancelIfClosing();
    void BeginClosing(const CloseInfo& info, bool reset) SC_EXCLUDES(mutex_);
    void NoteCloseInfo(const CloseInfo& info) SC_REQUIRES(mutex_);
    void EndGracefully();
    void Finalise();
    void OnConnectCompleted(const platform::IoResult& result);
    [[nodiscard]] bool IsInCallback();
    template <class Callback>
    void Guarded(const char* name, Callback callback);
    void OnCallbackThrew();

    // SessionReceive.cpp
    void SubmitReceive();
    void OnReceiveError(std::error_code error);
    void OnReceiveCompleted(const platform::IoResult& result);
    void Deliver(ConstBytes bytes);
    [[nodiscard]] ConstBytes UnreadBytes() const noexcept;
    void ContinueReceiving();
    void OnPeerFinished();
    [[nodiscard]] bool RestIfPaused();
    void CloseGate(std::uint8_t pause);
    void OpenGate(std::uint8_t pause);

    // SessionSend.cpp
    [[nodiscard]] Departure PlanDeparture(bool urgent) SC_REQUIRES(mutex_);
    void NoteOutboxChange(const Outbox& outbox) SC_REQUIRES(mutex_);
    [[nodiscard]] bool IsBacklogHigh() const SC_REQUIRES(mutex_) { return sending_ != nullptr && sending_->outbox.IsHigh(); }
    void Pump() SC_EXCLUDES(mutex_);
    void GiveUpSending(TimePoint now) SC_EXCLUDES(mutex_);
    void FinishSendSide();
    void OnSendCompleted(const platform::IoResult& result);
    [[nodiscard]] bool HasBacklogNews() const noexcept;
    void TellBacklog();

    // SessionDeadlines.cpp
    void SetDeadline(std::chrono::milliseconds timeout) noexcept;
    [[nodiscard]] static TimePoint::rep DeadlineAfter(std::chrono::milliseconds timeout, TimePoint now) noexcept;
    void WakeByDeadline();
    void BeginListening();
    void WakeBy(TimePoint time);
    void CheckDeadlines(TimePoint now);
    void Beat(TimePoint now);
    [[nodiscard]] std::optional<CloseReason> Overdue(TimePoint now) const;
    [[nodiscard]] TimePoint NextDeadline(TimePoint now) const;
    [[nodiscard]] TimePoint IdleDeadline(TimePoint now) const;
    [[nodiscard]] TimePoint HeartbeatDue() const;

    // Fixed from Bind on.
    IocpCore* core_ = nullptr;
    SessionHost* host_ = nullptr;
    std::unique_ptr<platform::Socket> socket_;
    NetAddress peer_;
    SessionId id_;
    AdmittedPlace place_;
    bool attached_ = false;

    std::atomic<SessionState> state_ = SessionState::Idle;  // written under mutex_
    std::atomic<bool> startPending_ = false;
    std::atomic<bool> wasConnected_ = false;  // OnConnected was called
    std::atomic<bool> receiveStalled_ = false;
    std::atomic<bool> sendStalled_ = false;
    std::atomic<bool> backlogNews_ = false;  // OnSendBacklog has something to tell

    // Times as counts of Duration since the clock's epoch.
    std::atomic<TimePoint::rep> deadline_ = kNever;  // of the present state
    std::atomic<TimePoint::rep> packetDeadline_ = kNever;
    std::atomic<TimePoint::rep> sendDeadline_ = kNever;
    std::atomic<TimePoint::rep> throttledUntil_ = kNever;
    std::atomic<TimePoint::rep> lastReceived_ = 0;
    std::atomic<TimePoint::rep> lastHeartbeat_ = 0;
    std::atomic<TimePoint::rep> timerAt_ = kNever;
    IocpTimer timer_{*this};

    // Confined to the receive chain.
    std::unique_ptr<Unread> unread_;
    std::uint64_t bytesReceived_ = 0;
    std::uint64_t throttles_ = 0;
    std::atomic<std::uint64_t> packetsReceived_ = 0;

    IocpEvent receiveEvent_;  // also the connect, which precedes every receive

    HoldCount holds_;
    std::atomic<std::uint8_t> gate_ = 0;
    std::atomic<bool> mayGiveUpSending_ = false;  // there is a Sending

    // Held during callbacks, so that those that come by way of a post or a timer do not run beside OnReceived.
    SmallMutex callbackMutex_;

    SmallMutex mutex_;
    // Of the CloseInfo; one by one, because together they would leave gaps.
    CloseReason closeReason_ SC_GUARDED_BY(mutex_) = CloseReason::LocalClose;
    CloseInitiator closeInitiator_ SC_GUARDED_BY(mutex_) = CloseInitiator::Local;
    bool closedGracefully_ SC_GUARDED_BY(mutex_) = false;
    bool sendInFlight_ SC_GUARDED_BY(mutex_) = false;
    bool finSent_ SC_GUARDED_BY(mutex_) = false;
    bool finReceived_ SC_GUARDED_BY(mutex_) = false;
    bool tickPending_ SC_GUARDED_BY(mutex_) = false;
    bool backlogTold_ SC_GUARDED_BY(mutex_) = false;  // what OnSendBacklog said last
    std::error_code closeError_ SC_GUARDED_BY(mutex_);
    std::unique_ptr<Sending> sending_ SC_GUARDED_BY(mutex_);  // a send in flight keeps it
};

}  // namespace servercore
