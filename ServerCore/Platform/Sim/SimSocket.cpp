#include "ServerCore/Platform/Sim/SimSocket.h"

#include "ServerCore/Base/Assert.h"

namespace servercore::platform {

SimSocket::~SimSocket() {
    if (port_ != nullptr) {
        port_->Detach();
    }
}

std::error_code SimSocket::SetOption(SocketOption option, int value) {
    options_[static_cast<std::size_t>(option)] = value;
    return {};
}

Result<int> SimSocket::GetOption(SocketOption option) const {
    return options_[static_cast<std::size_t>(option)];
}

void SimSocket::BindTo(SimPort& port) {
    SC_VERIFY(port_ == nullptr);
    port_ = &port;
}

}  // namespace servercore::platform
