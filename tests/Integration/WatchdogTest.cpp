// A handler that keeps its worker: it is named while it does, and nobody else has to wait for it (attack catalogue, rows 26 and 28).
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "tests/Support/RawClient.h"
#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPacketId = 5;

class Stall : public ::testing::Test {
protected:
    // A server whose handler of packet number 13 stays until it is released. The watchdog is impatient, so that the test is not slow.
    [[nodiscard]] ServerOptions Holding(PortMode mode) {
        ServerOptions options{.config = PatientConfig("server", 2, mode)};
        options.config.watchdog = {.period = 5ms, .warnAfter = 30ms, .alarmAfter = 60ms};
        options.hooks.onPacket = [this](ObservedSession& session, const PacketView& packet) {
            if (NumberOf(packet) == 13U) {
                held_ = true;
                world_.bell.Ring();
                EXPECT_TRUE(world_.bell.WaitUntil([&] { return released_.load(); }));
            }
            ObservedSession::Echo(session, packet);
        };
        return options;
    }

    World world_;
    std::atomic<bool> held_ = false;
    std::atomic<bool> released_ = false;
};

TEST_F(Stall, IsCountedWhileItLastsAndHoldsUpNobodyElse) {
    TestServer server(world_, Holding(PortMode::Shared));
    RawClient stuck(*world_.network, server.Address());
    RawClient other(*world_.network, server.Address());
    // What a worker has found together with the packet that holds it has to wait: both are there before that packet comes.
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == 2; }));
    stuck.Send(RawPacket(kPacketId, 13));
    ASSERT_TRUE(world_.bell.WaitUntil([&] { return held_.load(); }));
    for (std::uint32_t number = 100; number < 110; ++number) {
        const std::vector<std::byte> question = RawPacket(kPacketId, number);
        other.Send(question);
        EXPECT_EQ(other.Receive(question.size()).bytes, question) << "the other worker of the port serves it";
    }
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server->GetLedger().stalls == 2; })) << "a warning and an alarm";
    released_ = true;
    world_.bell.Ring();
    EXPECT_EQ(stuck.Receive(8).bytes.size(), 8U);
    EXPECT_EQ(server->GetLedger().stalls, 2U) << "its end is no stall of its own";
}

TEST_F(Stall, NamesTheHandlerTheSessionAndThePacket) {
    EXPECT_EQ(Describe({.stage = StallStage::Warning,
                        .worker = "game-io-0",
                        .unit = {.kind = "OnPacket", .subject = 42, .detail = 7},
                        .heldFor = 212ms}),
              "worker game-io-0 is held by OnPacket of session 42 (packet id 7) for 212 ms");
    EXPECT_EQ(Describe({.stage = StallStage::Ended, .worker = "logic-0", .unit = {.kind = "zone job"}, .heldFor = 1s}),
              "worker logic-0 was held by zone job for 1000 ms");
}

}  // namespace
}  // namespace servercore::test
