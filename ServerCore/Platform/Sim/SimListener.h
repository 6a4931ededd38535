#pragma once

#include <cstddef>
#include <deque>
#include <memory>

#include "ServerCore/Platform/Network.h"
#include "ServerCore/Platform/Sim/SimAddressBook.h"
#include "ServerCore/Platform/Sim/SimEnd.h"
#include "ServerCore/Platform/Sim/SimKernel.h"
#include "ServerCore/Platform/Sim/SimSocket.h"

namespace servercore::platform {

// A listening socket: connections that wait for accepts, or accepts that wait for connections.
// Owner: as Socket.  Threads: confined to the simulation's.  Destruction: resets the connections that wait.
class SimListener final : public SimSocket {
public:
    SimListener(SimKernel& kernel, SimAddressBook& addresses, const NetAddress& address, const ListenOptions& options);
    ~SimListener() override;

    [[nodiscard]] std::error_code ShutdownSend() override;
    void AbortOnClose() override {}
    [[nodiscard]] Result<NetAddress> LocalAddress() const override { return address_; }
    [[nodiscard]] Result<NetAddress> PeerAddress() const override;

    [[nodiscard]] const NetAddress& Address() const noexcept { return address_; }
    [[nodiscard]] bool IsDualStack() const noexcept { return isDualStack_; }

    // For SimPort.
    [[nodiscard]] bool IsStream() const noexcept override { return false; }
    void Accept(IoOperation& operation);
    void CancelAll() override;

    // For the handshake: a connection comes, unless the backlog is full.
    [[nodiscard]] bool IsFull() const noexcept { return waiting_.size() > backlog_; }
    void Arrive(std::shared_ptr<SimEnd> server);

private:
    void MatchAll();
    void Complete(SimError error, std::unique_ptr<Socket> accepted);

    SimKernel& kernel_;
    SimAddressBook& addresses_;
    const NetAddress address_;
    const bool isDualStack_;
    const std::size_t backlog_;
    const std::uint64_t number_;
    std::deque<std::shared_ptr<SimEnd>> waiting_;
    std::deque<IoOperation*> accepts_;
};

}  // namespace servercore::platform
