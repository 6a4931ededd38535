#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "GameServer/World/World.h"
#include "GameServer/World/Zone.h"
#include "ServerCore/Job/ManualExecutor.h"
#include "tests/Support/FakeClock.h"
#include "tests/Unit/Game/FakeLink.h"

namespace game::test {

using namespace std::chrono_literals;
using News = std::vector<std::string>;
using PostResult = Zone::PostResult;

// Two zones without a speed limit, on one thread and a clock that the test moves.
class ZoneFixture : public ::testing::Test {
protected:
    explicit ZoneFixture(const ZoneConfig& config = {.maxSpeed = 0}) : world(executor, clock, buffers, log, 2, config) {
        zone->StartTicking(timers);
        other->StartTicking(timers);
    }

    // No job may keep a zone, and its timer, for longer than the timers live.
    ~ZoneFixture() override {
        world.Close();
        executor.RunAll();
    }

    void Tick(std::chrono::milliseconds time = 50ms) {
        for (const std::shared_ptr<FakeLink>& link : links) {
            link->view.BeginTick();
        }
        clock.Advance(time);
        timers.RunDue();
        executor.RunAll();
    }

    [[nodiscard]] std::shared_ptr<FakeLink> MakeLink(PlayerId id) {
        links.push_back(std::make_shared<FakeLink>(id));
        return links.back();
    }
    // At once: the zone has admitted it when this returns.
    [[nodiscard]] std::shared_ptr<FakeLink> Enter(PlayerId id, const std::shared_ptr<Zone>& into) {
        auto link = MakeLink(id);
        EXPECT_EQ(into->Enter(InfoOf(id), link), PostResult::Queued);
        Tick();
        return link;
    }
    // And stands at a place, with sequence 1.
    [[nodiscard]] std::shared_ptr<FakeLink> EnterAt(PlayerId id, Position position) {
        auto link = Enter(id, zone);
        Walk(id, 1, position);
        Tick();
        return link;
    }
    void Walk(PlayerId id, std::uint32_t sequence, Position position) {
        EXPECT_EQ(zone->Move(id, sequence, position, clock.Now()), PostResult::Queued);
    }
    void Say(PlayerId id, std::uint32_t sequence, const std::string& text) {
        EXPECT_EQ(zone->Chat(id, sequence, text), PostResult::Queued);
    }

    [[nodiscard]] static PlayerInfo InfoOf(PlayerId id) { return {.id = id, .name = fmt::format("p{}", id)}; }

    servercore::test::FakeClock clock;
    servercore::ManualExecutor executor;
    servercore::SendBufferPool buffers;
    servercore::Logger log = servercore::Logger::Silent();
    servercore::JobTimers timers{clock};
    std::vector<std::shared_ptr<FakeLink>> links;
    World world;
    const std::shared_ptr<Zone> zone = world.Find(1);
    const std::shared_ptr<Zone> other = world.Find(2);
};

}  // namespace game::test
