#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "GameServer/GameServer.h"
#include "ServerCore/Net/ClientService.h"
#include "tests/Integration/Game/Visitor.h"
#include "tests/Support/TestServices.h"

namespace game::test {

// A game server and a client service, in this process.
class Game : public ::testing::Test {
protected:
    explicit Game(GameServerConfig settings = {})
        : config(std::move(settings)),
          server(*world.network, config, world.clock, world.log),
          clients(*world.network, servercore::test::PatientConfig("visitors"), world.clock, world.log) {
        EXPECT_FALSE(server.Start(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0)));
        EXPECT_FALSE(clients.Start());
    }

    ~Game() override {
        clients.Stop();
        EXPECT_EQ(clients.Wait(servercore::test::kPatience), servercore::WaitResult::Stopped);
        EXPECT_TRUE(clients.GetLedger().IsBalanced()) << clients.GetLedger().ToString();
        server.Stop();
        EXPECT_TRUE(server.GetLedger().IsBalanced()) << server.GetLedger().ToString();
        EXPECT_EQ(server.PlayersOnline(), 0U);
        EXPECT_EQ(server.GetWorldTotals().present, 0U);
    }

    std::shared_ptr<Visitor> Visit(Visitor::Plan plan) {
        if (!plan.onNews) {
            plan.onNews = [this] { world.bell.Ring(); };
        }
        plan.onGone = [this, then = std::move(plan.onGone)](Visitor& visitor, const servercore::CloseInfo& info) {
            if (then) {
                then(visitor, info);
            }
            ++departed;
            world.bell.Ring();
        };
        auto visitor = std::make_shared<Visitor>(clients.Buffers(), std::move(plan));
        EXPECT_TRUE(clients.Connect(server.ListenAddress(), visitor));
        return visitor;
    }

    // In its zone.
    std::shared_ptr<Visitor> Enter(const std::string& name, std::uint32_t zone = 1) {
        const std::shared_ptr<Visitor> visitor = Visit({.name = name, .zone = zone});
        EXPECT_TRUE(Await(*visitor, "sees " + name));
        return visitor;
    }

    bool Await(const Visitor& visitor, const std::string& note) {
        return world.bell.WaitUntil([&] { return visitor.HasNoted(note); });
    }

    servercore::test::World world;
    const GameServerConfig config;
    GameServer server;
    std::atomic<std::size_t> departed = 0;  // visitors; those who are still there at the end of the test, too
    servercore::ClientService clients;
};

}  // namespace game::test
