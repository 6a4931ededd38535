#include "DummyClient/Attack/MalformedKinds.h"

#include <array>
#include <cstddef>
#include <string>

#include "DummyClient/Scenario/Mix.h"
#include "Protocol/Version.h"

namespace loadtest::attack {

namespace {

namespace protocol = game::protocol;

constexpr std::uint16_t kNobodysId = 0x7777;
constexpr int kRefusals = 5;  // logins that are refused, or bad packets after the login: then the connection ends

// A size field and an id, and no body.
void AppendHeader(ByteList& bytes, std::uint16_t size, std::uint16_t id) {
    const std::size_t begin = bytes.size();
    bytes.resize(begin + servercore::kPacketHeaderBytes);
    servercore::StoreLittleEndian16(servercore::MutableBytes(bytes).subspan(begin), size);
    servercore::StoreLittleEndian16(servercore::MutableBytes(bytes).subspan(begin + 2), id);
}

template <class Message>
std::uint16_t IdOf() noexcept {
    return protocol::PacketOf<Message>::kInfo.id;
}

void MakeSizeZero(ByteList& bytes, std::uint64_t /*seed*/) {
    AppendHeader(bytes, 0, IdOf<protocol::C_Hello>());
}

void MakeSizeBelowHeader(ByteList& bytes, std::uint64_t seed) {
    AppendHeader(bytes, static_cast<std::uint16_t>(1 + seed % (servercore::kPacketHeaderBytes - 1)), IdOf<protocol::C_Hello>());
}

void MakeSizeOfEverything(ByteList& bytes, std::uint64_t /*seed*/) {
    AppendHeader(bytes, 0xFFFF, IdOf<protocol::C_Hello>());
}

void MakeSizeAboveLimit(ByteList& bytes, std::uint64_t /*seed*/) {
    AppendHeader(bytes, static_cast<std::uint16_t>(servercore::LargestPacket(protocol::kClientPackets) + 1), IdOf<protocol::C_Hello>());
}

void MakeRandomBytes(ByteList& bytes, std::uint64_t seed) {
    constexpr std::size_t kBytes = 10'000;
    bytes.resize(kBytes);
    for (std::byte& byte : bytes) {
        seed = Mix(seed);
        byte = static_cast<std::byte>(seed);
    }
}

void MakeUnknownId(ByteList& bytes, std::uint64_t seed) {
    constexpr std::array<std::uint16_t, 3> kIds = {0, kNobodysId, 0x8001};
    AppendPacket(bytes, kIds[seed % kIds.size()], "abc");
}

void MakePacketBeforeLogin(ByteList& bytes, std::uint64_t seed) {
    std::array<std::uint16_t, protocol::kClientPackets.size() - 1> ids{};
    std::size_t count = 0;
    for (const servercore::PacketInfo& info : protocol::kClientPackets) {
        if (info.id != IdOf<protocol::C_Hello>()) {
            ids[count++] = info.id;
        }
    }
    AppendPacket(bytes, ids[seed % ids.size()], "");
}

void MakeGamePacketBeforeLogin(ByteList& bytes, std::uint64_t seed) {
    AppendPacket(bytes, seed % 2 == 0 ? IdOf<protocol::C_Chat>() : IdOf<protocol::C_EnterZone>(), "\x08\x01");
}

// Groups inside groups, all of them closed again.
void MakeNestedBomb(ByteList& bytes, std::uint64_t /*seed*/) {
    constexpr std::size_t kDepth = 200;
    constexpr char kBeginGroup15 = 0x7B;
    constexpr char kEndGroup15 = 0x7C;
    AppendPacket(bytes, IdOf<protocol::C_Hello>(), std::string(kDepth, kBeginGroup15) + std::string(kDepth, kEndGroup15));
}

void MakeEndlessVarint(ByteList& bytes, std::uint64_t /*seed*/) {
    AppendPacket(bytes, IdOf<protocol::C_Hello>(), std::string(50, '\xFF'));
}

void MakeLengthOfTwoGigabytes(ByteList& bytes, std::uint64_t /*seed*/) {
    AppendPacket(bytes, IdOf<protocol::C_Hello>(), "\x7A\xFF\xFF\xFF\xFF\x07");
}

void MakeNamesOfBadUtf8(ByteList& bytes, std::uint64_t /*seed*/) {
    for (int i = 0; i < kRefusals; ++i) {
        AppendLogin(bytes, "\xC3\x28\xFF");
    }
}

void MakeUnknownIdsInZone(ByteList& bytes, std::uint64_t /*seed*/) {
    for (int i = 0; i < kRefusals; ++i) {
        AppendPacket(bytes, kNobodysId, "abc");
    }
}

void MakeChatOfBadUtf8(ByteList& bytes, std::uint64_t /*seed*/) {
    protocol::C_Chat chat;
    chat.set_sequence(1);
    chat.set_text("\xED\xA0\x80");  // half a surrogate pair
    AppendMessage(bytes, chat);
}

void MakeMoveOutOfWorld(ByteList& bytes, std::uint64_t /*seed*/) {
    protocol::C_Move move;
    move.set_sequence(1);
    move.set_x(2'000'000'000);
    AppendMessage(bytes, move);
}

void MakeSequenceOutOfOrder(ByteList& bytes, std::uint64_t /*seed*/) {
    protocol::C_Chat chat;
    chat.set_sequence(4'000'000'000);
    chat.set_text("hi");
    AppendMessage(bytes, chat);
}

constexpr std::array kKinds = {
    MalformedKind{.name = "size 0", .make = MakeSizeZero},
    MalformedKind{.name = "size below the header's", .make = MakeSizeBelowHeader},
    MalformedKind{.name = "size 65535", .make = MakeSizeOfEverything},
    MalformedKind{.name = "size above the limit", .make = MakeSizeAboveLimit},
    MalformedKind{.name = "random bytes", .make = MakeRandomBytes},
    MalformedKind{.name = "unknown id", .make = MakeUnknownId},
    MalformedKind{.name = "packet before the hello", .make = MakePacketBeforeLogin},
    MalformedKind{.name = "game packet before the login", .approach = Approach::Greeted, .make = MakeGamePacketBeforeLogin},
    MalformedKind{.name = "unknown id before the login", .approach = Approach::Greeted, .make = MakeUnknownId},
    MalformedKind{.name = "nested bomb", .make = MakeNestedBomb},
    MalformedKind{.name = "varint without end", .make = MakeEndlessVarint},
    MalformedKind{.name = "length of 2 GB", .make = MakeLengthOfTwoGigabytes},
    MalformedKind{.name = "names of bad UTF-8", .approach = Approach::Greeted, .mayBeAnswered = true, .make = MakeNamesOfBadUtf8},
    MalformedKind{.name = "unknown ids in the zone", .approach = Approach::InZone, .mayBeAnswered = true, .make = MakeUnknownIdsInZone},
    MalformedKind{.name = "chat of bad UTF-8", .approach = Approach::InZone, .mayBeAnswered = true, .make = MakeChatOfBadUtf8},
    MalformedKind{.name = "move out of the world", .approach = Approach::InZone, .mayBeAnswered = true, .make = MakeMoveOutOfWorld},
    MalformedKind{.name = "sequence out of order", .approach = Approach::InZone, .mayBeAnswered = true, .make = MakeSequenceOutOfOrder},
};

}  // namespace

std::span<const MalformedKind> MalformedKinds() noexcept {
    return kKinds;
}

}  // namespace loadtest::attack
