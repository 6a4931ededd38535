#include "GameServer/World/Zone.h"

#include <algorithm>
#include <utility>

#include "Protocol/ZoneRules.h"

namespace game {

Zone::Zone(ZoneId id, servercore::JobExecutor& executor, const servercore::Clock& clock, servercore::SendBufferPool& buffers,
           servercore::Logger& log, const ZoneConfig& config)
    : id_(id),
      config_(config),
      brake_(std::make_shared<servercore::app::ReceiveBrake>()),
      jobs_(std::make_shared<servercore::JobQueue>(executor, clock, config.jobs)),
      watch_(id, config.tick, clock, log),
      grid_(config.cellSize),
      packets_(buffers),
      sightPackets_(packets_, members_) {
    jobs_->SetObserver(brake_);
}

// --- Posting -----------------------------------------------------------------------------------------------------------

Zone::PostResult Zone::Enter(PlayerInfo player, std::shared_ptr<PlayerLink> link) {
    return EnterAs({.info = std::move(player), .link = std::move(link)});
}

Zone::PostResult Zone::EnterAs(Traveller traveller) {
    return jobs_->Post("zone enter", [self = shared_from_this(), traveller = std::move(traveller)] { self->OnEnter(traveller); });
}

Zone::PostResult Zone::Move(PlayerId player, std::uint32_t sequence, Position position, servercore::TimePoint receivedAt) {
    return jobs_->Post("zone move", [self = shared_from_this(), player, sequence, position, receivedAt] {
        self->OnMove(player, sequence, position, receivedAt);
    });
}

Zone::PostResult Zone::Chat(PlayerId player, std::uint32_t sequence, std::string text) {
    return jobs_->Post("zone chat",
                       [self = shared_from_this(), player, sequence, text = std::move(text)] { self->OnChat(player, sequence, text); });
}

Zone::PostResult Zone::Refresh(PlayerId player) {
    return jobs_->Post("zone refresh", [self = shared_from_this(), player] {
        if (Member* const member = self->members_.Find(player)) {
            member->wantsRefresh = true;
        }
    });
}

Zone::PostResult Zone::MoveOn(PlayerId player, std::shared_ptr<Zone> next) {
    return jobs_->Post("zone move on", [self = shared_from_this(), player, next = std::move(next)] {
        if (Member* const member = self->members_.Find(player)) {
            member->next = next;
        }
    });
}

void Zone::Leave(PlayerId player) {
    (void)jobs_->Post("zone leave", [self = shared_from_this(), player] { self->OnLeave(player); });
}

void Zone::StartTicking(servercore::JobTimers& timers, servercore::Duration offset) {
    servercore::MutexLock lock(tickerMutex_);
    ticker_.emplace(timers, jobs_, "zone tick", [weak = weak_from_this()] {
        if (const std::shared_ptr<Zone> self = weak.lock()) {
            self->TickInTime();
        }
    });
    ticker_->Every(config_.tick, timers.GetClock().Now() + config_.tick + offset);
}

void Zone::Close() {
    {
        servercore::MutexLock lock(tickerMutex_);
        ticker_.reset();
    }
    // A tick that is queued already may lie in front of the last leavers.
    (void)jobs_->Post("zone tick", [self = shared_from_this()] { self->Tick(); });
    jobs_->Close();
}

ZoneTotals Zone::Totals() const {
    servercore::MutexLock lock(totalsMutex_);
    return totals_;
}

// --- Jobs --------------------------------------------------------------------------------------------------------------

// Its Leave may have come before it, so the link is asked.
void Zone::OnEnter(const Traveller& traveller) {
    if (!traveller.link->HasLeft()) {
        newcomers_.push_back(traveller);
    }
}

void Zone::OnMove(PlayerId player, std::uint32_t sequence, Position position, servercore::TimePoint receivedAt) {
    Member* const member = members_.Find(player);
    if (member == nullptr) {
        return;
    }
    member->heardSequence = sequence;
    if (!protocol::IsInZone(position.x, position.y) || !member->speed.TryWalk(member->position, position, receivedAt)) {
        member->isCorrected = true;
        return;
    }
    member->moveSequence = sequence;
    member->position = position;
    member->hasMoved = true;
    hasMoves_ = true;
    ++running_.moves;
}

void Zone::OnChat(PlayerId player, std::uint32_t sequence, const std::string& text) {
    const Member* const member = members_.Find(player);
    if (member == nullptr) {
        return;
    }
    chats_.push_back(
        packets_.Chat({.player = player, .sequence = sequence, .text = text, .name = member->info.name, .number = chatNumber_ + 1}));
    ++chatNumber_;
    ++running_.chats;
}

void Zone::OnLeave(PlayerId player) {
    if (Member* const member = members_.Find(player)) {
        member->isLeaving = true;
    }
    std::erase_if(newcomers_, [player](const Traveller& newcomer) { return newcomer.info.id == player; });
}

}  // namespace game
