#include "ServerCore/Platform/CidrRange.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace servercore::test {

namespace {

CidrRange Range(std::string_view text) {
    return CidrRange::Parse(text).value();
}

NetAddress Host(std::string_view text) {
    return NetAddress::Parse(text).value();
}

TEST(CidrRange, WritesWhatItReads) {
    for (const std::string_view text : {"10.0.0.0/8", "0.0.0.0/0", "192.168.1.128/25", "10.1.2.3/32", "2001:db8::/32", "::/0", "::1/128"}) {
        const Result<CidrRange> range = CidrRange::Parse(text);
        ASSERT_TRUE(range) << text;
        EXPECT_EQ(range->ToString(), text);
    }
}

TEST(CidrRange, AnAddressAloneIsARangeOfOne) {
    EXPECT_EQ(Range("10.1.2.3"), Range("10.1.2.3/32"));
    EXPECT_EQ(Range("2001:db8::1"), Range("2001:db8::1/128"));
}

TEST(CidrRange, ContainsWhatSharesItsFirstBits) {
    EXPECT_TRUE(Range("10.0.0.0/8").Contains(Host("10.255.255.255:1")));
    EXPECT_FALSE(Range("10.0.0.0/8").Contains(Host("11.0.0.0:1")));
    EXPECT_TRUE(Range("192.168.1.128/25").Contains(Host("192.168.1.128:1")));
    EXPECT_FALSE(Range("192.168.1.128/25").Contains(Host("192.168.1.127:1")));
    EXPECT_TRUE(Range("192.168.1.2/31").Contains(Host("192.168.1.3:1")));
    EXPECT_FALSE(Range("192.168.1.2/31").Contains(Host("192.168.1.4:1")));
    EXPECT_TRUE(Range("0.0.0.0/0").Contains(Host("255.255.255.255:1")));
    EXPECT_TRUE(Range("2001:db8::/33").Contains(Host("[2001:db8:7fff:ffff::]:1")));
    EXPECT_FALSE(Range("2001:db8::/33").Contains(Host("[2001:db8:8000::]:1")));
    EXPECT_FALSE(Range("::1").Contains(Host("[::2]:1")));
}

TEST(CidrRange, ContainsNothingOfTheOtherFamily) {
    EXPECT_FALSE(Range("0.0.0.0/0").Contains(Host("[::]:1")));
    EXPECT_FALSE(Range("::/0").Contains(Host("0.0.0.0:1")));
    EXPECT_NE(Range("0.0.0.0/0"), Range("::/0"));
    EXPECT_NE(CidrRange::Around(Host("1.0.0.0:1"), 8), CidrRange::Around(Host("[100::]:1"), 8)) << "the same bits of another family";
}

TEST(CidrRange, AMappedRangeIsTheIPv4RangeItMeans) {
    EXPECT_EQ(Range("::ffff:10.0.0.0/104"), Range("10.0.0.0/8"));
    EXPECT_EQ(Range("::ffff:10.1.2.3"), Range("10.1.2.3/32"));
    EXPECT_FALSE(CidrRange::Parse("::ffff:0.0.0.0/95"));
}

TEST(CidrRange, AroundAnAddressForgetsTheOtherBitsThePortAndTheScope) {
    EXPECT_EQ(CidrRange::Around(Host("10.1.2.3:7"), 24), Range("10.1.2.0/24"));
    EXPECT_EQ(CidrRange::Around(Host("10.1.2.255:7"), 26), Range("10.1.2.192/26"));
    EXPECT_EQ(CidrRange::Around(Host("10.1.2.3:7"), 128), Range("10.1.2.3")) << "more bits than there are mean all";
    EXPECT_EQ(CidrRange::Around(Host("[2001:db8::1:2:3:4]:7"), 64), Range("2001:db8::/64"));
    const NetAddress link = Host("[fe80::1]:7");
    EXPECT_EQ(CidrRange::Around(NetAddress::FromIPv6(link.Bytes(), 9, 3), 128), CidrRange::Around(link, 128));
}

TEST(CidrRange, IsAKeyThatTellsRangesApart) {
    const std::set<CidrRange> ranges = {Range("10.0.0.0/8"), Range("10.0.0.0/9"), Range("11.0.0.0/8"), Range("a00::/8"),
                                        Range("10.0.0.0/8")};
    EXPECT_EQ(ranges.size(), 4U);
}

TEST(CidrRange, RefusesWhatIsNoRange) {
    constexpr std::string_view kNul("10.0.0.0\0/8", 11);
    for (const std::string_view text :
         {std::string_view(), std::string_view("/"), std::string_view("/8"), std::string_view("10.0.0.0/"), std::string_view("10.0.0.0/33"),
          std::string_view("10.0.0.0/-1"), std::string_view("10.0.0.0/8/8"), std::string_view("10.0.0.0/8 "), std::string_view("10.0.0/8"),
          std::string_view("10.0.0.0:80/8"), std::string_view("10.1.2.3/8"), std::string_view("::/129"), std::string_view("::1/64"),
          std::string_view("[::]/64"), std::string_view("localhost"), std::string_view("10.0.0.0/99999999999"), kNul}) {
        const Result<CidrRange> range = CidrRange::Parse(text);
        EXPECT_FALSE(range) << '"' << text << '"';
        EXPECT_EQ(range.error(), std::errc::invalid_argument) << text;
    }
}

}  // namespace

}  // namespace servercore::test
