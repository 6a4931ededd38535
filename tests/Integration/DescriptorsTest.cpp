// A process that has no descriptors left. A program of its own, which CTest starts with a low limit.
#include <gtest/gtest.h>

#include "tests/Support/Connections.h"
#include "tests/Support/PortRunner.h"
#include "tests/Support/RawClient.h"
#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

TEST(Descriptors, WithoutThemClientsAreRefusedAndNotLeftWaitingAndServiceResumes) {
    constexpr std::size_t kClients = 40;
    constexpr std::size_t kDepth = 16;
    World world;
    ServerOptions options{.config = PatientConfig("server", 2)};
    options.listen.acceptDepth = kDepth;
    TestServer server(world, options);

    // The clients have theirs already.
    PortRunner port(Require(world.network->OpenPort()));
    std::vector<SocketPtr> clients;
    for (std::size_t i = 0; i < kClients; ++i) {
        clients.push_back(OpenStream(*world.network, port));
    }
    std::vector<SocketPtr> hoard;
    for (;;) {
        Result<SocketPtr> socket = world.network->OpenStream(AddressFamily::IPv4);
        if (!socket) {
            ASSERT_EQ(socket.error(), std::errc::too_many_files_open);
            break;
        }
        hoard.push_back(*std::move(socket));
        ASSERT_LT(hoard.size(), 10000U) << "this test wants a low limit: see CMakeLists.txt";
    }

    for (const SocketPtr& client : clients) {
        std::error_code end = port.Finish(port.Connect(*client, server.Address())).error;
        if (!end) {
            end = ReceiveOnce(port, *client).error;  // the reset was slower than the connect
        }
        EXPECT_EQ(end, std::errc::connection_reset);
    }
    EXPECT_EQ(server->SessionCount(), 0U);
    // The client learns of it before the ledger does.
    EXPECT_TRUE(world.bell.WaitUntil([&] {
        const Ledger ledger = server->GetLedger();
        return ledger.acceptsFailed >= kClients && ledger.acceptsInFlight == kDepth;
    }));
    // Each failure was a client, or two workers failed for the same one. Accepts that were tried again and again would have failed more
    // often.
    const std::uint64_t failed = server->GetLedger().acceptsFailed;
    EXPECT_LE(failed, 2 * kClients);

    hoard.clear();
    clients.clear();
    for (std::size_t i = 0; i < 2 * kDepth; ++i) {
        RawClient client(*world.network, server.Address());
        const std::vector<std::byte> question = RawPacket(1, 1);
        client.Send(question);
        EXPECT_TRUE(client.Receive(question.size()).bytes == question);
    }
    EXPECT_EQ(server->GetLedger().acceptsFailed, failed) << "nobody waited, so nothing could fail";
}

}  // namespace
}  // namespace servercore::test
