#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "DummyClient/World/DeliveryErrors.h"

namespace loadtest {

// One bot's view of what is said in its zones: the numbers of a zone one by one, each speaker's chats in order, the contents that
// BotScript says, and its own chats one by one in all zones.
// Owner: WorldBot.  Threads: confined to its owner's lock.
class ChatCheck {
public:
    explicit ChatCheck(std::size_t bot) : bot_(bot) {}

    // `chatNumber`: of the last chat in the zone before.
    void OnZoneEntered(std::uint32_t chatNumber);
    // No `speaker`: a stranger; only the number is judged.
    void OnChat(std::optional<std::size_t> speaker, std::uint32_t number, std::uint32_t sequence, std::string_view text);

    // Chats of bots that arrived, each counted once.
    [[nodiscard]] std::uint64_t Received() const noexcept { return received_; }
    // Numbers that were skipped; those of this zone may still come late.
    [[nodiscard]] std::uint64_t Skipped() const noexcept { return skipped_; }
    // Own chats that did not come back although later ones did.
    [[nodiscard]] std::uint64_t OwnSkipped() const noexcept { return ownSkipped_; }
    // The highest number of this zone so far.
    [[nodiscard]] std::uint32_t LastNumber() const noexcept { return nextNumber_ - 1; }
    // The last own chat that came back.
    [[nodiscard]] std::uint32_t LastEcho() const noexcept { return lastEcho_; }
    [[nodiscard]] const DeliveryErrors& Errors() const noexcept { return errors_; }

private:
    // Numbers of this zone that were skipped and have not come late.
    struct Gap {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
    };

    // False: it was there before.
    [[nodiscard]] bool TakeNumber(std::uint32_t number);
    [[nodiscard]] bool TakeFromGap(std::uint32_t number);
    void TakeSequence(std::size_t speaker, std::uint32_t sequence);

    const std::size_t bot_;
    std::uint32_t nextNumber_ = 1;
    std::vector<Gap> gaps_;
    std::unordered_map<std::size_t, std::uint32_t> lastOf_;  // speakers heard in this zone
    std::uint32_t lastEcho_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t skipped_ = 0;
    std::uint64_t ownSkipped_ = 0;
    DeliveryErrors errors_;
};

}  // namespace loadtest
