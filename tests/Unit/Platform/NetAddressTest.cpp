#include "ServerCore/Platform/NetAddress.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace servercore::test {

namespace {

constexpr std::array<std::uint8_t, 16> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 1, 2, 3};
constexpr std::array<std::uint8_t, 16> kLinkLocal = {0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

TEST(NetAddress, DefaultIsTheIPv4Wildcard) {
    EXPECT_EQ(NetAddress(), NetAddress::Any(AddressFamily::IPv4, 0));
    EXPECT_EQ(NetAddress().ToString(), "0.0.0.0:0");
}

TEST(NetAddress, WritesWhatItReads) {
    for (const char* text :
         {"127.0.0.1:7777", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:7777", "[::]:1", "[2001:db8::ff00:42:8329]:80"}) {
        const Result<NetAddress> address = NetAddress::Parse(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->ToString(), text);
    }
}

TEST(NetAddress, WritesTheShortestFormOfWhatItReads) {
    const Result<NetAddress> address = NetAddress::Parse("[2001:0DB8:0:0:0:0:0:1]:0080");
    ASSERT_TRUE(address);
    EXPECT_EQ(address->ToString(), "[2001:db8::1]:80");
    EXPECT_EQ(address->HostString(), "2001:db8::1");
}

TEST(NetAddress, KnowsItsParts) {
    const NetAddress v4 = NetAddress::FromIPv4({10, 1, 2, 3}, 99);
    EXPECT_EQ(v4.Family(), AddressFamily::IPv4);
    EXPECT_EQ(v4.Port(), 99);
    EXPECT_EQ(v4.Bytes(), (std::array<std::uint8_t, 16>{10, 1, 2, 3}));
    EXPECT_EQ(v4.HostString(), "10.1.2.3");

    const NetAddress v6 = NetAddress::FromIPv6(kLinkLocal, 99, 3);
    EXPECT_EQ(v6.Family(), AddressFamily::IPv6);
    EXPECT_EQ(v6.ScopeId(), 3U);
    EXPECT_EQ(v6.Bytes(), kLinkLocal);
    EXPECT_EQ(v6.ToString(), "[fe80::1]:99");
}

TEST(NetAddress, AMappedAddressIsTheIPv4AddressItMeans) {
    const NetAddress mapped = NetAddress::FromIPv6(kMapped, 80, 5);
    EXPECT_EQ(mapped, NetAddress::FromIPv4({10, 1, 2, 3}, 80));
    EXPECT_EQ(mapped.Family(), AddressFamily::IPv4);
    EXPECT_EQ(mapped.ToString(), "10.1.2.3:80");

    const Result<NetAddress> parsed = NetAddress::Parse("[::ffff:10.1.2.3]:80");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, mapped);
}

TEST(NetAddress, AnIPv4CompatibleAddressIsNotMapped) {
    const Result<NetAddress> address = NetAddress::Parse("[::10.1.2.3]:80");
    ASSERT_TRUE(address);
    EXPECT_EQ(address->Family(), AddressFamily::IPv6);
}

TEST(NetAddress, IsEqualOnlyWhenEveryPartIs) {
    const NetAddress address = NetAddress::FromIPv6(kLinkLocal, 80, 1);
    EXPECT_EQ(address, NetAddress::FromIPv6(kLinkLocal, 80, 1));
    EXPECT_NE(address, NetAddress::FromIPv6(kLinkLocal, 81, 1));
    EXPECT_NE(address, NetAddress::FromIPv6(kLinkLocal, 80, 2));
    EXPECT_NE(NetAddress::Any(AddressFamily::IPv4, 80), NetAddress::Any(AddressFamily::IPv6, 80));
    EXPECT_NE(NetAddress::Loopback(AddressFamily::IPv4, 80), NetAddress::Loopback(AddressFamily::IPv6, 80));
}

TEST(NetAddress, WithPortChangesNothingElse) {
    const NetAddress address = NetAddress::FromIPv6(kLinkLocal, 80, 4);
    EXPECT_EQ(address.WithPort(81), NetAddress::FromIPv6(kLinkLocal, 81, 4));
    EXPECT_EQ(address.Port(), 80);
}

TEST(NetAddress, NamesTheWellKnownOnes) {
    EXPECT_EQ(NetAddress::Any(AddressFamily::IPv4, 7).ToString(), "0.0.0.0:7");
    EXPECT_EQ(NetAddress::Any(AddressFamily::IPv6, 7).ToString(), "[::]:7");
    EXPECT_EQ(NetAddress::Loopback(AddressFamily::IPv4, 7).ToString(), "127.0.0.1:7");
    EXPECT_EQ(NetAddress::Loopback(AddressFamily::IPv6, 7).ToString(), "[::1]:7");
}

TEST(NetAddress, RefusesWhatIsNotANumericAddressAndAPort) {
    for (const std::string_view text : {"",
                                        ":",
                                        ":80",
                                        "127.0.0.1",
                                        "127.0.0.1:",
                                        "127.0.0.1:65536",
                                        "127.0.0.1:-1",
                                        "127.0.0.1:+1",
                                        "127.0.0.1: 80",
                                        "127.0.0.1:80 ",
                                        "127.0.0.1:8o",
                                        " 127.0.0.1:80",
                                        "127.0.0.256:80",
                                        "127.0.0:80",
                                        "127.1:80",
                                        "1.2.3.4.5:80",
                                        "localhost:80",
                                        "[]:80",
                                        "[::1]",
                                        "[::1]:",
                                        "[::1:80",
                                        "::1]:80",
                                        "::1:80",
                                        "[::g]:80",
                                        "[::1]:80:80",
                                        "[[::1]]:80",
                                        "127.0.0.1:99999999999999999999"}) {
        const Result<NetAddress> address = NetAddress::Parse(text);
        EXPECT_FALSE(address) << '"' << text << "\" read as " << address->ToString();
        EXPECT_EQ(address.error(), std::errc::invalid_argument) << text;
    }
}

// inet_pton and getaddrinfo would take the part before it.
TEST(NetAddress, RefusesAnEmbeddedNul) {
    for (const std::string_view text : {std::string_view("127.0.0.1\0:80", 13), std::string_view("127.0.0.1\0.example.org:80", 25),
                                        std::string_view("[::1\0]:80", 9), std::string_view("127.0.0.1:80\0", 13)}) {
        EXPECT_EQ(NetAddress::Parse(text).error(), std::errc::invalid_argument);
        EXPECT_EQ(SplitHostPort(text).error(), std::errc::invalid_argument);
    }
}

TEST(SplitHostPort, TakesNamesAndAddressesApart) {
    struct Case {
        const char* text;
        const char* host;
        std::uint16_t port;
    };
    for (const Case& c : {Case{"example.org:80", "example.org", 80}, Case{"127.0.0.1:0", "127.0.0.1", 0}, Case{"[::1]:65535", "::1", 65535},
                          Case{"a:007", "a", 7}, Case{"[fe80::1%eth0]:1", "fe80::1%eth0", 1}}) {
        const Result<HostAndPort> parts = SplitHostPort(c.text);
        ASSERT_TRUE(parts) << c.text;
        EXPECT_EQ(parts->host, c.host);
        EXPECT_EQ(parts->port, c.port);
    }
}

TEST(SplitHostPort, RefusesWhatHasNoHostOrNoPort) {
    for (const char* text :
         {"", "host", "host:", ":80", "[]:80", "host:65536", "host:0x50", "host:8 0", "host:80x", "::1:80", "[::1:80", "a:b:80"}) {
        const Result<HostAndPort> parts = SplitHostPort(text);
        EXPECT_FALSE(parts) << '"' << text << '"';
        EXPECT_EQ(parts.error(), std::errc::invalid_argument);
    }
}

}  // namespace

}  // namespace servercore::test
