#include "ServerCore/Platform/Sim/SimStream.h"

#include <utility>

#include "ServerCore/Platform/Sim/SimHandshake.h"

namespace servercore::platform {

SimStream::SimStream(SimKernel& kernel, SimAddressBook& addresses, const NetAddress& local)
    : SimStream(kernel, addresses, std::make_shared<SimEnd>(kernel, local, NetAddress::Any(local.Family(), 0))) {
    ownPort_ = local.Port();
}

SimStream::SimStream(SimKernel& kernel, SimAddressBook& addresses, std::shared_ptr<SimEnd> end)
    : kernel_(kernel), addresses_(addresses), end_(std::move(end)) {}

SimStream::~SimStream() {
    end_->Close(abortsOnClose_);
    if (ownPort_ != 0) {
        addresses_.ReturnPort(ownPort_);
    }
}

std::error_code SimStream::ShutdownSend() {
    return ToErrorCode(end_->ShutdownSend());
}

Result<NetAddress> SimStream::PeerAddress() const {
    if (!end_->IsConnected()) {
        return ToErrorCode(SimError::NotConnected);
    }
    return end_->Peer();
}

void SimStream::BindTo(SimPort& port) {
    SimSocket::BindTo(port);
    end_->BindTo(port);
}

std::error_code SimStream::Connect(const NetAddress& peer, IoOperation& operation) {
    if (peer.Family() != end_->Local().Family()) {
        return std::make_error_code(std::errc::address_family_not_supported);
    }
    if (ownPort_ == 0) {
        const Result<std::uint16_t> port = addresses_.TakePort();
        if (!port) {
            return port.error();
        }
        ownPort_ = *port;
    }
    const bool fromAny = end_->Local().WithPort(0) == NetAddress::Any(peer.Family(), 0);
    const NetAddress from = fromAny ? NetAddress::Loopback(peer.Family(), 0) : end_->Local();
    end_->BeginConnect(from.WithPort(ownPort_), peer, operation);
    BeginHandshake(kernel_, addresses_, end_);
    return {};
}

}  // namespace servercore::platform
