#pragma once

#include "ServerCore/Platform/Linux/FileDescriptor.h"
#include "ServerCore/Platform/Socket.h"

namespace servercore::platform {

class EpollBackend;
struct EpollSlot;

// A non-blocking TCP socket; once attached it knows its slot in the backend.
class EpollSocket final : public Socket {
public:
    enum class State { Unconnected, Live };  // Live: accepted or listening

    EpollSocket(FileDescriptor fd, State state) noexcept;
    ~EpollSocket() override;

    [[nodiscard]] std::error_code ShutdownSend() override;
    void AbortOnClose() override;
    [[nodiscard]] std::error_code SetOption(SocketOption option, int value) override;
    [[nodiscard]] Result<int> GetOption(SocketOption option) const override;
    [[nodiscard]] Result<NetAddress> LocalAddress() const override;
    [[nodiscard]] Result<NetAddress> PeerAddress() const override;

    // For EpollBackend.
    [[nodiscard]] int Fd() const noexcept { return fd_.Get(); }
    [[nodiscard]] State InitialState() const noexcept { return initialState_; }
    [[nodiscard]] EpollSlot* Slot() const noexcept { return slot_; }
    void BindTo(EpollBackend& backend, EpollSlot& slot) noexcept;

private:
    FileDescriptor fd_;
    State initialState_;
    EpollBackend* backend_ = nullptr;
    EpollSlot* slot_ = nullptr;
};

}  // namespace servercore::platform
