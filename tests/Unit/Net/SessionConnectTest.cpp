// Sessions that connect, and the ClientService that starts them.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/Support/ServiceFixture.h"

namespace servercore::test {

namespace {

using Events = std::vector<std::string>;

class SessionConnectTest : public ServiceFixture {
protected:
    void SetUp() override { StartClient(); }

    [[nodiscard]] ClientService& Client() { return static_cast<ClientService&>(*service); }
    [[nodiscard]] std::error_code TryConnect() {
        return Client().Connect(NetAddress::FromIPv4({10, 0, 0, 2}, 7777), std::make_shared<RecordingSession>(script)).error();
    }
};

TEST_F(SessionConnectTest, ReportsConnectedWhenItIs) {
    const Link link = BeginConnect();
    EXPECT_TRUE(link.wire->IsConnecting());
    EXPECT_EQ(link.session->Events(), Events{});
    EXPECT_EQ(link.session->State(), SessionState::Connecting);
    EXPECT_EQ(Send(link, "early"), SendResult::Closed);

    link.wire->FinishConnect();
    Dispatch();
    EXPECT_EQ(link.session->Events(), Events{"connected"});
    EXPECT_EQ(link.wire->Options().count(platform::SocketOption::NoDelay), 1U);

    Send(link, "hello");
    link.wire->Deliver("welcome");
    Dispatch();
    EXPECT_EQ(link.wire->Offered(), "hello");
    link.wire->TakeSend();
    link.wire->EndStream();
    Dispatch();
    EXPECT_EQ(link.session->Events(), (Events{"connected", "received welcome", "disconnected: PeerClosed by peer, graceful"}));
}

TEST_F(SessionConnectTest, ReportsARefusedConnectAndNothingElse) {
    const Link link = BeginConnect();
    link.wire->FinishConnect(std::make_error_code(std::errc::connection_refused));
    Dispatch();
    EXPECT_EQ(link.session->Events(), Events{"connect failed: ConnectFailed by peer"});
    EXPECT_EQ(link.session->Info().error, std::errc::connection_refused);
    EXPECT_EQ(link.session->State(), SessionState::Closed);
    EXPECT_FALSE(link.wire->Saw(Call::Receive));
    EXPECT_TRUE(link.wire->Saw(Call::Close));
}

TEST_F(SessionConnectTest, ReportsAConnectThatCannotBeSubmitted) {
    network.Fail(Call::Connect, std::errc::network_unreachable, 1);
    const Link link = BeginConnect();
    EXPECT_EQ(link.session->Events(), Events{"connect failed: ConnectFailed by system"});
    EXPECT_EQ(link.session->Info().error, std::errc::network_unreachable);
}

TEST_F(SessionConnectTest, ReportsASocketThatCannotBeAttached) {
    network.Fail(Call::Attach, std::errc::not_enough_memory, 1);
    const Link link = BeginConnect();
    EXPECT_EQ(link.session->Events(), Events{"connect failed: ResourceExhausted by system"});
}

TEST_F(SessionConnectTest, GivesUpAtTheDeadline) {
    const Link link = BeginConnect();
    Advance(config.limits.connectTimeout - 1ms);
    EXPECT_EQ(link.session->Events(), Events{});
    Advance(kUpkeep);
    EXPECT_EQ(link.session->Events(), Events{"connect failed: ConnectTimeout by local"});
    EXPECT_FALSE(link.wire->IsConnecting());
}

TEST_F(SessionConnectTest, TheDeadlineEndsWithTheConnect) {
    const Link link = Connect();
    Advance(1h);
    EXPECT_EQ(link.session->Events(), Events{"connected"});
}

TEST_F(SessionConnectTest, RefusesToTalkToItself) {
    const Link link = BeginConnect();
    link.wire->SetLocalAddress(link.session->PeerAddress());
    link.wire->FinishConnect();
    Dispatch();
    EXPECT_EQ(link.session->Events(), Events{"connect failed: SelfConnect by system"});
}

TEST_F(SessionConnectTest, GoesOnWhenItsOwnAddressIsUnknown) {
    network.Fail(Call::LocalAddress, std::errc::invalid_argument);
    EXPECT_EQ(Connect().session->Events(), Events{"connected"});
}

TEST_F(SessionConnectTest, CanBeGivenUpWhileItConnects) {
    const Link closed = BeginConnect();
    closed.session->Close();
    const Link aborted = BeginConnect();
    aborted.session->Abort(CloseReason::Kicked);
    Dispatch();
    EXPECT_EQ(closed.session->Events(), Events{"connect failed: LocalClose by local"});
    EXPECT_EQ(aborted.session->Events(), Events{"connect failed: Kicked by local"});
}

TEST_F(SessionConnectTest, AConnectThatSucceedsAfterItWasGivenUpReportsNoConnection) {
    const Link link = BeginConnect();
    link.wire->FinishConnect();
    link.session->Close();
    Dispatch();
    EXPECT_EQ(link.session->Events(), Events{"connect failed: LocalClose by local"});
}

TEST_F(SessionConnectTest, AConnectSubmittedTooLateIsCancelled) {
    network.beforeCall = [&](Call call, FakeSocket*) {
        if (call == Call::Connect) {
            network.beforeCall = {};
            service->FindSession({.index = 0, .generation = 1})->Abort(CloseReason::Kicked);
        }
    };
    EXPECT_EQ(BeginConnect().session->Events(), Events{"connect failed: Kicked by local"});
}

TEST_F(SessionConnectTest, AnExceptionInConnectFailedHarmsNothing) {
    script.onConnectFailed = [](RecordingSession&) { throw 1; };
    const Link link = BeginConnect();
    link.wire->FinishConnect(std::make_error_code(std::errc::connection_refused));
    Dispatch();
    EXPECT_EQ(link.session->CountOf("connect failed"), 1U);
    EXPECT_EQ(service->SessionCount(), 0U);
}

TEST_F(SessionConnectTest, MayConnectTheNextFromACallback) {
    std::error_code error = std::make_error_code(std::errc::io_error);
    script.onConnectFailed = [&](RecordingSession&) {
        script.onConnectFailed = {};
        error = TryConnect();
    };
    BeginConnect().wire->FinishConnect(std::make_error_code(std::errc::connection_refused));
    Dispatch();
    EXPECT_FALSE(error);
    EXPECT_TRUE(network.Stream(1).IsConnecting());
}

// --- ClientService -----------------------------------------------------------------------------------------------------

TEST_F(SessionConnectTest, FailsAtOnceWithoutASocket) {
    network.Fail(Call::OpenStream, std::errc::too_many_files_open, 1);
    EXPECT_EQ(TryConnect(), std::errc::too_many_files_open);
    EXPECT_EQ(service->SessionCount(), 0U);
    EXPECT_FALSE(TryConnect());
}

TEST_F(SessionConnectTest, FailsAtOnceWhileStopping) {
    service->Stop();
    EXPECT_EQ(TryConnect(), std::errc::operation_canceled);
    EXPECT_EQ(service->SessionCount(), 0U);
}

// Connect has looked at the stop flag; before it goes on, the service stops, and would have ended.
TEST_F(SessionConnectTest, ASessionThatEntersWhileTheServiceStopsEndsWithIt) {
    network.beforeCall = [&](Call call, FakeSocket*) {
        if (call == Call::OpenStream) {
            network.beforeCall = {};
            service->Stop();
            Dispatch();
        }
    };
    const auto session = std::make_shared<RecordingSession>(script);
    const Result<SessionId> id = Client().Connect(NetAddress::FromIPv4({10, 0, 0, 2}, 7777), session);
    Advance(kStopping);
    EXPECT_EQ(service->SessionCount(), 0U) << "nobody will ever end this session";
    EXPECT_EQ(session->Events(), id ? Events{"connect failed: ServiceStopping by local"} : Events{});
}

class ClientCapTest : public SessionConnectTest {
protected:
    void SetUp() override {
        config.maxSessions = 2;
        StartClient();
    }
};

TEST_F(ClientCapTest, ConnectsNoMoreThanItsCapAndAgainAfterOneEnded) {
    const Link first = BeginConnect();
    BeginConnect();
    EXPECT_EQ(TryConnect(), std::errc::resource_unavailable_try_again);
    EXPECT_EQ(service->SessionCount(), 2U);
    first.wire->FinishConnect(std::make_error_code(std::errc::connection_refused));
    Dispatch();
    EXPECT_FALSE(TryConnect());
}

}  // namespace

}  // namespace servercore::test
