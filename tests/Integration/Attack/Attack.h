#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tests/Support/FakeClock.h"
#include "tests/Support/HonestBots.h"
#include "tests/Support/TestServices.h"

namespace servercore::test {

using namespace std::chrono_literals;

inline constexpr std::uint16_t kHonestId = 1;
inline constexpr std::uint16_t kAttackId = 2;

// A server on real sockets that is attacked while honest bots play on it. Its clock stands still until the test moves it, so that a
// deadline comes when the test says so, however slow the machine.
class Attack : public ::testing::Test {
protected:
    // Echoes what honest bots send, and that only.
    [[nodiscard]] ServerOptions FrozenServer() {
        ServerOptions options{.config = PatientConfig("server", 2), .clock = &clock_};
        options.config.limits.drainTimeout = {};
        options.config.limits.sendAge = {};
        options.hooks.onPacket = &EchoHonest;
        return options;
    }

    static void EchoHonest(ObservedSession& session, const PacketView& packet) {
        if (packet.id == kHonestId) {
            ObservedSession::Echo(session, packet);
        }
    }

    // Bytes that need be no packet.
    static SendResult SendBytes(Service& service, Session& session, ConstBytes bytes) {
        SendBufferRef buffer = service.Buffers().Allocate(bytes.size());
        std::ranges::copy(bytes, buffer->Writable().begin());
        return session.Send(std::move(buffer));
    }

    [[nodiscard]] bool Ended(TestServer& server, CloseReason reason, std::size_t count) {
        return world_.bell.WaitUntil([&] { return server.Log().EndedBy(reason) == count; });
    }

    World world_;
    FakeClock clock_;
};

}  // namespace servercore::test
