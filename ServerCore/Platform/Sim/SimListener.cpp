#include "ServerCore/Platform/Sim/SimListener.h"

#include <algorithm>
#include <utility>

#include "ServerCore/Platform/Sim/SimPort.h"
#include "ServerCore/Platform/Sim/SimStream.h"

namespace servercore::platform {

SimListener::SimListener(SimKernel& kernel, SimAddressBook& addresses, const NetAddress& address, const ListenOptions& options)
    : kernel_(kernel),
      addresses_(addresses),
      address_(address),
      isDualStack_(options.dualStack),
      backlog_(static_cast<std::size_t>(std::max(options.backlog, 0))),
      number_(kernel.NextNumber()) {
    addresses_.Add(*this);
}

SimListener::~SimListener() {
    addresses_.Remove(*this);
    CancelAll();
    for (const std::shared_ptr<SimEnd>& server : waiting_) {
        server->Close(true);
    }
}

std::error_code SimListener::ShutdownSend() {
    return ToErrorCode(SimError::NotConnected);
}

Result<NetAddress> SimListener::PeerAddress() const {
    return ToErrorCode(SimError::NotConnected);
}

void SimListener::Accept(IoOperation& operation) {
    accepts_.push_back(&operation);
    MatchAll();
}

void SimListener::Arrive(std::shared_ptr<SimEnd> server) {
    waiting_.push_back(std::move(server));
    MatchAll();
}

void SimListener::MatchAll() {
    while (!accepts_.empty() && !waiting_.empty()) {
        if (kernel_.Strikes(SimFault::AcceptWithoutHandles)) {
            Complete(SimError::NoHandles, nullptr);
            continue;
        }
        const std::shared_ptr<SimEnd> server = std::move(waiting_.front());
        waiting_.pop_front();
        if (kernel_.Strikes(SimFault::AcceptAborted)) {
            server->Close(true);
            Complete(SimError::Aborted, nullptr);
        } else {
            Complete(SimError::None, std::make_unique<SimStream>(kernel_, addresses_, server));
        }
    }
}

void SimListener::CancelAll() {
    while (!accepts_.empty()) {
        Complete(SimError::Cancelled, nullptr);
    }
}

void SimListener::Complete(SimError error, std::unique_ptr<Socket> accepted) {
    IoOperation* operation = accepts_.front();
    accepts_.pop_front();
    Port()->Complete({.operation = operation, .subject = number_, .error = error, .bytes = 0, .data = {}, .accepted = std::move(accepted)});
}

}  // namespace servercore::platform
