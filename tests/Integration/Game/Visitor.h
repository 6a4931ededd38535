#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "Protocol/Packets.gen.h"
#include "Protocol/Version.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Net/PacketSession.h"

namespace game::test {

// A client that walks through the handshake, the login and into a zone, then does what the test says. It may stop on the way. What the
// server tells it, it notes in a line each.
// Owner: its service.  Threads: the hooks run in the session's callbacks; what it does (Walk to Say) from one thread at a time; the rest is
// safe from any.
class Visitor final : public servercore::PacketSession, private protocol::ServerPacketHandler {
public:
    // What it takes to come back.
    struct Ticket {
        std::string token;
        std::uint64_t received = 0;
    };

    struct Plan {
        std::uint32_t version = protocol::kProtocolVersion;
        std::string name;
        std::uint32_t zone = 1;
        std::optional<Ticket> resume{};  // instead of the login
        protocol::SessionState goal = protocol::SessionState::InZone;
        std::function<void(Visitor&)> onEntered{};  // or wherever else the goal is
        std::function<void(Visitor&, protocol::LoginResult)> onLoginRefused{};
        std::function<void(Visitor&)> onPong{};
        std::function<void()> onNews{};  // there is one more note
        std::function<void(Visitor&, const servercore::CloseInfo&)> onGone{};
    };

    Visitor(servercore::SendBufferPool& buffers, Plan plan) : buffers_(buffers), plan_(std::move(plan)) {}

    // To a place that is so far from where it stands.
    void Walk(std::int32_t x, std::int32_t y);
    void Chat(std::string_view text);
    void Whisper(std::string_view to, std::string_view text);
    void EnterZone(std::uint32_t zone);
    void Ping(std::uint64_t received);
    // Says farewell and closes.
    void Leave() {
        Say(protocol::C_Leave{});
        Close();
    }
    template <class Message>
    void Say(const Message& message) {
        (void)Send(protocol::MakeSendBuffer(buffers_, message));
    }

    // One of:
    //     in zone 2; sees Ann; sees no Ann; Ann moved 3; corrected 3; chat #4 Ann: text; whisper Ann: text; whisper 1: 2; said: text
    //     resumed 3 4 5 in zone 1 (sequences); resume refused
    [[nodiscard]] bool HasNoted(std::string_view note) const { return CountNotes(note) > 0; }
    [[nodiscard]] std::size_t CountNotes(std::string_view note) const SC_EXCLUDES(mutex_);
    [[nodiscard]] std::vector<std::string> Notes() const SC_EXCLUDES(mutex_);
    [[nodiscard]] Ticket GetTicket() const SC_EXCLUDES(mutex_);

    // For the hooks and, once gone, for everybody.
    [[nodiscard]] const std::vector<protocol::DisconnectReason>& Notices() const noexcept { return notices_; }
    [[nodiscard]] std::uint32_t ServerVersion() const noexcept { return serverVersion_; }
    [[nodiscard]] bool HasEntered() const noexcept { return hasEntered_; }

private:
    void OnConnected() override;
    void OnConnectFailed(const servercore::CloseInfo& info) override { Tell(info); }
    void OnDisconnected(const servercore::CloseInfo& info) override { Tell(info); }
    void OnPacket(const servercore::PacketView& packet) override SC_EXCLUDES(mutex_);

    using PacketVerdict = servercore::PacketVerdict;
    PacketVerdict OnHello(const protocol::S_Hello& packet) override;
    PacketVerdict OnLoginResult(const protocol::S_LoginResult& packet) override;
    PacketVerdict OnResumeResult(const protocol::S_ResumeResult& packet) override;
    PacketVerdict OnZoneEntered(const protocol::S_ZoneEntered& packet) override;
    PacketVerdict OnDisconnectNotice(const protocol::S_DisconnectNotice& packet) override;
    PacketVerdict OnPong(const protocol::S_Pong& packet) override;
    PacketVerdict OnPlayersEntered(const protocol::S_PlayersEntered& packet) override;
    PacketVerdict OnPlayersLeft(const protocol::S_PlayersLeft& packet) override;
    PacketVerdict OnMoved(const protocol::S_Moved& packet) override;
    PacketVerdict OnPositionCorrected(const protocol::S_PositionCorrected& packet) override;
    PacketVerdict OnChat(const protocol::S_Chat& packet) override;
    PacketVerdict OnWhisper(const protocol::S_Whisper& packet) override;
    PacketVerdict OnWhisperResult(const protocol::S_WhisperResult& packet) override;
    PacketVerdict OnAnnouncement(const protocol::S_Announcement& packet) override;

    PacketVerdict Note(std::string note) SC_EXCLUDES(mutex_);
    // True: this was the goal, and the plan goes on.
    bool Reach(protocol::SessionState state);
    void Tell(const servercore::CloseInfo& info) {
        if (plan_.onGone) {
            plan_.onGone(*this, info);
        }
    }

    servercore::SendBufferPool& buffers_;
    const Plan plan_;
    std::vector<protocol::DisconnectReason> notices_;
    std::uint32_t serverVersion_ = 0;
    bool hasEntered_ = false;
    std::map<std::uint32_t, std::string> names_;  // of those it has ever seen

    // Of what it does.
    std::uint32_t moves_ = 0;
    std::uint32_t chats_ = 0;
    std::uint32_t whispers_ = 0;

    mutable servercore::Mutex mutex_;
    std::vector<std::string> notes_ SC_GUARDED_BY(mutex_);
    Ticket ticket_ SC_GUARDED_BY(mutex_);
    std::int32_t x_ SC_GUARDED_BY(mutex_) = 0;
    std::int32_t y_ SC_GUARDED_BY(mutex_) = 0;
};

}  // namespace game::test
