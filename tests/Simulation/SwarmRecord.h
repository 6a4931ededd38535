#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ServerCore/Net/CloseReason.h"

namespace servercore::test {

class SwarmSession;

enum class SwarmSide : std::uint8_t { Server, Client };

// The life of one session, as it was observed. Outlives the session.
struct SwarmRecord {
    enum class Phase : std::uint8_t { New, Connected, ConnectFailed, Disconnected };

    SwarmSide side = SwarmSide::Server;
    std::size_t service = 0;  // which client service
    std::uint32_t index = 0;  // among the sessions of its side
    bool wasTaken = true;     // by its service; nothing may come of one that was refused
    Phase phase = Phase::New;
    std::size_t ends = 0;  // of OnDisconnected and OnConnectFailed
    CloseInfo end;
    bool isDestroyed = false;
    std::weak_ptr<SwarmSession> session;

    std::size_t packetsLeft = 0;          // of its allowance
    std::vector<std::uint64_t> queued;    // digests of the packets that Send took, in order
    std::vector<std::uint64_t> received;  // and of those that arrived
    std::optional<std::uint32_t> peer;    // the index that the peer's first packet told

    [[nodiscard]] bool HasEnded() const noexcept { return ends > 0; }
    // "server session 12"
    [[nodiscard]] std::string Name() const;
};

// What broke, and what was seen while a swarm ran.
struct SwarmRecords {
    std::deque<SwarmRecord> servers;
    std::deque<SwarmRecord> clients;
    std::vector<std::string> problems;

    [[nodiscard]] SwarmRecord& Add(SwarmSide side);
    void AddProblem(std::string problem);
};

// Where both ends of a connection are open: everything that one sent has reached the other.
[[nodiscard]] bool HasAllArrived(const SwarmRecords& records);

// After the run: every session ended once and is gone, and what arrived is a beginning of what was sent; all of it where both ends say
// that they ended gracefully and the receiver listened to the end.
void CheckLives(SwarmRecords& records);

}  // namespace servercore::test
