#include "DummyClient/Attack/TargetGuard.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace loadtest::attack {
namespace {

using servercore::NetAddress;

NetAddress Address(const std::string& text) {
    return NetAddress::Parse(text).value();
}

TEST(TargetGuard, KnowsLoopbackFromTheRest) {
    for (const char* own : {"127.0.0.1:1", "127.0.0.2:1", "127.255.255.254:1", "[::1]:1", "[::ffff:127.0.0.1]:1"}) {
        EXPECT_TRUE(IsLoopback(Address(own))) << own;
    }
    for (const char* foreign : {"126.0.0.1:1", "128.0.0.1:1", "10.0.0.1:1", "0.0.0.0:1", "[::]:1", "[::2]:1", "[7f00:1::]:1", "[fe80::1]:1",
                                "[::ffff:10.0.0.1]:1"}) {
        EXPECT_FALSE(IsLoopback(Address(foreign))) << foreign;
    }
}

TEST(TargetGuard, RefusesANameOfWhichOneAddressIsForeign) {
    const std::vector<NetAddress> mixed = {Address("127.0.0.1:7777"), Address("192.0.2.1:7777")};
    const std::string refusal = RefuseTarget("game.example:7777", mixed, false);
    EXPECT_NE(refusal.find("'game.example:7777' is 192.0.2.1"), std::string::npos) << refusal;
    EXPECT_NE(refusal.find("--i-own-the-target"), std::string::npos) << refusal;
}

TEST(TargetGuard, LetsThroughOwnAddressesAndOwnTargets) {
    const std::vector<NetAddress> own = {Address("127.0.0.1:7777"), Address("[::1]:7777")};
    const std::vector<NetAddress> foreign = {Address("192.0.2.1:7777")};
    EXPECT_EQ(RefuseTarget("localhost:7777", own, false), "");
    EXPECT_EQ(RefuseTarget("192.0.2.1:7777", foreign, true), "");
}

}  // namespace
}  // namespace loadtest::attack
