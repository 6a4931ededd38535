#pragma once

#include <cstdint>

namespace loadtest {

// What was wrong with what one receiver saw, or all of them.
struct SightErrors {
    std::uint64_t enteredTwice = 0;
    std::uint64_t outOfSight = 0;      // entered or moved where the receiver cannot see it
    std::uint64_t leftUnseen = 0;      // without having been in sight
    std::uint64_t movedUnseen = 0;     // likewise
    std::uint64_t staleMoves = 0;      // not newer than what was known
    std::uint64_t wrongPositions = 0;  // never sent by that player, or where the receiver itself cannot stand
    std::uint64_t missingAtEnd = 0;    // in sight, but the receiver has not been told
    std::uint64_t extraAtEnd = 0;      // not in sight, but the receiver was told so
    std::uint64_t staleAtEnd = 0;      // known to stand elsewhere than it does

    [[nodiscard]] std::uint64_t Sum() const noexcept {
        return enteredTwice + outOfSight + leftUnseen + movedUnseen + staleMoves + wrongPositions + missingAtEnd + extraAtEnd + staleAtEnd;
    }
    SightErrors& operator+=(const SightErrors& other) noexcept {
        enteredTwice += other.enteredTwice;
        outOfSight += other.outOfSight;
        leftUnseen += other.leftUnseen;
        movedUnseen += other.movedUnseen;
        staleMoves += other.staleMoves;
        wrongPositions += other.wrongPositions;
        missingAtEnd += other.missingAtEnd;
        extraAtEnd += other.extraAtEnd;
        staleAtEnd += other.staleAtEnd;
        return *this;
    }
};

}  // namespace loadtest
