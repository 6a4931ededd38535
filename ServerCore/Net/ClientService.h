#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <system_error>

#include "ServerCore/Net/Service.h"

namespace servercore {

// A service that connects.
class ClientService final : public Service {
public:
    ClientService(platform::Network& network, ServiceConfig config, const Clock& clock, Logger& log);
    // Stops and waits; must not run on one of its own workers.
    ~ClientService() override;

    // Once. Fails when the system is out of handles; then nothing is running.
    [[nodiscard]] std::error_code Start();

    // Begins to connect a fresh session, from `local` if given (Network::OpenStream); it reports OnConnected or OnConnectFailed. Fails at
    // once, without a callback, when no socket or no memory can be had, `local` is not to be had or of another family than the peer, at
    // ServiceConfig::maxSessions, or while stopping.
    [[nodiscard]] Result<SessionId> Connect(const NetAddress& peer, std::shared_ptr<Session> session,
                                            const std::optional<NetAddress>& local = std::nullopt);

private:
    class Entrance;

    [[nodiscard]] Result<std::unique_ptr<platform::Socket>> OpenStream(const NetAddress& peer, const std::optional<NetAddress>& local,
                                                                       AdmittedPlace& place);

    // A Connect that began before Stop may yet add a session.
    [[nodiscard]] bool HasStoppedAccepting() const override { return entering_.load() == 0; }

    std::atomic<int> entering_ = 0;  // calls of Connect under way
};

}  // namespace servercore
