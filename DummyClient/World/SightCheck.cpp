#include "DummyClient/World/SightCheck.h"

namespace loadtest {

void SightCheck::OnZoneEntered(Point at, std::int32_t cellSize) {
    cellSize_ = cellSize;
    own_.Restart(at);
    inSight_.clear();
    hasResumed_ = false;
}

void SightCheck::OnEntered(std::uint32_t playerId, std::uint32_t sequence, Point at, bool isStranger) {
    ++entered_;
    const Seen seen{.sequence = sequence, .at = at, .isStranger = isStranger, .mayRepeat = hasResumed_};
    if (!inSight_.insert_or_assign(playerId, seen).second) {
        ++errors_.enteredTwice;
    }
    if (!own_.MaySee(at, cellSize_)) {
        ++errors_.outOfSight;
    }
}

void SightCheck::OnLeft(std::uint32_t playerId) {
    ++left_;
    if (inSight_.erase(playerId) == 0) {
        ++errors_.leftUnseen;
    }
}

void SightCheck::OnMoved(std::uint32_t playerId, std::uint32_t sequence, Point at, const MoveLog* sent) {
    const auto found = inSight_.find(playerId);
    if (found == inSight_.end()) {
        ++errors_.movedUnseen;
        return;
    }
    Seen& seen = found->second;
    // The own confirmation comes first: it may change what is in sight.
    const bool isWrong = playerId == ownId_
                             ? !own_.TryConfirm(sequence, at)
                             : sent != nullptr && sequence > seen.sequence && sent->Compare(sequence, at) == MoveLog::Finding::Different;
    if (isWrong) {
        ++errors_.wrongPositions;
    }
    if (!own_.MaySee(at, cellSize_)) {
        ++errors_.outOfSight;
    }
    if (sequence > seen.sequence) {
        ++heard_;
        merged_ += sequence - seen.sequence - 1;
        seen.sequence = sequence;
        seen.at = at;
    } else if (seen.mayRepeat && sequence == seen.sequence && at == seen.at) {
        seen.mayRepeat = false;
    } else {
        ++errors_.staleMoves;
    }
}

void SightCheck::OnCorrected(std::uint32_t sequence, Point at) {
    if (!own_.TryCorrect(sequence, at)) {
        ++errors_.wrongPositions;
    }
}

void SightCheck::OnResumed(std::uint32_t taken) {
    if (!own_.TryResume(taken)) {
        ++errors_.wrongPositions;
    }
    hasResumed_ = true;
    for (auto& [playerId, seen] : inSight_) {
        seen.mayRepeat = true;
    }
}

SightErrors SightCheck::CompareAtEnd(std::span<const Standing> bots) const {
    SightErrors errors;
    std::size_t found = 0;
    for (const Standing& bot : bots) {
        if (!AreInSight(own_.Last(), bot.at, cellSize_)) {
            continue;
        }
        const auto seen = inSight_.find(bot.playerId);
        if (seen == inSight_.end()) {
            ++errors.missingAtEnd;
            continue;
        }
        found += seen->second.isStranger ? 0U : 1U;
        errors.staleAtEnd += seen->second.at == bot.at ? 0U : 1U;
    }
    for (const auto& [playerId, seen] : inSight_) {
        errors.extraAtEnd += seen.isStranger ? 0U : 1U;
    }
    errors.extraAtEnd -= found;
    return errors;
}

}  // namespace loadtest
