#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "GameServer/World/World.h"
#include "ServerCore/Job/WorkerPool.h"
#include "tests/Support/Bell.h"
#include "tests/Unit/Game/ClientView.h"

namespace game::test {

namespace {

using namespace std::chrono_literals;

class BellLink final : public PlayerLink {
public:
    BellLink(PlayerId player, servercore::test::Bell& bell) : view(player), bell_(bell) {}

    void Deliver(servercore::SendBufferRef packet, const servercore::SendOptions& /*options*/) override {
        view.BeginTick();
        view.Take(packet->Bytes());
    }
    [[nodiscard]] bool HasLeft() const noexcept override { return false; }
    void OnZoneEntered() noexcept override {
        arrivals.fetch_add(1);
        bell_.Ring();
    }
    void OnZoneRefused() noexcept override { refusals.fetch_add(1); }

    std::atomic<std::size_t> arrivals = 0;
    std::atomic<int> refusals = 0;
    ClientView view;  // the zones', one after the other

private:
    servercore::test::Bell& bell_;
};

// The zones run on threads of their own, and all players change zones all the time.
TEST(WorldThreads, HandPlayersOverAndLoseNothing) {
    constexpr std::size_t kRounds = 200 / SERVERCORE_TESTS_SLOWDOWN;
    constexpr PlayerId kPlayers = 12;
    const servercore::SteadyClock clock;
    servercore::WorkerPool pool("logic");
    servercore::SendBufferPool buffers;
    servercore::Logger log = servercore::Logger::Silent();
    World world(pool, clock, buffers, log, 3, {.tick = 1ms, .maxSpeed = 0});
    servercore::JobTimers timers(clock);
    pool.Start(2);
    ASSERT_FALSE(timers.Start("timers"));
    world.StartTicking(timers);

    servercore::test::Bell bell;
    std::vector<std::shared_ptr<BellLink>> links;
    const auto zoneOf = [&](PlayerId id, std::size_t round) { return world.Find(static_cast<ZoneId>((id + round) % 3 + 1)); };
    for (PlayerId id = 1; id <= kPlayers; ++id) {
        links.push_back(std::make_shared<BellLink>(id, bell));
        ASSERT_EQ(zoneOf(id, 0)->Enter({.id = id, .name = std::to_string(id)}, links.back()), Zone::PostResult::Queued);
    }
    for (std::size_t round = 0; round < kRounds; ++round) {
        for (PlayerId id = 1; id <= kPlayers; ++id) {
            const BellLink& link = *links[id - 1];
            ASSERT_TRUE(bell.WaitUntil([&] { return link.arrivals.load() > round; })) << "player " << id << ", round " << round;
            const std::shared_ptr<Zone> zone = zoneOf(id, round);
            const auto sequence = static_cast<std::uint32_t>(round + 1);
            const Position position{.x = static_cast<std::int32_t>(round), .y = 0};
            ASSERT_EQ(zone->Move(id, sequence, position, clock.Now()), Zone::PostResult::Queued);
            ASSERT_EQ(zone->Chat(id, sequence, "hello"), Zone::PostResult::Queued);
            ASSERT_EQ(zone->MoveOn(id, zoneOf(id, round + 1)), Zone::PostResult::Queued);
        }
    }
    for (const std::shared_ptr<BellLink>& link : links) {
        ASSERT_TRUE(bell.WaitUntil([&] { return link->arrivals.load() == kRounds + 1; }));
    }
    timers.Stop();
    world.Close();
    pool.Stop();

    for (const std::shared_ptr<BellLink>& link : links) {
        EXPECT_EQ(link->view.Complaints(), std::vector<std::string>{});
        EXPECT_EQ(link->refusals.load(), 0);
    }
    const WorldTotals totals = world.Totals();
    EXPECT_EQ(totals.entered, kPlayers * (kRounds + 1));
    EXPECT_EQ(totals.left, kPlayers * kRounds);
    EXPECT_EQ(totals.present, kPlayers);
    EXPECT_EQ(totals.moves, kPlayers * kRounds);
    EXPECT_EQ(totals.chats, kPlayers * kRounds);
    EXPECT_EQ(totals.jobsFailed, 0U);
}

}  // namespace

}  // namespace game::test
