// What an operator types while the server runs.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "GameServer/Console.h"
#include "tests/Integration/Game/GameFixture.h"

namespace game::test {
namespace {

using servercore::CloseReason;

class Operator : public Game {
protected:
    Console console_{server};
};

TEST_F(Operator, SeesWhoIsHere) {
    const auto ann = Enter("Ann");
    ASSERT_TRUE(world.bell.WaitUntil([&] { return server.GetWorldTotals().present == 1; }));

    const std::string status = console_.Execute("status");

    EXPECT_NE(status.find("players=1 connections=1\n"), std::string::npos) << status;
    EXPECT_NE(status.find("world zones=4 "), std::string::npos) << status;
    EXPECT_NE(status.find("zone    1 present=1 "), std::string::npos) << status;
    EXPECT_NE(status.find("zone    4 present=0 "), std::string::npos) << status;
    EXPECT_NE(status.find("offences "), std::string::npos) << status;
}

TEST_F(Operator, KicksAPlayerWhoMayNotResume) {
    const auto ann = Enter("Ann of Green Gables");

    EXPECT_EQ(console_.Execute("kick \"Ann of Green Gables\" too noisy"), "Ann of Green Gables is kicked\n");

    ASSERT_TRUE(world.bell.WaitUntil([&] { return departed.load() == 1; }));
    EXPECT_EQ(ann->Notices(), std::vector{protocol::DISCONNECT_KICKED});
    EXPECT_EQ(server.PlayersOnline(), 0U);
    EXPECT_TRUE(Await(*Visit({.name = "", .resume = ann->GetTicket()}), "resume refused"));
    EXPECT_EQ(console_.Execute("kick Bob"), "nobody called 'Bob' is online\n");
    EXPECT_EQ(console_.Execute("kick"), "kick whom? kick NAME [REASON]\n");
    EXPECT_EQ(console_.Execute("kick \""), "kick whom? kick NAME [REASON]\n");
}

TEST_F(Operator, TellsEverybodySomething) {
    const auto ann = Enter("Ann");
    const auto bob = Enter("Bob");

    EXPECT_EQ(console_.Execute("  say  Dinner is ready. "), "told 2 players\n");

    EXPECT_TRUE(Await(*ann, "said: Dinner is ready."));
    EXPECT_TRUE(Await(*bob, "said: Dinner is ready."));
    EXPECT_EQ(console_.Execute("say"), "say what? 1 to 200 bytes of printable UTF-8\n");
    EXPECT_EQ(console_.Execute("say \xFF"), "say what? 1 to 200 bytes of printable UTF-8\n");
}

TEST_F(Operator, DrainsTheServer) {
    const auto ann = Enter("Ann");
    const auto bob = Enter("Bob");
    EXPECT_FALSE(server.IsDrained());

    EXPECT_EQ(console_.Execute("drain 3600"), "draining: 2 players are still here, 3600 s at most\n");

    EXPECT_TRUE(Await(*ann, "said: The server will stop in 3600 seconds."));
    std::atomic<int> refusal = -1;
    const auto late = Visit({.name = "Cid", .onLoginRefused = [&](Visitor& self, protocol::LoginResult result) {
                                 refusal = result;
                                 self.Close();
                                 world.bell.Ring();
                             }});
    EXPECT_TRUE(world.bell.WaitUntil([&] { return refusal.load() == protocol::LOGIN_SERVER_DRAINING; }));
    bob->Abort(CloseReason::LocalClose);
    const auto back = Visit({.name = "", .resume = bob->GetTicket()});
    EXPECT_TRUE(world.bell.WaitUntil([&] { return back->HasNoted("resumed 0 0 0 in zone 1"); }));
    EXPECT_FALSE(server.IsDrained());

    ann->Leave();
    back->Leave();
    EXPECT_TRUE(world.bell.WaitUntil([&] { return server.IsDrained(); }));
}

TEST_F(Operator, DoesNotWaitForThoseWhoStayLonger) {
    const auto ann = Enter("Ann");
    EXPECT_EQ(console_.Execute("drain 0"), "draining: 1 players are still here, 0 s at most\n");
    EXPECT_TRUE(server.IsDrained());
}

TEST_F(Operator, IsToldWhatIsWrongWithACommand) {
    EXPECT_EQ(console_.Execute(""), "");
    EXPECT_EQ(console_.Execute("   "), "");
    EXPECT_EQ(console_.Execute("frobnicate 1"), "unknown command 'frobnicate'; 'help' lists what there is\n");
    EXPECT_EQ(console_.Execute("drain soon"), "'soon' is no number of seconds from 0 to 86400\n");
    EXPECT_EQ(console_.Execute("drain -1"), "'-1' is no number of seconds from 0 to 86400\n");
    const std::string help = console_.Execute("help");
    for (const char* const command : {"status", "kick NAME [REASON]", "say TEXT", "drain [SECONDS]", "help"}) {
        EXPECT_NE(help.find(command), std::string::npos) << help;
    }
    EXPECT_FALSE(server.IsDrained());
}

}  // namespace
}  // namespace game::test
