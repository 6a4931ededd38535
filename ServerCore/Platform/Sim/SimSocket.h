#pragma once

#include <array>
#include <cstdint>

#include "ServerCore/Platform/Sim/SimPort.h"
#include "ServerCore/Platform/Socket.h"

namespace servercore::platform {

// What listeners and streams of the simulation share: the port they are attached to, and options, which are only remembered.
// Owner: as Socket.  Threads: confined to the simulation's.
class SimSocket : public Socket {
public:
    ~SimSocket() override;

    [[nodiscard]] std::error_code SetOption(SocketOption option, int value) override;
    [[nodiscard]] Result<int> GetOption(SocketOption option) const override;

    // For SimPort.
    virtual void BindTo(SimPort& port);
    [[nodiscard]] SimPort* Port() const noexcept { return port_; }
    [[nodiscard]] virtual bool IsStream() const noexcept = 0;
    virtual void CancelAll() = 0;

private:
    static constexpr std::size_t kOptions = static_cast<std::size_t>(SocketOption::ReceiveBufferBytes) + 1;

    SimPort* port_ = nullptr;
    std::array<int, kOptions> options_{};
};

}  // namespace servercore::platform
