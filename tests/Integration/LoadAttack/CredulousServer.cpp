#include "tests/Integration/LoadAttack/CredulousServer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "DummyClient/Attack/Packets.h"
#include "Protocol/Packets.gen.h"
#include "Protocol/Version.h"
#include "ServerCore/Net/PacketSession.h"

namespace loadtest::attack::test {

using namespace std::chrono_literals;
namespace protocol = game::protocol;

namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 30U;
// A chat is passed on much longer than it came: much is said soon.
constexpr std::size_t kSpeechBytes = 8'000;

servercore::ServiceConfig WithoutLimits() {
    servercore::ServiceConfig config = servercore::test::PatientConfig("credulous");
    config.limits.sendSoftBytes = 0;
    config.limits.sendHardBytes = kPlenty;
    config.limits.sendAge = 0ms;
    config.limits.firstPacketTimeout = 0ms;
    config.limits.packetTimeout = 0ms;
    config.limits.idleTimeout = 0ms;
    config.stopTimeout = 100ms;
    return config;
}

}  // namespace

// Those who are in the zone.
class CredulousServer::Audience {
public:
    void Add(std::shared_ptr<servercore::Session> session) {
        const std::lock_guard lock(mutex_);
        sessions_.push_back(std::move(session));
    }
    void Remove(const servercore::Session& session) {
        const std::lock_guard lock(mutex_);
        std::erase_if(sessions_, [&](const auto& other) { return other.get() == &session; });
    }
    void Tell(servercore::SendBufferPool& buffers) {
        protocol::S_Chat chat;
        chat.set_text(std::string(kSpeechBytes, 'y'));
        const servercore::SendBufferRef packet = protocol::MakeSendBuffer(buffers, chat);
        const std::lock_guard lock(mutex_);
        for (const auto& session : sessions_) {
            (void)session->Send(packet);
        }
    }

private:
    std::mutex mutex_;
    std::vector<std::shared_ptr<servercore::Session>> sessions_;
};

class CredulousServer::Client final : public servercore::PacketSession {
public:
    explicit Client(CredulousServer& server) : server_(server) {}

private:
    void OnPacket(const servercore::PacketView& packet) override {
        switch (static_cast<protocol::PacketId>(packet.id)) {
            case protocol::PacketId::C_Hello: Greet(); break;
            case protocol::PacketId::C_Login: LogIn(); break;
            case protocol::PacketId::C_Resume: Resume(); break;
            case protocol::PacketId::C_EnterZone: Enter(); break;
            case protocol::PacketId::C_Ping: Answer(packet); break;
            case protocol::PacketId::C_Chat: server_.audience_->Tell(server_.service_.Buffers()); break;
            default: OnNonsense(); break;
        }
    }
    void OnDisconnected(const servercore::CloseInfo& /*info*/) override { server_.audience_->Remove(*this); }

    template <class Message>
    void Say(const Message& message) {
        (void)Send(protocol::MakeSendBuffer(server_.service_.Buffers(), message));
    }

    void Greet() {
        protocol::S_Hello hello;
        hello.set_protocol_version(protocol::kProtocolVersion);
        Say(hello);
    }
    void LogIn() {
        protocol::S_LoginResult result;
        result.set_result(protocol::LOGIN_OK);
        result.set_player_id(1);
        result.set_resume_token("0123456789abcdef");
        result.set_zone_count(1);
        Say(result);
    }
    void Resume() {
        protocol::S_ResumeResult result;
        result.set_result(protocol::RESUME_OK);
        Say(result);
    }
    void Enter() {
        server_.audience_->Add(std::static_pointer_cast<servercore::Session>(shared_from_this()));
        Say(protocol::S_ZoneEntered());
    }
    void Answer(const servercore::PacketView& packet) {
        protocol::C_Ping ping;
        ++pings_;
        if (pings_ == server_.faults_.closesAfterPings) {
            Close();
        } else if (ReadBody(packet, ping) && (!server_.faults_.losesPongs || pings_ % 2 == 0)) {
            protocol::S_Pong pong;
            pong.set_client_time(ping.client_time());
            Say(pong);
        }
    }
    void OnNonsense() {
        if (server_.faults_.answersStrangers) {
            Greet();
            Close();
        }
    }

    CredulousServer& server_;
    std::uint64_t pings_ = 0;
};

CredulousServer::CredulousServer(servercore::test::World& world, Faults faults)
    : faults_(faults),
      audience_(std::make_unique<Audience>()),
      service_(
          *world.network, WithoutLimits(), [this] { return std::make_shared<Client>(*this); }, world.clock, world.log) {
    EXPECT_FALSE(service_.Start({.address = servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0), .options = {}}));
}

CredulousServer::~CredulousServer() {
    service_.Stop();
    EXPECT_EQ(service_.Wait(servercore::test::kPatience), servercore::WaitResult::Stopped);
}

}  // namespace loadtest::attack::test
