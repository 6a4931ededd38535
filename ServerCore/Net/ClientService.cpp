#include "ServerCore/Net/ClientService.h"

#include <utility>

namespace servercore {

ClientService::ClientService(platform::Network& network, ServiceConfig config, const Clock& clock, Logger& log)
    : Service(network, std::move(config), clock, log) {}

ClientService::~ClientService() {
    StopAndJoin();
}

std::error_code ClientService::Start() {
    if (const std::error_code error = OpenPorts()) {
        return error;
    }
    StartWorkers();
    return {};
}

Result<SessionId> ClientService::Connect(const NetAddress& peer, std::shared_ptr<Session> session) {
    if (IsStopping()) {
        return std::make_error_code(std::errc::operation_canceled);
    }
    Result<std::unique_ptr<platform::Socket>> socket = GetNetwork().OpenStream(peer.Family());
    if (!socket) {
        return socket.error();
    }
    if (Gate().TryEnter(peer) != ConnectionGate::Verdict::Admitted) {
        return std::make_error_code(std::errc::resource_unavailable_try_again);
    }
    return AddSession(std::move(session), *std::move(socket), peer, Origin::Connecting);
}

}  // namespace servercore
