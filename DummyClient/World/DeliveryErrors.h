#pragma once

#include <cstdint>

namespace loadtest {

// What was wrong with the chats and whispers of one receiver, or all of them.
struct DeliveryErrors {
    std::uint64_t duplicated = 0;
    std::uint64_t outOfOrder = 0;    // came after one that was said later
    std::uint64_t wrongContent = 0;  // text, name or addressee
    std::uint64_t wrongRoster = 0;   // two players with one id, or a name that is not that player's

    [[nodiscard]] std::uint64_t Sum() const noexcept { return duplicated + outOfOrder + wrongContent + wrongRoster; }
    DeliveryErrors& operator+=(const DeliveryErrors& other) noexcept {
        duplicated += other.duplicated;
        outOfOrder += other.outOfOrder;
        wrongContent += other.wrongContent;
        wrongRoster += other.wrongRoster;
        return *this;
    }
};

}  // namespace loadtest
