#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Buffer/SendBuffer.h"
#include "ServerCore/Net/CloseReason.h"
#include "ServerCore/Net/IocpCore.h"
#include "ServerCore/Net/IocpEvent.h"
#include "ServerCore/Net/IocpObject.h"
#include "ServerCore/Net/SendQueue.h"
#include "ServerCore/Net/SessionId.h"
#include "ServerCore/Net/SessionLimits.h"
#include "ServerCore/Platform/NetAddress.h"
#include "ServerCore/Platform/Socket.h"

namespace servercore {

class Session;

// What a session counted in its life.
struct SessionTotals {
    std::uint64_t packetsQueued = 0;     // Send said Queued
    std::uint64_t packetsSent = 0;       // taken whole by the operating system
    std::uint64_t packetsAbandoned = 0;  // queued, and still there when the session ended
    std::uint64_t bytesSent = 0;
    std::uint64_t bytesReceived = 0;
    std::uint64_t packetsReceived = 0;

    SessionTotals& operator+=(const SessionTotals& other) noexcept;
};

// The service, as its sessions see it.
class SessionHost {
public:
    virtual void OnSessionClosed(Session& session, const CloseInfo& info, const SessionTotals& totals) = 0;
    [[nodiscard]] virtual const SessionLimits& Limits() const noexcept = 0;
    [[nodiscard]] virtual const Clock& GetClock() const noexcept = 0;

protected:
    ~SessionHost() = default;
};

enum class SendResult : std::uint8_t {
    Queued,
    Closed,     // not open, or no longer
    QueueFull,  // the hard limit was hit: the packet was not queued, and the session is ending with SlowConsumer
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

    // Queues a packet; it leaves at the end of the current batch of the session's core, together with what else was queued by then.
    // Never blocks. Order per calling thread is kept.
    SendResult Send(SendBufferRef buffer) SC_EXCLUDES(mutex_);

    // Graceful: what was queued is sent, then FIN; waits for the peer's FIN until SessionLimits::drainTimeout. Nothing more is delivered to
    // OnReceived. The first reason given counts.
    void Close(CloseReason reason = CloseReason::LocalClose) SC_EXCLUDES(mutex_);

    // At once: discards the queue and resets the connection.
    void Abort(CloseReason reason) SC_EXCLUDES(mutex_);

    [[nodiscard]] SessionState State() const noexcept { return state_.load(); }
    [[nodiscard]] SessionId Id() const noexcept { return id_; }
    // Known before the first callback.
    [[nodiscard]] const NetAddress& PeerAddress() const noexcept { return peer_; }

    // For Service, in this order: Bind, SessionRegistry::Add (which assigns the id), then one Begin.
    void Bind(IocpCore& core, SessionHost& host, std::unique_ptr<platform::Socket> socket, const NetAddress& peer);
    void AssignId(SessionId id) noexcept { id_ = id; }
    void BeginAccepted() { Begin(SessionState::Open); }
    void BeginConnect() { Begin(SessionState::Connecting); }
    // For Service, every so often: deadlines that have passed, and what was put off for lack of resources.
    void CheckDeadlines(TimePoint now) SC_EXCLUDES(mutex_);

    void OnCompleted(IocpEvent& event, platform::IoResult& result) final;
    void OnPosted() final;

protected:
    virtual void OnConnected() {}
    virtual void OnConnectFailed(const CloseInfo& /*info*/) {}
    // The bytes are valid during the call.
    virtual void OnReceived(ConstBytes bytes) = 0;
    virtual void OnDisconnected(const CloseInfo& /*info*/) {}

    // For PacketSession: a packet is complete.
    void CountReceivedPacket() noexcept { packetsReceived_.fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] SessionHost& Host() const noexcept { return *host_; }

private:
    class Hold;

    [[nodiscard]] bool TryHold() noexcept;
    void ReleaseHold();
    void RequestPost();

    void Begin(SessionState state) SC_EXCLUDES(mutex_);
    void Start();
    void StartConnect();
    void SubmitReceive();
    void Pump() SC_EXCLUDES(mutex_);
    void FinishSendSide();
    void CancelIfClosing();
    void BeginClosing(const CloseInfo& info, bool reset) SC_EXCLUDES(mutex_);
    void EndGracefully();
    void Finalise();

    void OnConnectCompleted(const platform::IoResult& result);
    void OnReceiveCompleted(const platform::IoResult& result);
    void OnSendCompleted(const platform::IoResult& result);
    void OnPeerFinished();

    template <class Callback>
    void Guarded(Callback callback);

    void SetDeadline(std::chrono::milliseconds timeout) noexcept;

    // Fixed from Bind on.
    IocpCore* core_ = nullptr;
    SessionHost* host_ = nullptr;
    std::unique_ptr<platform::Socket> socket_;
    NetAddress peer_;
    SessionId id_;
    bool attached_ = false;

    std::atomic<SessionState> state_ = SessionState::Idle;  // written under mutex_
    std::atomic<int> holds_ = 0;                            // and whether a post is on its way; see Session.cpp
    std::atomic<bool> startPending_ = false;
    std::atomic<bool> receiveStalled_ = false;
    std::atomic<bool> sendStalled_ = false;
    std::atomic<bool> wasConnected_ = false;    // OnConnected was called
    std::atomic<TimePoint::rep> deadline_ = 0;  // of the present state; 0: none
    std::atomic<TimePoint::rep> lastReceived_ = 0;
    std::atomic<std::uint64_t> packetsReceived_ = 0;
    std::uint64_t bytesReceived_ = 0;  // confined to the receive chain

    IocpEvent receiveEvent_;
    IocpEvent sendEvent_;  // also the connect, which precedes every send

    Mutex mutex_;
    SendQueue queue_ SC_GUARDED_BY(mutex_);
    SessionTotals totals_ SC_GUARDED_BY(mutex_);
    CloseInfo closeInfo_ SC_GUARDED_BY(mutex_);
    bool sendInFlight_ SC_GUARDED_BY(mutex_) = false;
    bool finSent_ SC_GUARDED_BY(mutex_) = false;
    bool finReceived_ SC_GUARDED_BY(mutex_) = false;
};

}  // namespace servercore
