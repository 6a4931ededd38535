#include "DummyClient/Attack/Packets.h"

#include <span>

#include "Protocol/Version.h"

namespace loadtest::attack {

namespace protocol = game::protocol;

void AppendPacket(ByteList& bytes, std::uint16_t id, std::string_view body) {
    const std::size_t begin = bytes.size();
    bytes.resize(begin + servercore::kPacketHeaderBytes + body.size());
    servercore::WritePacket(servercore::MutableBytes(bytes).subspan(begin), id, std::as_bytes(std::span(body)));
}

void AppendHello(ByteList& bytes) {
    protocol::C_Hello hello;
    hello.set_protocol_version(protocol::kProtocolVersion);
    AppendMessage(bytes, hello);
}

void AppendLogin(ByteList& bytes, std::string_view name) {
    protocol::C_Login login;
    login.set_name(name.data(), name.size());
    AppendMessage(bytes, login);
}

void AppendPing(ByteList& bytes, std::uint64_t number) {
    protocol::C_Ping ping;
    ping.set_client_time(number);
    AppendMessage(bytes, ping);
}

std::optional<std::uint64_t> AnsweredPing(const servercore::PacketView& packet) {
    protocol::S_Pong pong;
    if (packet.id != protocol::PacketOf<protocol::S_Pong>::kInfo.id || !ReadBody(packet, pong)) {
        return std::nullopt;
    }
    return pong.client_time();
}

}  // namespace loadtest::attack
