#pragma once

#include <memory>

#include "ServerCore/Platform/Sim/SimAddressBook.h"
#include "ServerCore/Platform/Sim/SimEnd.h"
#include "ServerCore/Platform/Sim/SimKernel.h"
#include "ServerCore/Platform/Sim/SimSocket.h"

namespace servercore::platform {

// A stream socket: the handle on one end of a connection, which may outlive it.
// Owner: as Socket.  Threads: confined to the simulation's.
class SimStream final : public SimSocket {
public:
    // Unconnected; its port, unless 0, has been taken in the address book.
    SimStream(SimKernel& kernel, SimAddressBook& addresses, const NetAddress& local);
    // Accepted.
    SimStream(SimKernel& kernel, SimAddressBook& addresses, std::shared_ptr<SimEnd> end);
    ~SimStream() override;

    [[nodiscard]] std::error_code ShutdownSend() override;
    void AbortOnClose() override { abortsOnClose_ = true; }
    [[nodiscard]] Result<NetAddress> LocalAddress() const override { return end_->Local(); }
    [[nodiscard]] Result<NetAddress> PeerAddress() const override;

    // For SimPort.
    void BindTo(SimPort& port) override;
    [[nodiscard]] bool IsStream() const noexcept override { return true; }
    void CancelAll() override { end_->CancelAll(); }
    [[nodiscard]] std::error_code Connect(const NetAddress& peer, IoOperation& operation);
    [[nodiscard]] SimEnd& End() noexcept { return *end_; }

private:
    SimKernel& kernel_;
    SimAddressBook& addresses_;
    const std::shared_ptr<SimEnd> end_;
    std::uint16_t ownPort_ = 0;  // 0: none yet, or an accepted stream shares its listener's
    bool abortsOnClose_ = false;
};

}  // namespace servercore::platform
