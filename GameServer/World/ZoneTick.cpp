#include <memory>
#include <new>
#include <span>
#include <utility>

#include "GameServer/World/SpawnPosition.h"
#include "GameServer/World/Zone.h"
#include "Protocol/Packets.gen.h"

namespace game {

void Zone::TickInTime() {
    servercore::JobTimerFiring firing;
    {
        servercore::MutexLock lock(tickerMutex_);
        if (!ticker_) {
            return;  // closed, and a last tick comes
        }
        firing = ticker_->Firing();
    }
    watch_.OnBegin(firing, jobs_->Stats().run);
    Tick();
    watch_.OnEnd(jobs_->Stats().run);
}

void Zone::Tick() {
    LetGo();
    PlaceMovers();
    AdmitNewcomers();
    TellEverybody();
    SendOn();
    EndTick();
}

// --- Where everybody stands --------------------------------------------------------------------------------------------

void Zone::LetGo() {
    members_.ForEach([this](Member& member) {
        const bool isGone = member.isLeaving || member.link->HasLeft();
        if (!isGone && member.next == nullptr) {
            return;
        }
        grid_.Remove(member.cell, member.info.id);
        ++running_.left;
        std::unique_ptr<Member> taken = members_.Take(member.slot);
        if (!isGone) {
            departing_.push_back(std::move(taken));
        }
    });
}

void Zone::PlaceMovers() {
    members_.ForEach([this](Member& member) {
        if (member.isCorrected) {
            member.sight.RenewKey(member.info.id);
        }
        if (!member.hasMoved) {
            return;
        }
        const CellIndex cell = grid_.CellAt(member.position);
        if (cell != member.cell) {
            grid_.Remove(member.cell, member.info.id);
            grid_.Add(cell, {.id = member.info.id, .slot = member.slot});
            member.cell = cell;
        }
    });
}

void Zone::AdmitNewcomers() {
    for (Traveller& newcomer : newcomers_) {
        if (newcomer.link->HasLeft() || members_.Has(newcomer.info.id)) {
            continue;
        }
        const Position position = SpawnPositionOf(newcomer.info.id);
        const Member& member = members_.Add(std::make_unique<Member>(Member{.info = std::move(newcomer.info),
                                                                            .link = std::move(newcomer.link),
                                                                            .position = position,
                                                                            .moveSequence = newcomer.moveSequence,
                                                                            .correctedSequence = newcomer.correctedSequence,
                                                                            .speed = SpeedLimit(config_.maxSpeed),
                                                                            .sight = Sight(newcomer.firstKey),
                                                                            .cell = grid_.CellAt(position)}));
        grid_.Add(member.cell, {.id = member.info.id, .slot = member.slot});
        ++running_.entered;
    }
    newcomers_.clear();
    greeting_ = {.playerCount = static_cast<std::uint32_t>(members_.Count()),
                 .tickMs = static_cast<std::uint32_t>(config_.tick.count()),
                 .zone = id_,
                 .chatNumber = toldChatNumber_,
                 .cellSize = static_cast<std::uint32_t>(config_.cellSize),
                 .maxSpeed = config_.maxSpeed};
}

// --- What everybody is told --------------------------------------------------------------------------------------------

// Cell by cell, because those who stand in one see the same. All packets for one member before the next member's: they leave in one send.
void Zone::TellEverybody() {
    for (CellIndex cell = 0; cell < grid_.CellCount(); ++cell) {
        const std::span<const Occupant> occupants = grid_.In(cell);
        if (occupants.empty()) {
            continue;
        }
        const bool hasChanged = grid_.HasChanged(cell);
        if (hasChanged) {
            grid_.CollectNear(cell, nearby_);
        }
        for (const Occupant& occupant : occupants) {
            Tell(members_.At(occupant.slot), hasChanged);
        }
    }
    for (const std::unique_ptr<Member>& member : departing_) {
        SayFarewell(*member);
    }
}

void Zone::Tell(Member& member, bool nearbyHasChanged) {
    if (member.isNew) {
        member.link->OnZoneEntered();
        member.link->Deliver(packets_.ZoneEntered(greeting_, member.position), protocol::SendOptionsOf<protocol::S_ZoneEntered>());
    }
    if (nearbyHasChanged) {
        TellSight(member);
    }
    TellChats(member);
    TellCorrection(member);
    TellMoves(member);
}

void Zone::TellSight(Member& member) {
    member.sight.Update(nearby_, change_, spare_);
    if (change_.IsEmpty()) {
        return;
    }
    sightPackets_.Make(change_);
    for (const servercore::SendBufferRef& packet : sightPackets_.Left()) {
        member.link->Deliver(packet, protocol::SendOptionsOf<protocol::S_PlayersLeft>());
    }
    for (const servercore::SendBufferRef& packet : sightPackets_.Entered()) {
        member.link->Deliver(packet, protocol::SendOptionsOf<protocol::S_PlayersEntered>());
    }
}

void Zone::TellChats(Member& member) {
    for (const servercore::SendBufferRef& packet : chats_) {
        member.link->Deliver(packet, protocol::SendOptionsOf<protocol::S_Chat>());
    }
    running_.deliveries += chats_.size();
}

void Zone::TellCorrection(Member& member) {
    if (member.isCorrected) {
        member.correctedSequence = member.heardSequence;
        member.link->Deliver(packets_.PositionCorrected(member), protocol::SendOptionsOf<protocol::S_PositionCorrected>());
        ++running_.corrected;
    }
}

void Zone::TellMoves(Member& member) {
    if (!hasMoves_ && !member.wantsRefresh) {
        return;
    }
    for (const SeenPlayer& seen : member.sight.Players()) {
        Member& mover = members_.At(seen.slot);
        if (member.wantsRefresh || (mover.hasMoved && !seen.isNew)) {
            TellMove(member, mover, seen.key);
        }
    }
}

void Zone::TellMove(Member& receiver, Member& mover, std::uint32_t key) {
    // A correction is the answer to all moves up to its sequence.
    if (&receiver == &mover && mover.correctedSequence != 0 && mover.moveSequence <= mover.correctedSequence) {
        return;
    }
    if (!mover.moved) {
        mover.moved = packets_.Moved(mover);
    }
    receiver.link->Deliver(mover.moved, protocol::SendOptionsOf<protocol::S_Moved>(key));
    ++running_.deliveries;
}

// What the others did is of the next zone's past; what it said and did itself is confirmed.
void Zone::SayFarewell(Member& member) {
    TellChats(member);
    TellCorrection(member);
    if (member.hasMoved) {
        TellMove(member, member, member.sight.FreshKey());
    }
}

// --- The end -----------------------------------------------------------------------------------------------------------

void Zone::SendOn() {
    for (const std::unique_ptr<Member>& member : departing_) {
        PostResult result = PostResult::Full;
        try {
            result = member->next->EnterAs({.info = std::move(member->info),
                                            .link = member->link,
                                            .moveSequence = member->moveSequence,
                                            .correctedSequence = member->correctedSequence,
                                            .firstKey = member->sight.NextKey()});
        } catch (const std::bad_alloc&) {  // as good as full
        }
        if (result != PostResult::Queued) {
            member->link->OnZoneRefused();
        }
    }
    departing_.clear();
}

void Zone::EndTick() {
    members_.ForEach([](Member& member) {
        member.sight.EndTick();
        member.isNew = false;
        member.hasMoved = false;
        member.isCorrected = false;
        member.wantsRefresh = false;
        member.moved = {};
    });
    grid_.ForgetChanges();
    sightPackets_.Forget();
    chats_.clear();
    toldChatNumber_ = chatNumber_;
    hasMoves_ = false;

    ++running_.ticks;
    running_.present = members_.Count();
    running_.lateTicks = watch_.LateTicks();
    running_.worstSlip = watch_.WorstSlip();
    running_.jobsFailed = jobs_->Stats().failed;
    servercore::MutexLock lock(totalsMutex_);
    totals_ = running_;
}

}  // namespace game
