#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <unordered_map>
#include <utility>

#include "Protocol/ZoneRules.h"
#include "tests/Unit/Game/ZoneFixture.h"

namespace game::test {

namespace {

// Players that come, walk, talk, change zones, break off and leave at random. What each of them is told is held against what is true.
class ZoneSightTest : public ZoneFixture {
protected:
    struct Player {
        std::shared_ptr<FakeLink> link;
        ZoneId zone = 0;  // 0: on its way
        Position position;
        std::uint32_t moves = 0;
        std::uint32_t chats = 0;
    };

    [[nodiscard]] int Random(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
    [[nodiscard]] bool OneIn(int count) { return Random(1, count) == 1; }
    [[nodiscard]] std::shared_ptr<Zone> AnyZone() { return world.Find(static_cast<ZoneId>(Random(1, 2))); }

    void Come() {
        const PlayerId id = nextId_++;
        auto link = MakeLink(id);
        EXPECT_EQ(AnyZone()->Enter(InfoOf(id), link), PostResult::Queued);
        players_[id].link = std::move(link);
    }

    // Mostly a step, sometimes across the zone, often to the edge of a cell.
    [[nodiscard]] Position WayFrom(Position position) {
        const auto along = [&](std::int32_t from) {
            const std::int32_t to = OneIn(10) ? Random(-10'000, 10'000) : from + Random(-600, 600);
            return std::clamp(OneIn(5) ? to / 2500 * 2500 - Random(0, 1) : to, -protocol::kZoneExtent, protocol::kZoneExtent);
        };
        return {.x = along(position.x), .y = along(position.y)};
    }

    void Act(PlayerId id, Player& player) {
        const std::shared_ptr<Zone> in = world.Find(player.zone);
        for (int i = OneIn(3) ? Random(1, 3) : 0; i > 0; --i) {
            player.position = WayFrom(player.position);
            EXPECT_EQ(in->Move(id, ++player.moves, player.position, clock.Now()), PostResult::Queued);
        }
        if (OneIn(20)) {
            EXPECT_EQ(in->Move(id, ++player.moves, {.x = 20'000, .y = 0}, clock.Now()), PostResult::Queued);
        }
        if (OneIn(10)) {
            EXPECT_EQ(in->Chat(id, ++player.chats, "hello"), PostResult::Queued);
        }
        if (OneIn(40)) {
            EXPECT_EQ(in->MoveOn(id, AnyZone()), PostResult::Queued);
            player.zone = 0;
        } else if (OneIn(60)) {
            player.link->hasLeft = true;
            if (OneIn(2)) {
                in->Leave(id);
            }
        }
    }

    void ActAndTick() {
        for (int i = OneIn(4) ? Random(1, 6) : 0; i > 0 && players_.size() < 60; --i) {
            Come();
        }
        for (auto& [id, player] : players_) {
            if (player.zone != 0) {
                Act(id, player);
            } else if (OneIn(50)) {  // in whichever zone it would arrive
                player.link->hasLeft = true;
            }
        }
        Tick();
        std::erase_if(links, [](const auto& link) { return link->hasLeft; });
        std::erase_if(players_, [](const auto& each) { return each.second.link->hasLeft; });
        for (auto& [id, player] : players_) {
            if (player.zone == 0 && player.link->enteredAt.size() > arrivals_[id]) {
                arrivals_[id] = player.link->enteredAt.size();
                player.zone = player.link->view.Zone();
                player.position = player.link->view.Own();
            }
        }
    }

    [[nodiscard]] std::map<PlayerId, Position> TrueSightOf(const Player& viewer) const {
        const auto areNeighbours = [](std::int32_t one, std::int32_t two) {
            return protocol::AreNeighbours(protocol::CellOf(one, 2500), protocol::CellOf(two, 2500));
        };
        std::map<PlayerId, Position> seen;
        for (const auto& [id, player] : players_) {
            if (player.zone == viewer.zone && areNeighbours(player.position.x, viewer.position.x) &&
                areNeighbours(player.position.y, viewer.position.y)) {
                seen.emplace(id, player.position);
            }
        }
        return seen;
    }

    // What a client makes of the packets when each move takes the place of the first with its key, as far as an outbox that stands still
    // could let it.
    [[nodiscard]] static News ComplaintsWithReplacement(PlayerId id, const FakeLink& link) {
        std::vector<const FakeLink::Packet*> queue;
        std::unordered_map<std::uint32_t, std::size_t> placeOf;
        for (const FakeLink::Packet& packet : link.packets) {
            if (packet.options.packetClass == servercore::PacketClass::Latest) {
                const auto [place, isFirst] = placeOf.emplace(packet.options.key, queue.size());
                if (!isFirst) {
                    queue[place->second] = &packet;
                    continue;
                }
            }
            queue.push_back(&packet);
        }
        ClientView view(id);
        for (const FakeLink::Packet* packet : queue) {
            view.BeginTick();
            view.Take(packet->buffer->Bytes());
        }
        return view.Complaints();
    }

    std::map<PlayerId, Player> players_;
    std::map<PlayerId, std::size_t> arrivals_;  // how often it had come into a zone

private:
    std::mt19937 random_{20261121};
    PlayerId nextId_ = 1;
};

TEST_F(ZoneSightTest, IsExactAfterEachTickOfARandomWorld) {
    std::size_t seen = 0;
    std::size_t switches = 0;
    for (int tick = 0; tick < 1500 / SERVERCORE_TESTS_SLOWDOWN; ++tick) {
        ActAndTick();
        for (const auto& [id, player] : players_) {
            ASSERT_EQ(player.link->view.Complaints(), News{}) << "player " << id << ", tick " << tick;
            if (player.zone != 0) {
                ASSERT_EQ(player.link->view.Seen(), TrueSightOf(player)) << "player " << id << ", tick " << tick;
                seen += player.link->view.Seen().size() - 1;
                switches += arrivals_[id] > 1 ? 1U : 0U;
            }
        }
    }
    EXPECT_GT(seen, 1000U) << "nobody met anybody";
    EXPECT_GT(switches, 1000U);
    EXPECT_EQ(world.Totals().jobsFailed, 0U);
    EXPECT_EQ(world.Totals().present + world.Totals().left, world.Totals().entered);
}

TEST_F(ZoneSightTest, StaysTrueForAReceiverWhoseMovesReplaceEachOther) {
    for (int tick = 0; tick < 600 / SERVERCORE_TESTS_SLOWDOWN; ++tick) {
        ActAndTick();
    }
    for (const auto& [id, player] : players_) {
        EXPECT_EQ(ComplaintsWithReplacement(id, *player.link), News{}) << "player " << id;
    }
}

}  // namespace

}  // namespace game::test
