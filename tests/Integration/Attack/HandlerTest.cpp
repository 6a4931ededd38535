// Rows 20 (what is not a sweep over every allocation), 25 and 28 of the attack catalogue: handlers that throw, and one that is slow.
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>

#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/WorkerPool.h"
#include "tests/Integration/Attack/Attack.h"

namespace servercore::test {
namespace {

// --- Rows 20 and 25: handlers that throw, or find no memory ------------------------------------------------------------

// Three ways to fail, in turn; each ends the session whose packet it was. Catalogue: 100,000 throws; here 3,000.
TEST_F(Attack, HandlersThatThrowEndTheirOwnSessionAndNoOther) {
    constexpr std::size_t kAtOnce = 300;
    const std::size_t waves = Scaled(10);
    ServerOptions options = FrozenServer();
    options.hooks.onPacket = [](ObservedSession& session, const PacketView& packet) {
        EchoHonest(session, packet);
        if (packet.id == kAttackId) {
            switch (NumberOf(packet).value_or(0) % 3) {
                case 0: throw std::runtime_error("a bug in the game");
                case 1: throw std::bad_alloc();
                default: throw 42;
            }
        }
    };
    TestServer server(world_, options);
    HonestBots honest(world_, server);
    for (std::size_t wave = 1; wave <= waves; ++wave) {
        TestClients clients(world_, {.hooks{.onConnected = [](ObservedSession& session) {
                                         session.SendPacket(kAttackId, static_cast<std::uint32_t>(session.Number()));
                                         session.SendPacket(kAttackId, 0);  // never handled
                                     }}});
        clients.Connect(server.Address(), kAtOnce);
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Disconnected() == wave * kAtOnce; })) << server.Log().Disconnected();
    }
    const std::size_t throws = waves * kAtOnce;
    EXPECT_EQ(server.Log().EndedBy(CloseReason::ResourceExhausted), throws / 3);
    EXPECT_EQ(server.Log().EndedBy(CloseReason::HandlerException), throws - throws / 3);
    honest.ExpectUnharmed();
    honest.ExpectServerAsBefore();
}

// --- Row 28: one slow handler ------------------------------------------------------------------------------------------

// Each room handles its packets in a queue of its own, on threads that are not the network's. While a handler of one room hangs, the other
// room plays on; afterwards the first one has lost nothing.
TEST_F(Attack, ASlowHandlerHoldsUpItsOwnRoomAndNoOther) {
    constexpr std::uint16_t kSlowRoom = 7;
    WorkerPool pool("rooms");
    const auto slowRoom = std::make_shared<JobQueue>(pool, world_.clock, JobQueueLimits{});
    const auto otherRoom = std::make_shared<JobQueue>(pool, world_.clock, JobQueueLimits{});
    pool.Start(2);
    std::mutex mutex;
    std::condition_variable changed;
    bool hangs = false;
    std::atomic<bool> isHanging = false;
    std::atomic<std::size_t> answeredBySlowRoom = 0;

    ServerOptions options = FrozenServer();
    TestServer* found = nullptr;
    options.hooks.onPacket = [&](ObservedSession& session, const PacketView& packet) {
        const bool isSlow = packet.id == kSlowRoom;
        const auto number = NumberOf(packet).value_or(0);
        const auto job = [&, isSlow, number, id = session.Id(), roomId = packet.id, extraBytes = packet.body.size() - sizeof number] {
            if (isSlow) {
                std::unique_lock lock(mutex);
                isHanging = hangs;
                changed.wait(lock, [&] { return !hangs; });
                answeredBySlowRoom.fetch_add(1);
            }
            if (const std::shared_ptr<Session> player = (*found)->FindSession(id)) {
                player->Send(MakePacket((*found)->Buffers(), roomId, number, extraBytes));
            }
        };
        EXPECT_EQ((isSlow ? slowRoom : otherRoom)->Post(job), JobQueue::PostResult::Queued);
    };
    TestServer server(world_, options);
    found = &server;
    HonestBots inSlowRoom(world_, server, {.bots = Scaled(15, 5), .packetId = kSlowRoom});
    HonestBots elsewhere(world_, server, {.bots = Scaled(15, 5)});

    {
        const std::lock_guard lock(mutex);
        hangs = true;
    }
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return isHanging.load(); }));
    const std::size_t answeredSoFar = answeredBySlowRoom.load();
    elsewhere.AwaitAnswers(5);
    EXPECT_EQ(answeredBySlowRoom.load(), answeredSoFar);
    EXPECT_GT(slowRoom->Stats().pending, 0U);
    {
        const std::lock_guard lock(mutex);
        hangs = false;
    }
    changed.notify_all();
    inSlowRoom.ExpectUnharmed();
    elsewhere.ExpectUnharmed();
    elsewhere.ExpectServerAsBefore();
}

}  // namespace
}  // namespace servercore::test
