#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "DummyClient/BotScript.h"

namespace loadtest {

enum class Kind : std::uint8_t { Move, Chat };

// What one receiver found wrong.
struct DeliveryErrors {
    std::uint64_t duplicated = 0;
    std::uint64_t outOfOrder = 0;  // came after one that was sent later
    std::uint64_t wrongContent = 0;
    std::uint64_t wrongRoster = 0;  // entered twice, left without being there, or heard of without being there

    [[nodiscard]] std::uint64_t Sum() const noexcept { return duplicated + outOfOrder + wrongContent + wrongRoster; }
    DeliveryErrors& operator+=(const DeliveryErrors& other) noexcept;
};

// One bot's view of what the others send: from each sender strictly consecutive sequences, nothing twice, and the contents that
// BotScript says.
// Owner: BotSession.  Threads: confined to the session's callbacks.
class DeliveryCheck {
public:
    explicit DeliveryCheck(std::size_t bots) : senders_(bots) {}

    // The sequences are of the last move and chat before the sender was first seen.
    void OnEntered(std::size_t sender, std::uint32_t moveSequence, std::uint32_t chatSequence);
    void OnLeft(std::size_t sender);
    void OnMove(std::size_t sender, std::uint32_t sequence, Point position);
    void OnChat(std::size_t sender, std::uint32_t sequence, std::string_view text);
    // A packet that contradicts what the server said before.
    void CountWrongRoster() noexcept { ++errors_.wrongRoster; }

    // Bots that are there now, this one included.
    [[nodiscard]] std::size_t Present() const noexcept { return present_; }
    // Moves and chats that arrived, each counted once.
    [[nodiscard]] std::uint64_t Received() const noexcept { return received_; }
    [[nodiscard]] const DeliveryErrors& Errors() const noexcept { return errors_; }
    // Sequences that were skipped so far and may still come late.
    [[nodiscard]] std::uint64_t Skipped() const noexcept { return skipped_; }

    // Of the sequences from the first expected to `lastSent`, those that never came.
    [[nodiscard]] std::uint64_t Lost(std::size_t sender, Kind kind, std::uint32_t lastSent) const noexcept;
    // Sequences that came although they were never sent.
    [[nodiscard]] std::uint64_t Invented(std::size_t sender, Kind kind, std::uint32_t lastSent) const noexcept;

private:
    struct Sender {
        std::uint32_t nextMove = 1;
        std::uint32_t nextChat = 1;
        bool isPresent = false;
    };
    // Sequences that were skipped and have not come late.
    struct Gap {
        std::size_t sender = 0;
        Kind kind = Kind::Move;
        std::uint32_t first = 0;
        std::uint32_t last = 0;
    };

    void Take(std::size_t sender, Kind kind, std::uint32_t& next, std::uint32_t sequence);
    [[nodiscard]] bool TakeFromGap(std::size_t sender, Kind kind, std::uint32_t sequence);
    [[nodiscard]] std::uint32_t Next(std::size_t sender, Kind kind) const noexcept;

    std::vector<Sender> senders_;
    std::vector<Gap> gaps_;
    std::size_t present_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t skipped_ = 0;  // the sum of the gaps
    DeliveryErrors errors_;
};

}  // namespace loadtest
