#include "tests/Integration/Game/Visitor.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>

#include "Protocol/KeptPackets.h"

namespace game::test {

using protocol::SessionState;
using servercore::MutexLock;
using servercore::PacketVerdict;

// --- What it does ------------------------------------------------------------------------------------------------------

void Visitor::Walk(std::int32_t x, std::int32_t y) {
    protocol::C_Move move;
    move.set_sequence(++moves_);
    {
        MutexLock lock(mutex_);
        move.set_x(x_ += x);
        move.set_y(y_ += y);
    }
    Say(move);
}

void Visitor::Chat(std::string_view text) {
    protocol::C_Chat chat;
    chat.set_sequence(++chats_);
    chat.set_text(text.data(), text.size());
    Say(chat);
}

void Visitor::Whisper(std::string_view to, std::string_view text) {
    protocol::C_Whisper whisper;
    whisper.set_sequence(++whispers_);
    whisper.set_to(to.data(), to.size());
    whisper.set_text(text.data(), text.size());
    Say(whisper);
}

void Visitor::EnterZone(std::uint32_t zone) {
    protocol::C_EnterZone enter;
    enter.set_zone_id(zone);
    Say(enter);
}

void Visitor::Ping(std::uint64_t received) {
    protocol::C_Ping ping;
    ping.set_received(received);
    Say(ping);
}

// --- What it notes -----------------------------------------------------------------------------------------------------

PacketVerdict Visitor::Note(std::string note) {
    {
        MutexLock lock(mutex_);
        notes_.push_back(std::move(note));
    }
    if (plan_.onNews) {
        plan_.onNews();
    }
    return PacketVerdict::Accepted;
}

std::size_t Visitor::CountNotes(std::string_view note) const {
    MutexLock lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(notes_, note));
}

std::vector<std::string> Visitor::Notes() const {
    MutexLock lock(mutex_);
    return notes_;
}

Visitor::Ticket Visitor::GetTicket() const {
    MutexLock lock(mutex_);
    return ticket_;
}

// --- Its way in --------------------------------------------------------------------------------------------------------

bool Visitor::Reach(SessionState state) {
    if (state == plan_.goal && plan_.onEntered) {
        plan_.onEntered(*this);
    }
    return state == plan_.goal;
}

void Visitor::OnConnected() {
    if (Reach(SessionState::Handshake)) {
        return;
    }
    protocol::C_Hello hello;
    hello.set_protocol_version(plan_.version);
    Say(hello);
}

void Visitor::OnPacket(const servercore::PacketView& packet) {
    if (protocol::IsKept(packet.id)) {
        MutexLock lock(mutex_);
        ++ticket_.received;
    }
    EXPECT_EQ(protocol::DispatchServerPacket(packet, *this), PacketVerdict::Accepted) << packet.id;
}

PacketVerdict Visitor::OnHello(const protocol::S_Hello& packet) {
    serverVersion_ = packet.protocol_version();
    if (serverVersion_ != plan_.version || Reach(SessionState::Login)) {
        return PacketVerdict::Accepted;
    }
    if (plan_.resume) {
        {
            MutexLock lock(mutex_);
            ticket_ = *plan_.resume;
        }
        protocol::C_Resume resume;
        resume.set_resume_token(plan_.resume->token);
        resume.set_received(plan_.resume->received);
        Say(resume);
    } else {
        protocol::C_Login login;
        login.set_name(plan_.name);
        Say(login);
    }
    return PacketVerdict::Accepted;
}

PacketVerdict Visitor::OnLoginResult(const protocol::S_LoginResult& packet) {
    if (packet.result() != protocol::LOGIN_OK) {
        if (plan_.onLoginRefused) {
            plan_.onLoginRefused(*this, packet.result());
        }
        return PacketVerdict::Accepted;
    }
    {
        MutexLock lock(mutex_);
        ticket_ = {.token = packet.resume_token(), .received = 0};
    }
    if (!Reach(SessionState::Lobby)) {
        EnterZone(plan_.zone);
        (void)Reach(SessionState::Entering);
    }
    return PacketVerdict::Accepted;
}

PacketVerdict Visitor::OnResumeResult(const protocol::S_ResumeResult& packet) {
    if (packet.result() != protocol::RESUME_OK) {
        return Note("resume refused");
    }
    moves_ = packet.move_sequence();
    chats_ = packet.chat_sequence();
    whispers_ = packet.whisper_sequence();
    hasEntered_ = true;
    (void)Note(fmt::format("resumed {} {} {} in zone {}", moves_, chats_, whispers_, packet.zone_id()));
    (void)Reach(SessionState::InZone);
    return PacketVerdict::Accepted;
}

PacketVerdict Visitor::OnZoneEntered(const protocol::S_ZoneEntered& packet) {
    {
        MutexLock lock(mutex_);
        x_ = packet.x();
        y_ = packet.y();
    }
    (void)Note(fmt::format("in zone {}", packet.zone_id()));
    if (plan_.goal == SessionState::Left) {
        Say(protocol::C_Leave{});
        (void)Reach(SessionState::Left);
    } else if (!std::exchange(hasEntered_, true)) {
        (void)Reach(SessionState::InZone);
    }
    return PacketVerdict::Accepted;
}

PacketVerdict Visitor::OnDisconnectNotice(const protocol::S_DisconnectNotice& packet) {
    notices_.push_back(packet.reason());
    return PacketVerdict::Accepted;
}

// --- What it is told ---------------------------------------------------------------------------------------------------

PacketVerdict Visitor::OnPong(const protocol::S_Pong& /*packet*/) {
    if (plan_.onPong) {
        plan_.onPong(*this);
    }
    return PacketVerdict::Accepted;
}

PacketVerdict Visitor::OnPlayersEntered(const protocol::S_PlayersEntered& packet) {
    for (const protocol::Player& player : packet.players()) {
        names_[player.player_id()] = player.name();
        (void)Note("sees " + player.name());
    }
    return PacketVerdict::Accepted;
}

PacketVerdict Visitor::OnPlayersLeft(const protocol::S_PlayersLeft& packet) {
    for (const std::uint32_t id : packet.player_ids()) {
        (void)Note("sees no " + names_[id]);
    }
    return PacketVerdict::Accepted;
}

PacketVerdict Visitor::OnMoved(const protocol::S_Moved& packet) {
    return Note(fmt::format("{} moved {}", names_[packet.player_id()], packet.sequence()));
}

PacketVerdict Visitor::OnPositionCorrected(const protocol::S_PositionCorrected& packet) {
    {
        MutexLock lock(mutex_);
        x_ = packet.x();
        y_ = packet.y();
    }
    return Note(fmt::format("corrected {}", packet.sequence()));
}

PacketVerdict Visitor::OnChat(const protocol::S_Chat& packet) {
    return Note(fmt::format("chat #{} {}: {}", packet.number(), packet.name(), packet.text()));
}

PacketVerdict Visitor::OnWhisper(const protocol::S_Whisper& packet) {
    return Note(fmt::format("whisper {}: {}", packet.name(), packet.text()));
}

PacketVerdict Visitor::OnWhisperResult(const protocol::S_WhisperResult& packet) {
    return Note(fmt::format("whisper {}: {}", packet.sequence(), static_cast<int>(packet.result())));
}

PacketVerdict Visitor::OnAnnouncement(const protocol::S_Announcement& packet) {
    return Note("said: " + packet.text());
}

}  // namespace game::test
