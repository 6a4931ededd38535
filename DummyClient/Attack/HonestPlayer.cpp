#include "DummyClient/Attack/HonestPlayer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Attack/Packets.h"
#include "Protocol/KeptPackets.h"
#include "Protocol/Version.h"

namespace loadtest::attack {

using servercore::MutexLock;
namespace protocol = game::protocol;

namespace {

std::string TextOf(const std::string& name, std::uint64_t sequence) {
    return fmt::format("{} says {}", name, sequence);
}

}  // namespace

HonestCounts& HonestCounts::operator+=(const HonestCounts& other) noexcept {
    sent += other.sent;
    answered += other.answered;
    lost += other.lost;
    wrong += other.wrong;
    return *this;
}

HonestPlayer::HonestPlayer(servercore::SendBufferPool& buffers, const servercore::Clock& clock, LatencyRecorder::Writer& latencies,
                           std::string name, std::size_t zone)
    : buffers_(buffers), clock_(clock), latencies_(latencies), name_(std::move(name)), zone_(zone) {}

// --- What it does ------------------------------------------------------------------------------------------------------

std::uint64_t HonestPlayer::Series::Begin(servercore::TimePoint intended) {
    underWay.push_back(intended);
    return ++sent;
}

void HonestPlayer::SendPing(servercore::TimePoint intended) {
    MutexLock lock(mutex_);
    if (!IsInZone()) {
        return;
    }
    protocol::C_Ping ping;
    ping.set_client_time(pings_.Begin(intended));
    ping.set_received(kept_);
    ++counts_.sent;
    Say(ping);
}

void HonestPlayer::SendChat(servercore::TimePoint intended) {
    MutexLock lock(mutex_);
    if (!IsInZone()) {
        return;
    }
    const std::uint64_t sequence = chats_.Begin(intended);
    protocol::C_Chat chat;
    chat.set_sequence(static_cast<std::uint32_t>(sequence));
    chat.set_text(TextOf(name_, sequence));
    ++counts_.sent;
    Say(chat);
}

void HonestPlayer::Leave() {
    {
        MutexLock lock(mutex_);
        isLeaving_ = true;
        if (IsInZone()) {
            Say(protocol::C_Leave());
        }
    }
    Close();
}

// --- What it hears -----------------------------------------------------------------------------------------------------

void HonestPlayer::OnConnected() {
    protocol::C_Hello hello;
    hello.set_protocol_version(protocol::kProtocolVersion);
    Say(hello);
}

void HonestPlayer::OnPacket(const servercore::PacketView& packet) {
    MutexLock lock(mutex_);
    kept_ += protocol::IsKept(packet.id) ? 1U : 0U;
    switch (static_cast<protocol::PacketId>(packet.id)) {
        case protocol::PacketId::S_Hello: {
            protocol::C_Login login;
            login.set_name(name_);
            Say(login);
            break;
        }
        case protocol::PacketId::S_LoginResult: OnLoginResult(packet); break;
        case protocol::PacketId::S_ZoneEntered: stage_.store(Stage::InZone); break;
        case protocol::PacketId::S_Pong: OnPong(packet); break;
        case protocol::PacketId::S_Chat: OnChat(packet); break;
        default: break;
    }
}

void HonestPlayer::OnLoginResult(const servercore::PacketView& packet) {
    protocol::S_LoginResult result;
    if (!ReadBody(packet, result) || result.result() != protocol::LOGIN_OK || result.zone_count() == 0) {
        Close();
        return;
    }
    playerId_ = result.player_id();
    protocol::C_EnterZone enter;
    enter.set_zone_id(static_cast<std::uint32_t>(zone_ % std::max(1U, result.zone_count() - 1)) + 1);
    Say(enter);
}

void HonestPlayer::OnPong(const servercore::PacketView& packet) {
    if (const auto number = AnsweredPing(packet)) {
        OnAnswer(pings_, *number, true);
    }
}

void HonestPlayer::OnChat(const servercore::PacketView& packet) {
    protocol::S_Chat chat;
    if (ReadBody(packet, chat) && chat.player_id() == playerId_) {
        OnAnswer(chats_, chat.sequence(), chat.text() == TextOf(name_, chat.sequence()));
    }
}

void HonestPlayer::OnAnswer(Series& series, std::uint64_t number, bool isAsSent) {
    if (number <= series.heard || number > series.sent) {
        ++counts_.wrong;
        return;
    }
    for (; series.heard + 1 < number; ++series.heard) {
        ++counts_.lost;
        series.underWay.pop_front();
    }
    series.heard = number;
    latencies_.Record(clock_.Now() - series.underWay.front());
    series.underWay.pop_front();
    ++(isAsSent ? counts_.answered : counts_.wrong);
}

// --- What became of it -------------------------------------------------------------------------------------------------

void HonestPlayer::End(const servercore::CloseInfo& info) {
    MutexLock lock(mutex_);
    end_ = info;
    stage_.store(isLeaving_ ? Stage::Left : Stage::Disconnected);
}

bool HonestPlayer::IsSettled() const {
    MutexLock lock(mutex_);
    return HasGone() || (pings_.underWay.empty() && chats_.underWay.empty());
}

HonestCounts HonestPlayer::TakeCounts() {
    MutexLock lock(mutex_);
    for (Series* series : {&pings_, &chats_}) {
        counts_.lost += series->underWay.size();
        series->heard = series->sent;
        series->underWay.clear();
    }
    return std::exchange(counts_, {});
}

servercore::CloseInfo HonestPlayer::HowItEnded() const {
    MutexLock lock(mutex_);
    return end_;
}

}  // namespace loadtest::attack
