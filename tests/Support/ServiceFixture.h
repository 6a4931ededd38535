#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Net/ServerService.h"
#include "tests/Support/FakeClock.h"
#include "tests/Support/FakeNetwork.h"
#include "tests/Support/RecordingSession.h"

namespace servercore::test {

using namespace std::chrono_literals;

// A service on the fake network and the fake clock, dispatched by the test's own thread. Deadlines are off unless a test sets them.
// The end of each test stops the service and checks that the ledger balances.
class ServiceFixture : public ::testing::Test {
protected:
    // A session and the far end of its connection.
    struct Link {
        std::shared_ptr<RecordingSession> session;
        FakeSocket* wire = nullptr;
    };

    ServiceFixture();
    ~ServiceFixture() override { EXPECT_EQ(service, nullptr); }
    void TearDown() override;

    // Without a factory, of recording sessions.
    ServerService& StartServer(std::size_t acceptDepth = 4, SessionFactory factory = {});
    ClientService& StartClient();

    // Accepted by the server, and OnConnected has run. Without a session when the server has refused.
    Link Accept(const NetAddress& peer = NetAddress::FromIPv4({10, 0, 0, 1}, 1000));
    // The client's connect is in flight.
    Link BeginConnect(const NetAddress& peer = NetAddress::FromIPv4({10, 0, 0, 2}, 7777));
    // ... and has succeeded.
    Link Connect();

    SendResult Send(const Link& link, std::string_view bytes) { return link.session->Send(MakeBuffer(service->Buffers(), bytes)); }

    // Runs all that is ready.
    void Dispatch();
    // Lets time pass, then runs what is due.
    void Advance(Duration by);
    // As seldom as the engine looks at its deadlines, and a bit.
    static constexpr std::chrono::milliseconds kUpkeep{101};

    // ... when the service stops.
    static constexpr std::chrono::milliseconds kStopping{10};

    // The far end finishes: takes all that is sent, and answers FIN with FIN.
    void FinishPeer(const Link& link);

    // Stops; what does not end by itself is reset at the stop timeout.
    void EndService();

    FakeClock clock;
    FakeNetwork network;
    Logger log = Logger::Silent();
    ServiceConfig config;
    SessionScript script;
    std::vector<std::shared_ptr<RecordingSession>> sessions;  // made by the server
    std::unique_ptr<Service> service;
};

}  // namespace servercore::test
