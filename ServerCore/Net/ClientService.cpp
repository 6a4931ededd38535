#include "ServerCore/Net/ClientService.h"

#include <utility>

namespace servercore {

// A call of Connect under way. Counted before it looks whether the service stops, and the service looks at the count after it has begun to
// stop (all seq_cst): either the call sees the stop, or the workers stay until its session has ended.
class ClientService::Entrance {
public:
    explicit Entrance(ClientService& service) noexcept : service_(service) { service_.entering_.fetch_add(1); }
    ~Entrance() { service_.entering_.fetch_sub(1); }
    Entrance(const Entrance&) = delete;
    Entrance& operator=(const Entrance&) = delete;

private:
    ClientService& service_;
};

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
    const Entrance entrance(*this);
    if (IsStopping()) {
        return std::make_error_code(std::errc::operation_canceled);
    }
    Result<std::unique_ptr<platform::Socket>> socket = GetNetwork().OpenStream(peer.Family());
    if (!socket) {
        return socket.error();
    }
    if (Gate().TryEnter(peer, GetClock().Now()) != Admission::Admitted) {
        return std::make_error_code(std::errc::resource_unavailable_try_again);
    }
    return AddSession(std::move(session), *std::move(socket), peer, Origin::Connecting);
}

}  // namespace servercore
