// The server and its clients in one process, over real sockets on the loopback interface.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "Client/Bot.h"
#include "Client/Crowd.h"
#include "Protocol/Rules.h"
#include "Server/RoomServer.h"
#include "ServerCore/Job/WorkerPool.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Platform/Network.h"

namespace mytitle::test {
namespace {

using namespace std::chrono_literals;

// Never reached, unless something is broken.
constexpr auto kPatience = 60s;

// A running server and a service for clients.
class LoopbackTest : public ::testing::Test {
protected:
    void SetUp() override {
        logic_.Start(1);
        ASSERT_FALSE(timers_.Start("timers"));
        ASSERT_FALSE(server_.Start(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0)));
        ASSERT_FALSE(clients_.Start());
    }

    // Takes both down as main() does, and expects that nothing is left.
    void TearDown() override {
        clients_.Stop();
        EXPECT_EQ(clients_.Wait(kPatience), servercore::WaitResult::Stopped);
        timers_.Stop();
        server_.BeginStop();
        EXPECT_EQ(server_.Wait(kPatience), servercore::WaitResult::Stopped);
        logic_.Stop();
        EXPECT_TRUE(server_.IsBalanced()) << ToString(server_.GetRoomTotals()) << server_.GetLedger().ToString();
        EXPECT_TRUE(clients_.GetLedger().IsBalanced()) << clients_.GetLedger().ToString();
    }

    const std::unique_ptr<servercore::platform::Network> network_ = servercore::platform::OpenSystemNetwork().value();
    const servercore::SteadyClock clock_;
    servercore::Logger log_ = servercore::Logger::Silent();
    servercore::WorkerPool logic_{"logic"};
    servercore::JobTimers timers_{clock_};
    RoomServer server_{{.network = *network_, .executor = logic_, .timers = timers_, .clock = clock_, .log = log_},
                       ServerConfig{.workers = 2, .tick = 5ms}};
    Crowd crowd_{8, 10};
    servercore::ClientService clients_{*network_, ServiceConfigFor({.bots = 8}), clock_, log_};
};

TEST_F(LoopbackTest, EveryBotHearsEveryLine) {
    ASSERT_TRUE(ConnectBots(clients_, server_.ListenAddress(), 8, crowd_));
    EXPECT_TRUE(crowd_.WaitUntilOver(kPatience));
    EXPECT_EQ(crowd_.Finished(), 8U) << crowd_.Problem();
}

// Says hello in a version of its own, and waits for its end.
class Stranger final : public servercore::PacketSession {
public:
    Stranger(Crowd& crowd, servercore::SendBufferPool& buffers, std::uint32_t version)
        : crowd_(crowd), buffers_(buffers), version_(version) {}

private:
    void OnConnected() override {
        protocol::C_Hello hello;
        hello.set_version(version_);
        (void)Send(protocol::MakeSendBuffer(buffers_, hello));
    }
    void OnPacket(const servercore::PacketView& /*packet*/) override { crowd_.Fail("welcome"); }
    void OnDisconnected(const servercore::CloseInfo& info) override { crowd_.Fail(std::string(servercore::ToString(info.reason))); }

    Crowd& crowd_;
    servercore::SendBufferPool& buffers_;
    const std::uint32_t version_;
};

TEST_F(LoopbackTest, AClientOfAnotherVersionIsSentAway) {
    ASSERT_TRUE(clients_.Connect(server_.ListenAddress(), std::make_shared<Stranger>(crowd_, clients_.Buffers(), protocol::kVersion + 1)));
    EXPECT_TRUE(crowd_.WaitUntilOver(kPatience));
    EXPECT_EQ(crowd_.Problem(), "PeerClosed");
}

}  // namespace
}  // namespace mytitle::test
