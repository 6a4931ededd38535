// Every transition of Protocol/STATE-MACHINE.md, and every CloseReason on each side where it can occur.

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/Support/ServiceFixture.h"

namespace servercore {

void PrintTo(SessionState state, std::ostream* out) {
    *out << std::array{"Idle", "Connecting", "Open", "Draining", "Closing", "Closed"}[static_cast<std::size_t>(state)];
}

}  // namespace servercore

namespace servercore::test {

namespace {

std::error_code MakeError(std::errc error) {
    return std::make_error_code(error);
}

// --- Transitions -------------------------------------------------------------------------------------------------------

class StateMachineTest : public ServiceFixture {
protected:
    using Path = std::vector<SessionState>;

    void SetUp() override {
        config.limits.firstPacketTimeout = 5s;
        config.limits.connectTimeout = 5s;
        config.limits.drainTimeout = 5s;
    }

    // The states that the engine's calls, and the test, have seen this session in.
    void Watch(const Link& link) {
        path = {link.session->State()};
        network.beforeCall = [this, session = link.session.get(), wire = link.wire](Call, FakeSocket* socket) {
            if (socket == wire) {
                Look(*session);
            }
        };
    }
    void Look(const Session& session) {
        if (path.back() != session.State()) {
            path.push_back(session.State());
        }
    }
    void ExpectPath(const Link& link, std::string_view cause, const Path& expected) {
        Dispatch();
        Look(*link.session);
        EXPECT_EQ(path, expected) << cause;
        network.beforeCall = {};
        if (expected.back() != SessionState::Open) {
            EXPECT_EQ(Send(link, "x"), SendResult::Closed) << cause;
        }
    }

    struct Cause {
        std::string_view name;
        std::function<void(const Link&)> act;
    };
    // What ends a connection at once, whether it is open or draining.
    [[nodiscard]] std::vector<Cause> Ends() {
        return {
            {"Abort", [](const Link& link) { link.session->Abort(CloseReason::Kicked); }},
            {"an error of the receive", [](const Link& link) { link.wire->FailReceive(MakeError(std::errc::connection_reset)); }},
            {"an error of the send",
             [this](const Link& link) {
                 if (!link.wire->IsSending()) {
                     Send(link, "x");
                     Dispatch();
                 }
                 link.wire->FailSend(MakeError(std::errc::connection_reset));
             }},
            {"a deadline", [this](const Link&) { Advance(5s); }},
        };
    }

    Path path;
};

TEST_F(StateMachineTest, IdleUntilGivenToAService) {
    RecordingSession session(script);
    EXPECT_EQ(session.State(), SessionState::Idle);
    StartServer();
    script.onConnected = [](RecordingSession& open) { EXPECT_EQ(open.State(), SessionState::Open); };
    EXPECT_EQ(Accept().session->State(), SessionState::Open);
}

TEST_F(StateMachineTest, FromConnecting) {
    StartClient();
    const std::vector<Cause> ends = {
        {"a failure", [](const Link& link) { link.wire->FinishConnect(MakeError(std::errc::connection_refused)); }},
        {"the deadline", [this](const Link&) { Advance(5s); }},
        {"Close", [](const Link& link) { link.session->Close(); }},
        {"Abort", [](const Link& link) { link.session->Abort(CloseReason::Kicked); }},
    };
    for (const Cause& cause : ends) {
        const Link link = BeginConnect();
        Watch(link);
        EXPECT_EQ(Send(link, "x"), SendResult::Closed);
        cause.act(link);
        ExpectPath(link, cause.name, {SessionState::Connecting, SessionState::Closing, SessionState::Closed});
        EXPECT_EQ(link.session->CountOf("connect failed"), 1U) << cause.name;
        EXPECT_EQ(link.session->Events().size(), 1U) << cause.name;
    }
    const Link link = BeginConnect();
    Watch(link);
    link.wire->FinishConnect();
    ExpectPath(link, "success", {SessionState::Connecting, SessionState::Open});
}

TEST_F(StateMachineTest, FromOpenToTheEndAtOnce) {
    StartServer();
    std::vector<Cause> ends = Ends();
    ends.push_back({"an exception", [this](const Link& link) {
                        script.onReceived = [](RecordingSession&) { throw std::runtime_error("game bug"); };
                        link.wire->Deliver("x");
                    }});
    ends.push_back({"a limit", [this](const Link& link) {
                        EXPECT_EQ(Send(link, std::string(config.limits.sendHardBytes + 1, '.')), SendResult::QueueFull);
                    }});
    for (const Cause& cause : ends) {
        const Link link = Accept();
        Watch(link);
        cause.act(link);
        ExpectPath(link, cause.name, {SessionState::Open, SessionState::Closing, SessionState::Closed});
        EXPECT_EQ(link.session->CountOf("disconnected"), 1U) << cause.name;
        EXPECT_TRUE(link.wire->Saw(Call::AbortOnClose)) << cause.name;
    }
}

TEST_F(StateMachineTest, FromOpenToDraining) {
    StartServer();
    const std::vector<Cause> closes = {
        {"Close", [](const Link& link) { link.session->Close(); }},
        {"the peer's FIN", [](const Link& link) { link.wire->EndStream(); }},
    };
    for (const Cause& close : closes) {
        const Link link = Accept();
        Send(link, "still to be sent");
        Dispatch();
        Watch(link);
        close.act(link);
        ExpectPath(link, close.name, {SessionState::Open, SessionState::Draining});
        EXPECT_EQ(link.session->CountOf("disconnected"), 0U) << close.name;
    }
}

TEST_F(StateMachineTest, FromDrainingToTheEnd) {
    StartServer();
    std::vector<Cause> ends = Ends();
    ends.push_back({"both FINs", [this](const Link& link) { FinishPeer(link); }});
    for (const Cause& cause : ends) {
        const Link link = Accept();
        Send(link, "still to be sent");
        link.session->Close();
        Dispatch();
        Watch(link);
        cause.act(link);
        ExpectPath(link, cause.name, {SessionState::Draining, SessionState::Closing, SessionState::Closed});
        EXPECT_EQ(link.session->Info().reason, CloseReason::LocalClose) << cause.name << ": the first reason counts";
        EXPECT_EQ(link.session->Info().graceful, cause.name == "both FINs") << cause.name;
    }
}

TEST_F(StateMachineTest, NothingLeadsOutOfClosingButItsEnd) {
    StartServer();
    const Link link = Accept();
    Watch(link);
    link.session->Abort(CloseReason::Kicked);
    Look(*link.session);
    link.session->Close();
    link.session->Abort(CloseReason::LocalClose);
    EXPECT_EQ(link.session->State(), SessionState::Closing);
    ExpectPath(link, "the end of the last operation", {SessionState::Open, SessionState::Closing, SessionState::Closed});
    link.session->Close();
    EXPECT_EQ(link.session->State(), SessionState::Closed);
}

// --- Reasons -----------------------------------------------------------------------------------------------------------

// Speaks packets, and does with each what the test says.
class EndingSession final : public PacketSession {
public:
    std::function<void(EndingSession&)> onPacket;
    std::string end;
    int ends = 0;

private:
    void OnPacket(const PacketView&) override {
        if (onPacket) {
            onPacket(*this);
        }
    }
    void OnConnectFailed(const CloseInfo& info) override { End("never connected: ", info); }
    void OnDisconnected(const CloseInfo& info) override { End("", info); }
    void End(std::string_view how, const CloseInfo& info) {
        ++ends;
        end = std::string(how) + Describe(info);
    }
};

class CloseReasonTest : public ServiceFixture {
protected:
    enum class Side : std::uint8_t { Accepted, Connected, Both };

    struct Case {
        CloseReason reason;
        Side side;
        std::string_view told;  // to OnDisconnected or OnConnectFailed
        std::function<void(CloseReasonTest&)> provoke;
    };

    [[nodiscard]] static std::vector<Case> Cases();
    // What the game does when it is asked to; the engine never gives these reasons by itself.
    [[nodiscard]] static Case ByTheGame(CloseReason reason, std::string_view told) {
        return {reason, Side::Both, told, [reason](CloseReasonTest& test) {
                    test.session->onPacket = [reason](EndingSession& session) { session.Close(reason); };
                    test.Deliver(EncodePacket(1, ""));
                    test.Finish();
                }};
    }

    // A connection of a service of its own, on which the case is run and judged.
    void Run(const Case& expected, Side side) {
        SCOPED_TRACE(ToString(expected.reason));
        config.limits = {};
        config.limits.sendHardBytes = 1000;
        config.limits.packetBytes = 100;
        PacketLimitsConfig packets;
        packets.packets = {.perSecond = 1, .burst = 1};
        packets.closeAfter = 1s;
        packets.pause = 1h;
        config.limits.packets = std::make_shared<const PacketLimits>(*PacketLimits::Create(packets));
        side == Side::Accepted ? OpenAccepted() : OpenConnecting(expected.told.starts_with("never"));
        expected.provoke(*this);
        Dispatch();
        EXPECT_EQ(session->end, expected.told);
        EXPECT_EQ(session->ends, 1);
        const bool graceful = expected.told.ends_with("graceful");
        EXPECT_EQ(wire->Saw(Call::AbortOnClose), !graceful) << "the peer is to see FIN after a graceful end, RST after another";
        EXPECT_EQ(service->GetLedger().closedBy[static_cast<std::size_t>(expected.reason)], 1U);
        session.reset();
        EndService();
    }
    void OpenAccepted() {
        StartServer(1, [this] { return session = std::make_shared<EndingSession>(); });
        wire = &network.Listener(listeners++).AcceptFrom({});
        Dispatch();
    }
    void OpenConnecting(bool isAll) {
        const std::size_t index = network.Count(Call::OpenStream);
        session = std::make_shared<EndingSession>();
        ASSERT_TRUE(StartClient().Connect(kPeer, session));
        Dispatch();
        wire = &network.Stream(index);
        if (!isAll) {
            wire->FinishConnect();
            Dispatch();
        }
    }

    void Deliver(std::string_view bytes) {
        wire->Deliver(bytes);
        Dispatch();
    }
    void Finish() {
        Dispatch();
        FinishPeer({.session = nullptr, .wire = wire});
    }

    const NetAddress kPeer = NetAddress::FromIPv4({10, 0, 0, 2}, 7777);
    std::size_t listeners = 0;
    std::shared_ptr<EndingSession> session;
    FakeSocket* wire = nullptr;
};

std::vector<CloseReasonTest::Case> CloseReasonTest::Cases() {
    using Test = CloseReasonTest;
    const auto failReceive = [](std::errc error) { return [error](Test& test) { test.wire->FailReceive(MakeError(error)); }; };
    return {
        {CloseReason::LocalClose, Side::Both, "LocalClose by local, graceful",
         [](Test& test) {
             test.session->Close();
             test.Finish();
         }},
        {CloseReason::ServiceStopping, Side::Both, "ServiceStopping by local, graceful",
         [](Test& test) {
             test.service->Stop();
             test.Finish();
         }},
        {CloseReason::PeerClosed, Side::Both, "PeerClosed by peer, graceful", [](Test& test) { test.wire->EndStream(); }},
        {CloseReason::PeerReset, Side::Both, "PeerReset by peer", failReceive(std::errc::connection_reset)},
        {CloseReason::NetworkLost, Side::Both, "NetworkLost by system", failReceive(std::errc::timed_out)},
        {CloseReason::ConnectFailed, Side::Connected, "never connected: ConnectFailed by peer",
         [](Test& test) { test.wire->FinishConnect(MakeError(std::errc::connection_refused)); }},
        {CloseReason::ConnectTimeout, Side::Connected, "never connected: ConnectTimeout by local", [](Test& test) { test.Advance(10s); }},
        {CloseReason::SelfConnect, Side::Connected, "never connected: SelfConnect by system",
         [](Test& test) {
             test.wire->SetLocalAddress(test.kPeer);
             test.wire->FinishConnect();
         }},
        {CloseReason::FirstPacketTimeout, Side::Accepted, "FirstPacketTimeout by local", [](Test& test) { test.Advance(5s); }},
        {CloseReason::PacketTimeout, Side::Both, "PacketTimeout by local",
         [](Test& test) {
             test.Deliver(EncodePacket(1, "") + "\x08");
             test.Advance(10s);
         }},
        {CloseReason::IdleTimeout, Side::Both, "IdleTimeout by local",
         [](Test& test) {
             test.Deliver(EncodePacket(1, ""));
             test.Advance(30s);
         }},
        {CloseReason::SlowConsumer, Side::Both, "SlowConsumer by local",
         [](Test& test) {
             EXPECT_EQ(test.session->Send(MakeBuffer(test.service->Buffers(), std::string(1001, '.'))), SendResult::QueueFull);
         }},
        {CloseReason::RateLimited, Side::Both, "RateLimited by local",
         [](Test& test) {
             for (int i = 0; i < 20 && test.wire->IsReceiving(); ++i) {
                 test.Deliver(EncodePacket(1, "") + EncodePacket(1, "") + EncodePacket(1, ""));
                 test.Advance(3s);
             }
         }},
        {CloseReason::PacketTooSmall, Side::Both, "PacketTooSmall by local",
         [](Test& test) { test.Deliver(std::string("\x03\x00\x01\x00", 4)); }},
        {CloseReason::PacketTooLarge, Side::Both, "PacketTooLarge by local",
         [](Test& test) { test.Deliver(std::string("\x65\x00\x01\x00", 4)); }},
        ByTheGame(CloseReason::UnknownPacket, "UnknownPacket by local, graceful"),
        ByTheGame(CloseReason::MalformedPacket, "MalformedPacket by local, graceful"),
        ByTheGame(CloseReason::WrongProtocolVersion, "WrongProtocolVersion by local, graceful"),
        ByTheGame(CloseReason::Kicked, "Kicked by local, graceful"),
        {CloseReason::HandlerException, Side::Both, "HandlerException by local",
         [](Test& test) {
             test.session->onPacket = [](EndingSession&) { throw std::runtime_error("game bug"); };
             test.Deliver(EncodePacket(1, ""));
         }},
        {CloseReason::ResourceExhausted, Side::Both, "ResourceExhausted by local",
         [](Test& test) {
             test.session->onPacket = [](EndingSession&) { throw std::bad_alloc(); };
             test.Deliver(EncodePacket(1, ""));
         }},
        {CloseReason::ResourceExhausted, Side::Both, "ResourceExhausted by system",
         [](Test& test) {
             test.session->Send(MakeBuffer(test.service->Buffers(), "x"));
             test.Dispatch();
             test.wire->FailSend(MakeError(std::errc::no_buffer_space));
         }},
        {CloseReason::IoError, Side::Both, "IoError by system", failReceive(std::errc::io_error)},
    };
}

TEST_F(CloseReasonTest, EachIsProvokedByACaseOfThisTest) {
    std::set<CloseReason> reasons;
    for (const Case& c : Cases()) {
        reasons.insert(c.reason);
    }
    EXPECT_EQ(reasons.size(), kCloseReasonCount);
}

TEST_F(CloseReasonTest, EachIsToldToASessionThatWasAccepted) {
    for (const Case& c : Cases()) {
        if (c.side != Side::Connected) {
            Run(c, Side::Accepted);
        }
    }
}

TEST_F(CloseReasonTest, EachIsToldToASessionThatConnected) {
    for (const Case& c : Cases()) {
        if (c.side != Side::Accepted) {
            Run(c, Side::Connected);
        }
    }
}

}  // namespace

}  // namespace servercore::test
