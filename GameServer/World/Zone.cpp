#include "GameServer/Zone.h"

#include <utility>

#include <fmt/format.h>

namespace game {

std::string ToString(const ZoneTotals& totals) {
    return fmt::format("zone ticks={} entered={} left={} present={} moves={} chats={} deliveries={} jobs_failed={}\n", totals.ticks,
                       totals.entered, totals.left, totals.present, totals.moves, totals.chats, totals.deliveries, totals.jobsFailed);
}

Zone::Zone(servercore::JobExecutor& executor, const servercore::Clock& clock, servercore::SendBufferPool& buffers, const ZoneConfig& config)
    : tick_(config.tick), jobs_(std::make_shared<servercore::JobQueue>(executor, clock, config.jobs)), packets_(buffers) {}

// --- Posting -----------------------------------------------------------------------------------------------------------

Zone::PostResult Zone::Enter(PlayerInfo player, std::weak_ptr<PlayerChannel> channel) {
    return jobs_->Post("zone enter", [self = shared_from_this(), player = std::move(player), channel = std::move(channel)] {
        self->newcomers_.push_back({.state = {.info = player, .position = {}}, .channel = channel});
    });
}

Zone::PostResult Zone::Move(PlayerId player, std::uint32_t sequence, Position position) {
    return jobs_->Post("zone move",
                       [self = shared_from_this(), move = MoveUpdate{.player = player, .sequence = sequence, .position = position}] {
                           self->moves_.push_back(move);
                       });
}

Zone::PostResult Zone::Chat(PlayerId player, std::uint32_t sequence, std::string text) {
    return jobs_->Post("zone chat", [self = shared_from_this(), player, sequence, text = std::move(text)] {
        self->chats_.push_back({.player = player, .sequence = sequence, .text = text});
    });
}

void Zone::Leave(PlayerId player) {
    (void)jobs_->Post("zone leave", [self = shared_from_this(), player] { self->leavers_.push_back(player); });
}

void Zone::StartTicking(servercore::JobTimers& timers) {
    ticker_.emplace(timers, jobs_, "zone tick", [weak = weak_from_this()] {
        if (const std::shared_ptr<Zone> self = weak.lock()) {
            self->Tick();
        }
    });
    ticker_->Every(tick_);
}

void Zone::Close() {
    ticker_.reset();
    // A tick that is queued already may lie in front of the last leavers.
    (void)jobs_->Post("zone tick", [self = shared_from_this()] { self->Tick(); });
    jobs_->Close();
}

// --- Ticking -----------------------------------------------------------------------------------------------------------

void Zone::Tick() {
    Frame frame;
    AdmitNewcomers(frame);
    CollectUpdates(frame);
    RemoveLeavers(frame);
    Deliver(frame);
    CountTick();
}

void Zone::AdmitNewcomers(Frame& frame) {
    if (newcomers_.empty()) {
        return;
    }
    std::vector<const PlayerState*> players;
    for (const Member& newcomer : newcomers_) {
        players.push_back(&newcomer.state);
    }
    packets_.AddPlayersEntered(players, frame.entered);

    running_.entered += newcomers_.size();
    for (Member& newcomer : newcomers_) {
        const PlayerId id = newcomer.state.info.id;
        members_.emplace(id, std::move(newcomer));
    }
    newcomers_.clear();

    players.clear();
    for (const auto& [id, member] : members_) {
        players.push_back(&member.state);
    }
    packets_.AddZoneEntered(players.size(), tick_, frame.welcome);
    packets_.AddPlayersEntered(players, frame.welcome);
}

void Zone::CollectUpdates(Frame& frame) {
    for (const MoveUpdate& move : moves_) {
        if (const auto found = members_.find(move.player); found != members_.end()) {
            found->second.state.position = move.position;
            found->second.state.moveSequence = move.sequence;
        }
    }
    for (const ChatUpdate& chat : chats_) {
        if (const auto found = members_.find(chat.player); found != members_.end()) {
            found->second.state.chatSequence = chat.sequence;
        }
        packets_.AddChat(chat, frame.updates);
    }
    packets_.AddMoves(moves_, frame.updates);

    running_.moves += moves_.size();
    running_.chats += chats_.size();
    running_.deliveries += (moves_.size() + chats_.size()) * members_.size();
    moves_.clear();
    chats_.clear();
}

void Zone::RemoveLeavers(Frame& frame) {
    std::vector<PlayerId> left;
    for (const PlayerId id : leavers_) {
        if (members_.erase(id) > 0) {
            left.push_back(id);
        }
    }
    leavers_.clear();
    running_.left += left.size();
    packets_.AddPlayersLeft(left, frame.updates);
}

// All packets for one member before the next member's: they leave in one send.
void Zone::Deliver(const Frame& frame) {
    for (auto& [id, member] : members_) {
        const std::shared_ptr<PlayerChannel> channel = member.channel.lock();
        if (channel == nullptr) {
            leavers_.push_back(id);  // its own Leave did not get through
            continue;
        }
        for (const servercore::SendBufferRef& packet : member.isNew ? frame.welcome : frame.entered) {
            channel->Deliver(packet);
        }
        member.isNew = false;
        for (const servercore::SendBufferRef& packet : frame.updates) {
            channel->Deliver(packet);
        }
    }
}

void Zone::CountTick() {
    ++running_.ticks;
    running_.present = members_.size();
    running_.jobsFailed = jobs_->Stats().failed;
    servercore::MutexLock lock(totalsMutex_);
    totals_ = running_;
}

ZoneTotals Zone::Totals() const {
    servercore::MutexLock lock(totalsMutex_);
    return totals_;
}

}  // namespace game
