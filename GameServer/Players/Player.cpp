#include "GameServer/Players/Player.h"

#include <utility>

#include "GameServer/Notice.h"
#include "GameServer/World/Zone.h"
#include "Protocol/KeptPackets.h"
#include "ServerCore/Base/Bytes.h"

namespace game {

namespace {

std::uint16_t IdOf(const servercore::SendBuffer& packet) noexcept {
    return servercore::LoadLittleEndian16(packet.Bytes().subspan(2));
}

// The zone has been fed by this connection: while it has too much to do, it is not read.
Outcome OutcomeOf(Zone::PostResult result, Zone& zone, servercore::Session& by) {
    zone.Brake().Apply(by);
    return result == Zone::PostResult::Queued ? Outcome::Done : Outcome::Overloaded;
}

}  // namespace

Player::Player(PlayerInfo info, ResumeToken token, servercore::SendBufferPool& buffers)
    : info_(std::move(info)), token_(token), buffers_(buffers) {}

// --- What its client does ----------------------------------------------------------------------------------------------

Outcome Player::Enter(servercore::Session& by, std::shared_ptr<Zone> zone) {
    servercore::MutexLock lock(mutex_);
    if (!IsCurrent(by) || HasLeft()) {
        return Outcome::Superseded;
    }
    stage_.store(PlayerStage::Entering);
    const std::shared_ptr<Zone> before = std::exchange(zone_, std::move(zone));
    return before == nullptr ? OutcomeOf(zone_->Enter(info_, shared_from_this()), *zone_, by)
                             : OutcomeOf(before->MoveOn(info_.id, zone_), *before, by);
}

Outcome Player::Take(const servercore::Session& by, std::uint32_t& last, std::uint32_t sequence) {
    if (!IsCurrent(by)) {
        return Outcome::Superseded;
    }
    if (sequence != last + 1) {
        return Outcome::BadSequence;
    }
    last = sequence;
    return Outcome::Done;
}

Outcome Player::Move(servercore::Session& by, std::uint32_t sequence, Position position, servercore::TimePoint now) {
    servercore::MutexLock lock(mutex_);
    const Outcome outcome = zone_ == nullptr ? Outcome::Superseded : Take(by, taken_.move, sequence);
    return outcome == Outcome::Done ? OutcomeOf(zone_->Move(info_.id, sequence, position, now), *zone_, by) : outcome;
}

Outcome Player::Chat(servercore::Session& by, std::uint32_t sequence, const std::string& text) {
    servercore::MutexLock lock(mutex_);
    const Outcome outcome = zone_ == nullptr ? Outcome::Superseded : Take(by, taken_.chat, sequence);
    return outcome == Outcome::Done ? OutcomeOf(zone_->Chat(info_.id, sequence, text), *zone_, by) : outcome;
}

Outcome Player::TakeWhisper(const servercore::Session& by, std::uint32_t sequence) {
    servercore::MutexLock lock(mutex_);
    return Take(by, taken_.whisper, sequence);
}

bool Player::Acknowledge(const servercore::Session& by, std::uint64_t received) {
    servercore::MutexLock lock(mutex_);
    return !IsCurrent(by) || kept_.Acknowledge(received);
}

// --- Coming and going --------------------------------------------------------------------------------------------------

bool Player::Attach(const Connection& connection, servercore::SendBufferRef answer) {
    servercore::MutexLock lock(mutex_);
    if (HasLeft()) {
        return false;
    }
    connection_ = connection;
    Greet(std::move(answer));
    return true;
}

std::optional<Player::Resumed> Player::TryTakeOver(const Connection& connection, std::uint64_t received) {
    if (HasLeft() || zone_ == nullptr || !kept_.HasAllAfter(received)) {
        return std::nullopt;
    }
    (void)kept_.Acknowledge(received);
    lostSince_.reset();
    return Resumed{.taken = taken_, .zone = zone_->Id(), .former = std::exchange(connection_, connection)};
}

// Answers do not wait for the tick, and what follows leaves with them.
void Player::Greet(servercore::SendBufferRef answer) {
    (void)connection_->Send(std::move(answer), {.urgent = true});
    for (const servercore::SendBufferRef& packet : kept_.Packets()) {
        (void)connection_->Send(packet);
    }
}

void Player::RefreshSight() {
    (void)zone_->Refresh(info_.id);
}

bool Player::Detach(const servercore::Session& connection, servercore::TimePoint now, bool mayResume) {
    Connection gone;  // let go of without the lock
    servercore::MutexLock lock(mutex_);
    if (!IsCurrent(connection)) {
        return false;
    }
    gone.swap(connection_);
    lostSince_ = now;
    if (zone_ == nullptr || !mayResume) {
        (void)LeaveForGood();
    }
    return HasLeft();
}

bool Player::LeaveIfLostSince(servercore::TimePoint time) {
    servercore::MutexLock lock(mutex_);
    if (lostSince_ && *lostSince_ <= time) {
        (void)LeaveForGood();
    }
    return HasLeft();
}

bool Player::Leave(const servercore::Session& by) {
    servercore::MutexLock lock(mutex_);
    return IsCurrent(by) && LeaveForGood();
}

void Player::Dismiss(servercore::SendBufferRef notice, servercore::CloseReason reason) {
    servercore::MutexLock lock(mutex_);
    if (LeaveForGood() && connection_ != nullptr) {
        (void)connection_->Send(std::move(notice));
        connection_->Close(reason);
    }
}

bool Player::LeaveForGood() {
    if (stage_.exchange(PlayerStage::Left) == PlayerStage::Left) {
        return false;
    }
    if (const std::shared_ptr<Zone> zone = std::exchange(zone_, nullptr)) {
        zone->Leave(info_.id);
    }
    kept_.Clear();
    return true;
}

// --- PlayerLink --------------------------------------------------------------------------------------------------------

void Player::Deliver(servercore::SendBufferRef packet, const servercore::SendOptions& options) {
    servercore::MutexLock lock(mutex_);
    if (HasLeft()) {
        return;
    }
    if (protocol::IsKept(IdOf(*packet))) {
        kept_.Push(packet);
    }
    if (connection_ != nullptr) {
        (void)connection_->Send(std::move(packet), options);
    }
}

void Player::OnZoneEntered() noexcept {
    PlayerStage entering = PlayerStage::Entering;
    (void)stage_.compare_exchange_strong(entering, PlayerStage::InZone);
}

void Player::OnZoneRefused() {
    Dismiss(MakeOverloadNotice(buffers_), servercore::CloseReason::ResourceExhausted);
}

}  // namespace game
