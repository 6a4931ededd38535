#pragma once

#include <atomic>
#include <cstddef>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Net/ServerService.h"
#include "tests/Support/Bell.h"
#include "tests/Support/ObservedSession.h"

// For GoogleTest's messages.
namespace servercore {

void PrintTo(PortMode mode, std::ostream* out);
void PrintTo(WaitResult result, std::ostream* out);
void PrintTo(SendResult result, std::ostream* out);
void PrintTo(CloseReason reason, std::ostream* out);

}  // namespace servercore

namespace servercore::test {

// The tests run under Wine, which differs from Windows in places.
[[nodiscard]] bool UnderWine() noexcept;

// `count` where the machine is fast; a tenth under Wine and under sanitizers, but not less than `atLeast`.
[[nodiscard]] std::size_t Scaled(std::size_t count, std::size_t atLeast = 1) noexcept;

// Of this process; nothing where the system does not tell (no /proc, or Wine's).
[[nodiscard]] std::optional<std::size_t> CountOpenHandles();
[[nodiscard]] std::optional<std::size_t> CountThreads();

// Without a deadline of its own, so that a slow machine ends no session; a test about a deadline sets it.
[[nodiscard]] ServiceConfig PatientConfig(std::string name, std::size_t workers = 1, PortMode portMode = PortMode::Shared);

// What outlives every service of a test.
struct World {
    World();

    const std::unique_ptr<platform::Network> network;
    SteadyClock clock;
    Logger log = Logger::Silent();
    Bell bell;
};

// Stops the service and checks what the library promises for afterwards: Wait ends, the ledger balances, and every session that
// connected has disconnected, all within the rules.
void ExpectCleanEnd(Service& service, const Journal& journal);

struct ServerOptions {
    ServiceConfig config = PatientConfig("server");
    Hooks hooks{.onPacket = &ObservedSession::Echo};
    ListenConfig listen{.address = NetAddress::Loopback(AddressFamily::IPv4, 0), .options = {}};
    const Clock* clock = nullptr;  // the world's
};

// A server that runs from construction (which throws when it cannot) to Finish.
class TestServer {
public:
    explicit TestServer(World& world, ServerOptions options = {});
    ~TestServer() { Finish(); }
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    [[nodiscard]] ServerService& operator*() noexcept { return service_; }
    [[nodiscard]] ServerService* operator->() noexcept { return &service_; }
    [[nodiscard]] Journal& Log() noexcept { return journal_; }
    [[nodiscard]] const NetAddress& Address() const noexcept { return service_.ListenAddress(); }

    // ExpectCleanEnd. Any number of times.
    void Finish() { ExpectCleanEnd(service_, journal_); }

private:
    Journal journal_;
    const std::shared_ptr<const Hooks> hooks_;
    std::atomic<std::size_t> made_ = 0;
    ServerService service_;
};

// nullptr where the machine has no IPv6; any other failure to start fails the test.
[[nodiscard]] std::unique_ptr<TestServer> TryStartOnIPv6(World& world, const ServerOptions& options);

struct ClientOptions {
    ServiceConfig config = PatientConfig("clients");
    Hooks hooks{};
    const Clock* clock = nullptr;  // the world's
};

// The client side; as TestServer.
class TestClients {
public:
    explicit TestClients(World& world, ClientOptions options = {});
    ~TestClients() { Finish(); }
    TestClients(const TestClients&) = delete;
    TestClients& operator=(const TestClients&) = delete;

    [[nodiscard]] ClientService& operator*() noexcept { return service_; }
    [[nodiscard]] ClientService* operator->() noexcept { return &service_; }
    [[nodiscard]] Journal& Log() noexcept { return journal_; }

    // A session that is connecting; nullptr when the service refused.
    std::shared_ptr<ObservedSession> Connect(const NetAddress& server, const std::optional<NetAddress>& local = std::nullopt);
    void Connect(const NetAddress& server, std::size_t count);

    void Finish() { ExpectCleanEnd(service_, journal_); }

private:
    Journal journal_;
    const std::shared_ptr<const Hooks> hooks_;
    std::atomic<std::size_t> made_ = 0;
    ClientService service_;
};

}  // namespace servercore::test
