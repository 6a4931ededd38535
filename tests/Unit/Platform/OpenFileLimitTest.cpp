#include "ServerCore/Platform/OpenFileLimit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "ServerCore/Platform/Network.h"

namespace servercore::platform {
namespace {

using ::testing::HasSubstr;

TEST(OpenFileLimit, RaisedOnceIsAsHighAsItGets) {
    const Result<OpenFileLimit> first = RaiseOpenFileLimit();
    ASSERT_TRUE(first) << first.error().message();
    const Result<OpenFileLimit> second = RaiseOpenFileLimit();
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_EQ(*second, *first);
}

// CTest runs it with a soft limit of 64 as well.
TEST(OpenFileLimit, RaisedLetsMoreSocketsBeOpen) {
    constexpr OpenFileLimit kSpare = 50;  // what the test itself has open
    const Result<OpenFileLimit> limit = RaiseOpenFileLimit();
    ASSERT_TRUE(limit) << limit.error().message();
    const Result<std::unique_ptr<Network>> network = OpenSystemNetwork();
    ASSERT_TRUE(network) << network.error().message();
    std::vector<std::unique_ptr<Socket>> sockets;
    while (sockets.size() + kSpare < std::min<OpenFileLimit>(*limit, 300)) {
        Result<std::unique_ptr<Socket>> socket = (*network)->OpenStream(AddressFamily::IPv4);
        ASSERT_TRUE(socket) << "after " << sockets.size() << " of " << *limit << ": " << socket.error().message();
        sockets.push_back(*std::move(socket));
    }
    EXPECT_GT(sockets.size(), 64U);
}

TEST(OpenFileLimit, TellsHowToRaiseIt) {
    const std::string text = ExplainOpenFileLimit("20000 bots", 20128, 4096);
    EXPECT_THAT(text, HasSubstr("20000 bots need 20128 descriptors, but this process may have only 4096 open."));
    for (const char* way : {"ulimit -Hn 20128", "nofile 20128", "LimitNOFILE=20128"}) {
        EXPECT_THAT(text, HasSubstr(way));
    }
}

}  // namespace
}  // namespace servercore::platform
