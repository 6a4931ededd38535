#include "tests/Support/TestServices.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>
#include <system_error>
#include <utility>

namespace servercore {

void PrintTo(PortMode mode, std::ostream* out) {
    *out << (mode == PortMode::Shared ? "shared port" : "port per worker");
}

void PrintTo(WaitResult result, std::ostream* out) {
    *out << std::array{"Stopped", "TimedOut", "OnWorker"}[static_cast<std::size_t>(result)];
}

void PrintTo(SendResult result, std::ostream* out) {
    *out << std::array{"Queued", "Replaced", "Dropped", "Closed", "QueueFull"}[static_cast<std::size_t>(result)];
}

void PrintTo(CloseReason reason, std::ostream* out) {
    *out << ToString(reason);
}

}  // namespace servercore

namespace servercore::test {

namespace {

// Both come from tests/CMakeLists.txt.
constexpr bool kUnderWine = SERVERCORE_TESTS_UNDER_WINE != 0;
constexpr std::size_t kSlowdown = SERVERCORE_TESTS_SLOWDOWN;

std::optional<std::size_t> CountEntries(const char* directory) {
    if (kUnderWine) {
        return std::nullopt;  // what it shows there are Wine's own
    }
    std::error_code error;
    std::filesystem::directory_iterator entries(directory, error);
    if (error) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

std::unique_ptr<platform::Network> OpenNetwork() {
    Result<std::unique_ptr<platform::Network>> network = platform::OpenSystemNetwork();
    if (!network) {
        throw std::system_error(network.error());
    }
    return *std::move(network);
}

const Clock& Choose(const Clock* clock, const World& world) noexcept {
    return clock == nullptr ? world.clock : *clock;
}

}  // namespace

bool UnderWine() noexcept {
    return kUnderWine;
}

std::size_t Scaled(std::size_t count, std::size_t atLeast) noexcept {
    return std::max(count / kSlowdown, std::min(atLeast, count));
}

std::optional<std::size_t> CountOpenHandles() {
    return CountEntries("/proc/self/fd");
}

std::optional<std::size_t> CountThreads() {
    return CountEntries("/proc/self/task");
}

ServiceConfig PatientConfig(std::string name, std::size_t workers, PortMode portMode) {
    ServiceConfig config;
    config.name = std::move(name);
    config.workers = workers;
    config.portMode = portMode;
    config.limits.firstPacketTimeout = {};
    config.limits.idleTimeout = {};
    config.limits.packetTimeout = {};
    config.limits.sendAge = {};
    config.limits.connectTimeout = {};
    config.limits.drainTimeout = kPatience;
    config.stopTimeout = kPatience;
    return config;
}

World::World() : network(OpenNetwork()) {}

void ExpectCleanEnd(Service& service, const Journal& journal) {
    service.Stop();
    EXPECT_EQ(service.Wait(kPatience), WaitResult::Stopped) << service.GetLedger().ToString();
    const Ledger ledger = service.GetLedger();
    EXPECT_TRUE(ledger.IsBalanced()) << ledger.ToString();
    EXPECT_EQ(service.SessionCount(), 0U);
    EXPECT_EQ(journal.Connected(), journal.Disconnected());
    EXPECT_EQ(journal.Disconnected() + journal.ConnectFailed(), ledger.sessionsClosed);
    for (const std::string& violation : journal.Violations()) {
        ADD_FAILURE() << violation;
    }
}

TestServer::TestServer(World& world, ServerOptions options)
    : journal_(world.bell),
      hooks_(std::make_shared<const Hooks>(std::move(options.hooks))),
      service_(
          *world.network, std::move(options.config),
          [this] { return std::make_shared<ObservedSession>(journal_, hooks_, service_.Buffers(), made_.fetch_add(1)); },
          Choose(options.clock, world), world.log) {
    if (const std::error_code error = service_.Start(options.listen)) {
        throw std::system_error(error);
    }
}

std::unique_ptr<TestServer> TryStartOnIPv6(World& world, const ServerOptions& options) {
    try {
        return std::make_unique<TestServer>(world, options);
    } catch (const std::system_error& error) {
        EXPECT_TRUE(error.code() == std::errc::address_not_available || error.code() == std::errc::address_family_not_supported)
            << error.what();
        return nullptr;
    }
}

TestClients::TestClients(World& world, ClientOptions options)
    : journal_(world.bell),
      hooks_(std::make_shared<const Hooks>(std::move(options.hooks))),
      service_(*world.network, std::move(options.config), Choose(options.clock, world), world.log) {
    if (const std::error_code error = service_.Start()) {
        throw std::system_error(error);
    }
}

std::shared_ptr<ObservedSession> TestClients::Connect(const NetAddress& server, const std::optional<NetAddress>& local) {
    auto session = std::make_shared<ObservedSession>(journal_, hooks_, service_.Buffers(), made_.fetch_add(1));
    return service_.Connect(server, session, local) ? session : nullptr;
}

void TestClients::Connect(const NetAddress& server, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        EXPECT_NE(Connect(server), nullptr);
    }
}

}  // namespace servercore::test
