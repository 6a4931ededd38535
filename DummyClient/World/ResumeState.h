#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "Protocol/KeptPackets.h"

namespace loadtest {

// What a bot needs to take over its player on another connection: the server's token, and how many kept packets have arrived.
// Owner: WorldBot.  Threads: confined to its owner's lock.
class ResumeState {
public:
    // After the login; kept packets count from here on.
    void Begin(std::string token) {
        token_ = std::move(token);
        received_ = 0;
    }

    // With every packet of the server, in order. Before Begin none counts.
    void Count(std::uint16_t packetId) noexcept {
        if (!token_.empty() && game::protocol::IsKept(packetId)) {
            ++received_;
        }
    }

    [[nodiscard]] const std::string& Token() const noexcept { return token_; }
    [[nodiscard]] std::uint64_t Received() const noexcept { return received_; }

private:
    std::string token_;
    std::uint64_t received_ = 0;
};

}  // namespace loadtest
