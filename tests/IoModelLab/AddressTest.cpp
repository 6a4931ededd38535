#include "Tools/IoModelLab/Net/Address.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include <fmt/format.h>

#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {
namespace {

TEST(Address, GoesFromPresentationFormToNetworkFormAndBack) {
    const Winsock winsock;
    Address address;
    EXPECT_TRUE(address.Set("192.0.2.7", 7777));
    EXPECT_EQ(address.ToString(), "192.0.2.7:7777");
    EXPECT_TRUE(address.Set("2001:db8::7", 1));
    EXPECT_EQ(address.ToString(), "[2001:db8::7]:1");
    EXPECT_EQ(address.Port(), 1);
    EXPECT_FALSE(address.Set("192.0.2.256", 1));
    EXPECT_FALSE(address.Set("example", 1));
}

TEST(Address, HasItsPortInNetworkByteOrder) {
    Address address;
    ASSERT_TRUE(address.Set("127.0.0.1", 0x1234));
    sockaddr_in v4{};
    std::memcpy(&v4, address.Get(), sizeof v4);
    const unsigned char* bytes = reinterpret_cast<const unsigned char*>(&v4.sin_port);
    EXPECT_EQ(bytes[0], 0x12);
    EXPECT_EQ(bytes[1], 0x34);
}

TEST(Errors, NameTheCallAndTheSystemsOwnMessage) {
#ifdef _WIN32
    constexpr int kReset = WSAECONNRESET;
#else
    constexpr int kReset = ECONNRESET;
#endif
    const std::string text = ErrorText("recv", kReset);
    EXPECT_TRUE(text.starts_with("recv: ")) << text;
    EXPECT_TRUE(text.ends_with(fmt::format("({})", kReset))) << text;
    EXPECT_NE(text.find("reset"), std::string::npos) << text;
}

}  // namespace
}  // namespace iolab
