// Each attack alone on the real server, which withstands it; and on one whose configuration is not what the tester says it is.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "GameServer/GameServer.h"
#include "tests/Integration/LoadAttack/Fight.h"

namespace loadtest::attack::test {
namespace {

class AttackOnGameServer : public ::testing::TestWithParam<std::string_view> {
protected:
    // Starts it.
    void Serve(game::GameServerConfig config) {
        server_ = std::make_unique<game::GameServer>(*world_.network, config, world_.clock, world_.log);
        ASSERT_FALSE(server_->Start(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0)));
    }

    // The server is as patient as it says; only a failure waits as long as the margin.
    [[nodiscard]] AttackSettings Settings() const {
        AttackSettings settings = FewAttackers(server_->ListenAddress());
        settings.deadlines.idle = 2s;
        settings.margin = servercore::test::kPatience;
        return settings;
    }

    servercore::test::World world_;
    std::unique_ptr<game::GameServer> server_;
};

TEST_P(AttackOnGameServer, IsWithstood) {
    game::GameServerConfig config;
    if (GetParam() == "half-open") {
        config.idleTimeout = 2s;
    }
    Serve(config);
    const Finding finding = Fight(world_, GetParam(), Settings());
    EXPECT_TRUE(finding.passed) << finding.happened << "; " << finding.reason;
    EXPECT_EQ(finding.reason, "");
    EXPECT_NE(finding.happened, "");
}

std::vector<std::string_view> NamesOfAll() {
    std::vector<std::string_view> names;
    for (const AttackKind& kind : AllAttacks()) {
        names.push_back(kind.name);
    }
    return names;
}

std::string WithoutDashes(const ::testing::TestParamInfo<std::string_view>& info) {
    std::string name(info.param);
    std::erase(name, '-');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Each, AttackOnGameServer, ::testing::ValuesIn(NamesOfAll()), WithoutDashes);

TEST_F(AttackOnGameServer, ConnectionFloodFindsTheCapExact) {
    game::GameServerConfig config;
    config.admission.maxSessionsPerHost = 3;
    Serve(config);
    AttackSettings settings = Settings();
    settings.cap = 3;
    EXPECT_TRUE(Fight(world_, "conn-flood", settings).passed);
}

TEST_F(AttackOnGameServer, ConnectionFloodFindsACapThatIsTooLow) {
    game::GameServerConfig config;
    config.admission.maxSessionsPerHost = 2;
    Serve(config);
    AttackSettings settings = Settings();
    settings.cap = 3;
    EXPECT_EQ(Fight(world_, "conn-flood", settings).reason, "only 2 connections were held, the cap is 3");
    settings.cap = 0;
    EXPECT_EQ(Fight(world_, "conn-flood", settings).reason, "only 2 of 4 were served, though no --cap was named");
}

TEST_F(AttackOnGameServer, CoalesceFindsABudgetThatIsTooSmall) {
    game::GameServerConfig config;
    config.packetsPerSecond = 10;
    config.packetBurst = 20;
    Serve(config);
    EXPECT_EQ(Fight(world_, "coalesce", Settings()).reason, "4 clients that kept to the rules were disconnected");
}

// Of those who trickle before the login; the others have time.
TEST_F(AttackOnGameServer, SlowlorisFindsThatItIsCutOffLate) {
    Serve({});
    AttackSettings settings = Settings();
    settings.deadlines.firstPacket = 100ms;
    settings.deadlines.packet = servercore::test::kPatience;
    settings.margin = 100ms;
    const Finding finding = Fight(world_, "slowloris", settings);
    EXPECT_FALSE(finding.passed);
    EXPECT_NE(finding.reason.find("2 attackers were closed later than they should have been"), std::string::npos) << finding.reason;
}

TEST_F(AttackOnGameServer, FindsThatNobodyGetsIn) {
    game::GameServerConfig config;
    config.admission.acceptsPerSecond = 0.001;
    config.admission.acceptBurst = 1;
    Serve(config);
    (void)Fight(world_, "fragment", Settings());  // takes the only place
    for (const std::string_view name : {"half-open", "flood", "malformed"}) {
        EXPECT_FALSE(Fight(world_, name, Settings()).passed) << name;
    }
}

TEST_F(AttackOnGameServer, ComesFromTheAddressThatItIsTold) {
    game::GameServerConfig config;
    config.admission.maxSessionsPerHost = 1;
    config.admission.exempt = {servercore::CidrRange::Parse("127.0.0.2").value()};
    Serve(config);
    AttackSettings settings = Settings();
    EXPECT_FALSE(Fight(world_, "conn-flood", settings).passed);
    settings.from = servercore::NetAddress::FromIPv4({127, 0, 0, 2}, 0);
    const Finding free = Fight(world_, "conn-flood", settings);
    EXPECT_TRUE(free.passed) << free.reason;
    settings.from = servercore::NetAddress::FromIPv4({192, 0, 2, 1}, 0);
    const Finding finding = Fight(world_, "half-open", settings);
    EXPECT_NE(finding.reason.find("4 attackers got no socket"), std::string::npos) << finding.reason;
}

}  // namespace
}  // namespace loadtest::attack::test
