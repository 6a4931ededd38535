#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "GameServer/GameServer.h"
#include "Protocol/Packets.gen.h"
#include "ServerCore/Net/ClientService.h"
#include "tests/Integration/Game/Visitor.h"
#include "tests/Support/TestServices.h"

namespace game::test {
namespace {

using servercore::PacketVerdict;
using servercore::test::kPatience;
using servercore::test::PatientConfig;
using servercore::test::World;

protocol::C_Wave Wave(std::uint32_t gesture) {
    protocol::C_Wave message;
    message.set_gesture(gesture);
    return message;
}

TEST(AddAPacket, OneMessageAndOneMethodMakeAPacket) {
    World world;
    GameServer server(*world.network, {}, world.clock, world.log);
    servercore::ClientService clients(*world.network, PatientConfig("clients"), world.clock, world.log);
    ASSERT_FALSE(server.Start(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0)));
    ASSERT_FALSE(clients.Start());
    std::atomic<bool> isAnswered = false;
    std::atomic<bool> isGone = false;
    const auto note = [&](std::atomic<bool>& what) {
        what = true;
        world.bell.Ring();
    };
    const auto visitor =
        std::make_shared<Visitor>(clients.Buffers(), Visitor::Plan{.name = "Ann",
                                                                   .onEntered =
                                                                       [](Visitor& self) {
                                                                           self.Say(Wave(3));
                                                                           self.Say(protocol::C_Ping{});
                                                                       },
                                                                   .onPong = [&](Visitor&) { note(isAnswered); },
                                                                   .onGone = [&](Visitor&, const auto&) { note(isGone); }});
    ASSERT_TRUE(clients.Connect(server.ListenAddress(), visitor));
    ASSERT_TRUE(world.bell.WaitUntil([&] { return isAnswered.load(); }));  // the ping behind it: the wave was taken

    visitor->Say(Wave(10));  // the method does not know this gesture

    EXPECT_TRUE(world.bell.WaitUntil([&] { return isGone.load(); }));
    EXPECT_EQ(server.GetOffences().Of(PacketVerdict::Unknown), 0U);
    EXPECT_EQ(server.GetOffences().Of(PacketVerdict::Refused), 1U);
    clients.Stop();
    EXPECT_EQ(clients.Wait(kPatience), servercore::WaitResult::Stopped);
}

}  // namespace
}  // namespace game::test
