#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "GameServer/World/PlayerInfo.h"
#include "ServerCore/Base/Bytes.h"

namespace game::test {

// What a client believes from the packets of the zones alone, and everything in them that a client could not make sense of.
class ClientView {
public:
    explicit ClientView(PlayerId self) : self_(self) {}

    // A whole packet. Returns it in short: "moved 7:3" is the S_Moved of player 7 with sequence 3.
    std::string Take(servercore::ConstBytes packet);

    // The packets that follow are another tick's.
    void BeginTick() { enteredNow_.clear(); }

    [[nodiscard]] ZoneId Zone() const noexcept { return zone_; }
    [[nodiscard]] Position Own() const noexcept { return own_; }
    [[nodiscard]] std::uint32_t ChatNumber() const noexcept { return chatNumber_; }
    // Who is in sight, and where.
    [[nodiscard]] const std::map<PlayerId, Position>& Seen() const noexcept { return seen_; }
    [[nodiscard]] const std::vector<std::string>& Complaints() const noexcept { return complaints_; }

private:
    void TakeMove(PlayerId player, std::uint32_t sequence, Position position);
    void Complain(const std::string& what) { complaints_.push_back(what); }

    const PlayerId self_;
    ZoneId zone_ = 0;
    Position own_;
    std::uint32_t chatNumber_ = 0;
    std::map<PlayerId, Position> seen_;
    std::set<PlayerId> enteredNow_;
    std::map<PlayerId, std::uint32_t> sequences_;  // the last heard of
    std::uint32_t correctedSequence_ = 0;
    std::vector<std::string> complaints_;
};

}  // namespace game::test
