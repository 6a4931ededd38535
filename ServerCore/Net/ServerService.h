#pragma once

#include <functional>
#include <memory>
#include <system_error>

#include "ServerCore/Net/Listener.h"
#include "ServerCore/Net/Service.h"

namespace servercore {

// Makes the session for a new connection. nullptr refuses it; an exception refuses it too.
using SessionFactory = std::function<std::shared_ptr<Session>()>;

struct ListenConfig {
    NetAddress address;
    platform::ListenOptions options;
    // Accepts in flight: constant, whatever the number of sessions.
    std::size_t acceptDepth = 64;
};

// A service that listens.
class ServerService final : public Service, private ListenerHost {
public:
    ServerService(platform::Network& network, ServiceConfig config, SessionFactory factory, const Clock& clock, Logger& log);
    // Stops and waits; must not run on one of its own workers.
    ~ServerService() override;

    // Once. Fails as Network::OpenListener does; then nothing is running.
    [[nodiscard]] std::error_code Start(const ListenConfig& listen);

    // Where it listens; the real port when port 0 was asked for. After a successful Start.
    [[nodiscard]] const NetAddress& ListenAddress() const noexcept { return address_; }

private:
    [[nodiscard]] Answer OnAccepted(std::unique_ptr<platform::Socket> socket) override;
    [[nodiscard]] bool HasRoom() const override { return !Gate().IsFull(); }
    [[nodiscard]] std::shared_ptr<Session> MakeSession();

    void Upkeep(TimePoint now) override;
    void StopAccepting() override;
    [[nodiscard]] bool HasStoppedAccepting() const override;
    void AddTo(Ledger& ledger) const override;

    const SessionFactory factory_;
    NetAddress address_;
    std::shared_ptr<Listener> listener_;
};

}  // namespace servercore
