#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>

#include "ServerCore/Base/BackOff.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Net/Admission.h"
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
    // For how long, in all, Start tries again while the port is in use: the server that this one replaces may be about to let go of it.
    // 0: one try.
    std::chrono::milliseconds bindRetry{0};
};

// A service that listens.
class ServerService final : public Service, private ListenerHost {
public:
    ServerService(platform::Network& network, ServiceConfig config, SessionFactory factory, const Clock& clock, Logger& log);
    // Stops and waits; must not run on one of its own workers.
    ~ServerService() override;

    // Once. Fails as Network::OpenListener does; then nothing is running. Blocks while it tries again (ListenConfig::bindRetry); Stop ends
    // that at once, with operation_canceled.
    [[nodiscard]] std::error_code Start(const ListenConfig& listen);

    // Where it listens; the real port when port 0 was asked for. After a successful Start.
    [[nodiscard]] const NetAddress& ListenAddress() const noexcept { return address_; }

private:
    void OnAccepted(std::unique_ptr<platform::Socket> socket) override;
    [[nodiscard]] Admission Admit(platform::Socket& socket, NetAddress& peer, AdmittedPlace& place);
    [[nodiscard]] std::shared_ptr<Session> MakeSession();

    [[nodiscard]] std::error_code OpenWithRetries(std::chrono::milliseconds budget);
    [[nodiscard]] std::error_code Open() SC_EXCLUDES(listenerMutex_);
    void Rebuild(TimePoint now) SC_EXCLUDES(listenerMutex_);
    [[nodiscard]] std::shared_ptr<Listener> CurrentListener() const SC_EXCLUDES(listenerMutex_);

    void Upkeep(TimePoint now) override;
    void StopAccepting() override;
    [[nodiscard]] bool HasStoppedAccepting() const override;
    void AddTo(Ledger& ledger) const override SC_EXCLUDES(listenerMutex_);

    const SessionFactory factory_;
    ListenConfig listen_;
    NetAddress address_;
    std::array<std::atomic<std::uint64_t>, kAdmissionCount> admissions_{};

    // Confined to the upkeep.
    BackOff rebuildBackOff_{Listener::kFirstPause, Listener::kLongestPause};
    TimePoint rebuildAt_{};

    mutable Mutex listenerMutex_;
    std::shared_ptr<Listener> listener_ SC_GUARDED_BY(listenerMutex_);  // another one after a rebuild
    std::uint64_t formerFailures_ SC_GUARDED_BY(listenerMutex_) = 0;    // of the listeners before it
    std::uint64_t rebuilds_ SC_GUARDED_BY(listenerMutex_) = 0;
};

}  // namespace servercore
