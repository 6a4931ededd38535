#include "ServerCore/Net/ClientService.h"

#include <new>
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

Result<SessionId> ClientService::Connect(const NetAddress& peer, std::shared_ptr<Session> session, const std::optional<NetAddress>& local) {
    const Entrance entrance(*this);
    if (IsStopping()) {
        return std::make_error_code(std::errc::operation_canceled);
    }
    AdmittedPlace place;
    Result<std::unique_ptr<platform::Socket>> socket = OpenStream(peer, local, place);
    if (!socket) {
        return socket.error();
    }
    const Result<SessionId> id = AddSession(session, *std::move(socket), peer, place);
    if (id) {
        session->BeginConnect();
    }
    return id;
}

// One that has passed the gate.
Result<std::unique_ptr<platform::Socket>> ClientService::OpenStream(const NetAddress& peer, const std::optional<NetAddress>& local,
                                                                    AdmittedPlace& place) {
    try {
        Result<std::unique_ptr<platform::Socket>> socket = GetNetwork().OpenStream(peer.Family(), local);
        if (socket && Gate().TryEnter(peer, GetClock().Now(), place) != Admission::Admitted) {
            return std::make_error_code(std::errc::resource_unavailable_try_again);
        }
        return socket;
    } catch (const std::bad_alloc&) {
        return std::make_error_code(std::errc::not_enough_memory);
    }
}

}  // namespace servercore
