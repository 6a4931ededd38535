#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Platform/IoOperation.h"
#include "ServerCore/Platform/NetAddress.h"
#include "ServerCore/Platform/Sim/SimError.h"
#include "ServerCore/Platform/Sim/SimKernel.h"

namespace servercore::platform {

class SimPort;

// What travels from one end of a connection to the other.
struct SimSegment {
    enum class Kind : std::uint8_t { Established, Data, Fin, Reset };

    Kind kind = Kind::Data;
    std::vector<std::byte> bytes;
};

// One end of a connection.
//
//     this end                                                   the other
//     Send -> [ segments on their way, in order ] -> [ arrived ] -> Receive
//             |<------- unread_ bytes, at most capacity_ ------>|
//
// Owner: its SimStream, or the listener at which it waits; the other end and segments on their way own it as well, because what was sent
// before a close still arrives. The two ends let go of each other when both are closed.
// Threads: confined to the simulation's.
class SimEnd final : public std::enable_shared_from_this<SimEnd> {
public:
    SimEnd(SimKernel& kernel, const NetAddress& local, const NetAddress& peer);
    SimEnd(const SimEnd&) = delete;
    SimEnd& operator=(const SimEnd&) = delete;

    // Makes `server` the other end of a client that connects, and tells the client.
    static void Join(const std::shared_ptr<SimEnd>& client, const std::shared_ptr<SimEnd>& server);

    [[nodiscard]] const NetAddress& Local() const noexcept { return local_; }
    [[nodiscard]] const NetAddress& Peer() const noexcept { return peer_; }
    [[nodiscard]] bool IsConnected() const noexcept { return state_ == State::Connected; }
    [[nodiscard]] bool IsConnecting() const noexcept { return connect_ != nullptr; }

    // For the socket. Operations need a port.
    void BindTo(SimPort& port) noexcept { port_ = &port; }
    void BeginConnect(const NetAddress& local, const NetAddress& peer, IoOperation& operation);
    [[nodiscard]] SimError Receive(IoOperation& operation);
    [[nodiscard]] SimError Send(std::span<const ConstBytes> buffers, IoOperation& operation);
    [[nodiscard]] SimError ShutdownSend();
    void CancelAll();
    // With a reset when asked for, and also when bytes have arrived that nobody has received (RFC 2525, 2.17).
    void Close(bool reset);

    // For the handshake. Nothing happens when the client does not connect any more.
    void FailConnect(SimError error);

private:
    // Ended: connecting failed or was cancelled.
    enum class State : std::uint8_t { Fresh, Connecting, Connected, Ended, Closed };

    void Transmit(SimSegment segment);
    void Dispatch(SimSegment segment);
    void Arrive(SimSegment segment);
    void BecomeReset();
    void DieSilently() noexcept;

    void FinishReceive();
    void FinishSend();
    [[nodiscard]] std::vector<std::byte> TakeArrived(std::size_t count);
    [[nodiscard]] std::vector<std::byte> CopyPending(std::size_t count) const;
    void Complete(IoOperation*& slot, SimError error, std::size_t bytes = 0, std::vector<std::byte> data = {});

    SimKernel& kernel_;
    const std::uint64_t number_;
    SimPort* port_ = nullptr;
    NetAddress local_;
    NetAddress peer_;
    State state_ = State::Fresh;
    std::shared_ptr<SimEnd> other_;

    IoOperation* connect_ = nullptr;
    IoOperation* receive_ = nullptr;
    IoOperation* send_ = nullptr;

    // Outgoing.
    std::vector<ConstBytes> pending_;  // of the send in flight
    std::size_t capacity_;
    std::size_t unread_ = 0;
    TimePoint lastArrival_{};
    bool finSent_ = false;

    // Incoming.
    std::vector<std::byte> arrived_;
    std::size_t arrivedOffset_ = 0;
    bool finArrived_ = false;

    SimError error_ = SimError::None;  // of the connection
    bool isDead_ = false;              // silently
};

}  // namespace servercore::platform
