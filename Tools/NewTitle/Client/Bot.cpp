// What a bot says, and what it makes of what it hears.
#include "Client/Bot.h"

#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "Protocol/Rules.h"

namespace mytitle {

using servercore::PacketVerdict;

namespace {

constexpr std::string_view kBegin = "everybody is here";

std::string TextOf(std::uint64_t player, std::uint32_t line) {
    return fmt::format("line {} of player {}", line, player);
}

}  // namespace

void Bot::OnConnected() {
    protocol::C_Hello hello;
    hello.set_version(protocol::kVersion);
    SendPacket(hello);
}

void Bot::OnConnectFailed(const servercore::CloseInfo& info) {
    crowd_.Fail(fmt::format("a bot did not connect: {} ({})", servercore::ToString(info.reason), info.error.message()));
}

void Bot::OnPacket(const servercore::PacketView& packet) {
    const PacketVerdict verdict = protocol::DispatchServerPacket(packet, *this);
    if (verdict != PacketVerdict::Accepted) {
        crowd_.Fail(fmt::format("the server sent a bad packet with id 0x{:04X}: {}", packet.id, servercore::ToString(verdict)));
    }
}

void Bot::OnDisconnected(const servercore::CloseInfo& info) {
    if (toHear_ > 0) {
        crowd_.Fail(fmt::format("a bot that had {} lines to hear was disconnected: {}", toHear_, servercore::ToString(info.reason)));
    }
}

PacketVerdict Bot::OnHello(const protocol::S_Hello& packet) {
    player_ = packet.player();
    if (crowd_.OnEntered(player_)) {
        Say(std::string(kBegin));
    }
    return PacketVerdict::Accepted;
}

PacketVerdict Bot::OnSaid(const protocol::S_Said& packet) {
    for (const protocol::Said& said : packet.said()) {
        if (crowd_.IsOurs(said.player())) {
            Hear(said);
        }
    }
    return PacketVerdict::Accepted;
}

void Bot::Hear(const protocol::Said& said) {
    const bool isBegin = said.text() == kBegin;
    std::uint32_t& last = lastHeard_[said.player()];
    if (said.line() != last + 1 || (!isBegin && said.text() != TextOf(said.player(), said.line()))) {
        crowd_.Fail(fmt::format("heard line {} of player {} after line {}: '{}'", said.line(), said.player(), last, said.text()));
        return;
    }
    last = said.line();
    if (isBegin || said.player() == player_) {
        SayNextLine();
    }
    if (!isBegin && --toHear_ == 0) {
        crowd_.OnFinished();
    }
}

void Bot::Say(const std::string& text) {
    protocol::C_Say packet;
    packet.set_line(++lastSaid_);
    packet.set_text(text);
    SendPacket(packet);
}

void Bot::SayNextLine() {
    if (toSay_ > 0) {
        --toSay_;
        Say(TextOf(player_, lastSaid_ + 1));
    }
}

template <class Message>
void Bot::SendPacket(const Message& message) {
    (void)Send(protocol::MakeSendBuffer(buffers_, message));
}

bool ConnectBots(servercore::ClientService& service, const servercore::NetAddress& server, std::size_t bots, Crowd& crowd) {
    for (std::size_t i = 0; i < bots; ++i) {
        if (const auto session = service.Connect(server, std::make_shared<Bot>(crowd, service.Buffers())); !session) {
            crowd.Fail("a bot cannot connect: " + session.error().message());
            return false;
        }
    }
    return true;
}

servercore::ServiceConfig ServiceConfigFor(const ClientConfig& config) {
    servercore::ServiceConfig service;
    service.name = "bots";
    service.workers = config.workers;
    service.maxSessions = config.bots;
    return service;
}

}  // namespace mytitle
