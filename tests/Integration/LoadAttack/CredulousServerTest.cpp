// Each judge has to see it when a server does not do what it should.
#include "tests/Integration/LoadAttack/CredulousServer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/Integration/LoadAttack/Fight.h"

namespace loadtest::attack::test {
namespace {

class AttackOnCredulousServer : public ::testing::Test {
protected:
    // Why the attack of that name did not pass; nothing: it passed.
    [[nodiscard]] std::string ReasonOf(std::string_view name, Faults faults = {}, std::size_t cap = 0, std::size_t attackers = 4) {
        const CredulousServer server(world_, faults);
        AttackSettings settings = FewAttackers(server.Address());
        settings.deadlines = {.firstPacket = 300ms, .packet = 300ms, .idle = 300ms, .flood = 300ms, .reading = 300ms, .drain = 300ms};
        settings.margin = 300ms;
        settings.cap = cap;
        settings.attackers = attackers;
        const Finding finding = Fight(world_, name, settings);
        EXPECT_EQ(finding.passed, finding.reason.empty());
        return finding.reason;
    }

    servercore::test::World world_;
};

TEST_F(AttackOnCredulousServer, OfThoseWhoHaveToBeClosedAllAreStillOpen) {
    for (const std::string_view name : {"slowloris", "flood", "half-open", "slow-reader", "silent"}) {
        EXPECT_EQ(ReasonOf(name), "4 attackers are still connected after their deadline") << name;
    }
}

TEST_F(AttackOnCredulousServer, MalformedNamesTheKindsThatAreTaken) {
    const std::string reason = ReasonOf("malformed", {}, 0, 40);
    EXPECT_NE(reason.find("are still connected after their deadline ("), std::string::npos) << reason;
    EXPECT_NE(reason.find("chat of bad UTF-8"), std::string::npos) << reason;
    EXPECT_EQ(reason.find("size 0"), std::string::npos) << "the engine closes those: " << reason;
}

TEST_F(AttackOnCredulousServer, MalformedFindsThatStrangersAreAnswered) {
    const std::string reason = ReasonOf("malformed", {.answersStrangers = true}, 0, 40);
    EXPECT_NE(reason.find("strangers got an answer ("), std::string::npos) << reason;
}

// Closed in time, but only after it had got far more than its budget.
TEST_F(AttackOnCredulousServer, FloodFindsThatTooMuchIsAnswered) {
    const CredulousServer server(world_, {.closesAfterPings = 3000});
    AttackSettings settings = FewAttackers(server.Address());
    settings.deadlines.flood = servercore::test::kPatience;
    const Finding finding = Fight(world_, "flood", settings);
    EXPECT_FALSE(finding.passed);
    EXPECT_NE(finding.reason.find("pings of one attacker were answered"), std::string::npos) << finding.reason;
}

TEST_F(AttackOnCredulousServer, ReplayFindsTokensThatAreTaken) {
    const std::string reason = ReasonOf("replay");
    EXPECT_NE(reason.find("tokens of nobody were accepted"), std::string::npos) << reason;
}

TEST_F(AttackOnCredulousServer, ConnectionFloodFindsACapThatDoesNotHold) {
    EXPECT_EQ(ReasonOf("conn-flood", {}, 3), "4 connections were held, over the cap of 3");
    EXPECT_EQ(ReasonOf("conn-flood"), "");
}

TEST_F(AttackOnCredulousServer, LostAnswersAreFound) {
    EXPECT_EQ(ReasonOf("fragment"), "");
    EXPECT_EQ(ReasonOf("coalesce"), "");
    EXPECT_EQ(ReasonOf("half-close"), "");
    for (const std::string_view name : {"fragment", "coalesce"}) {
        const std::string reason = ReasonOf(name, {.losesPongs = true});
        EXPECT_NE(reason.find("pings were not answered"), std::string::npos) << name << ": " << reason;
    }
    EXPECT_EQ(ReasonOf("half-close", {.losesPongs = true}), "4 of 4 did not get what was theirs, or the server did not close with a FIN");
}

TEST_F(AttackOnCredulousServer, ResetStormFindsThatNobodyListens) {
    servercore::NetAddress closed;
    {
        const CredulousServer server(world_);
        closed = server.Address();
    }
    const Finding finding = Fight(world_, "rst-storm", FewAttackers(closed));
    EXPECT_NE(finding.reason.find("nobody listened any more"), std::string::npos) << finding.reason;
}

}  // namespace
}  // namespace loadtest::attack::test
