// Row 29 of the attack catalogue: Close, Abort and Send of one session by several threads, from before it has connected until after its
// end.
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

#include "tests/Integration/Attack/Attack.h"

namespace servercore::test {
namespace {

// The sessions of all cycles so far. Each racer goes through all of them.
// Threads: safe from any.
class Track {
public:
    void Add(std::shared_ptr<ObservedSession> session) {
        {
            const std::lock_guard lock(mutex_);
            sessions_.push_back(std::move(session));
        }
        changed_.notify_all();
    }
    void End() { Add(nullptr); }

    // nullptr: there are no more.
    [[nodiscard]] std::shared_ptr<ObservedSession> At(std::size_t position) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return sessions_.size() > position; });
        return sessions_[position];
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::shared_ptr<ObservedSession>> sessions_;
};

// Does to each session what a draw says; twice, so that the second time often comes after the end.
void Race(Track& track, unsigned seed) {
    std::minstd_rand random(seed);
    for (std::size_t position = 0; const auto session = track.At(position); ++position) {
        for (int turn = 0; turn < 2; ++turn) {
            switch (random() / 256 % 6) {
                case 0: session->Close(); break;
                case 1: session->Abort(CloseReason::Kicked); break;
                case 2: session->SendPacket(kAttackId, 1, 30'000); break;  // a send that is under way for a while
                case 3: session->PauseReceiving(); break;
                case 4: session->ResumeReceiving(); break;
                default: session->SendPacket(kAttackId, 1); break;
            }
        }
    }
}

class Races : public Attack, public ::testing::WithParamInterface<PortMode> {};
INSTANTIATE_TEST_SUITE_P(Attack, Races, ::testing::Values(PortMode::Shared, PortMode::PerWorker),
                         [](const auto& mode) { return mode.param == PortMode::Shared ? "SharedPort" : "PortPerWorker"; });

// Catalogue: 1,000,000 cycles; here 5,000, run under both sanitizers as well. Every session ends once, and nothing of it is left.
TEST_P(Races, OfCloseAbortAndSendEndEverySessionOnce) {
    constexpr std::size_t kAtOnce = 64;
    constexpr unsigned kRacers = 3;
    const std::size_t cycles = Scaled(5000, 500);
    ServerOptions serverOptions = FrozenServer();
    serverOptions.config.portMode = GetParam();
    serverOptions.hooks.onPacket = [](ObservedSession& session, const PacketView& packet) {
        EchoHonest(session, packet);
        if (packet.id == kAttackId) {  // the server's end races as well
            session.SendPacket(kAttackId, 2, 10'000);
            session.Close(CloseReason::Kicked);
            session.Close(CloseReason::LocalClose);
        }
    };
    TestServer server(world_, serverOptions);
    HonestBots honest(world_, server);
    ClientOptions options{.config = PatientConfig("racing", 2, GetParam())};
    options.hooks.onDisconnected = [](ObservedSession& session, const CloseInfo&) {
        if (session.SendPacket(kAttackId, 1) != SendResult::Closed) {
            session.Log().AddViolation("a packet was queued after the end");
        }
        session.Close();
        session.Abort(CloseReason::Kicked);
    };
    TestClients clients(world_, options);
    const auto ended = [&] { return clients.Log().Disconnected() + clients.Log().ConnectFailed(); };

    Track track;
    std::vector<std::thread> racers;
    for (unsigned i = 0; i < kRacers; ++i) {
        racers.emplace_back(Race, std::ref(track), 1000 + i);
    }
    // The last one to look at a session ends it, or a session to which nobody was unkind would stay.
    std::thread sweeper([&] {
        for (std::size_t position = 0; const auto session = track.At(position); ++position) {
            session->SendPacket(kAttackId, 3);
            session->Close();
        }
    });
    const auto mayGoOn = [&](std::size_t cycle) { return world_.bell.WaitUntil([&] { return cycle < ended() + kAtOnce; }); };
    for (std::size_t cycle = 0; cycle < cycles && mayGoOn(cycle); ++cycle) {
        const std::size_t connected = clients.Log().Connected();
        const std::shared_ptr<ObservedSession> session = clients.Connect(server.Address());
        // On a slow machine the racers would end every session before it is connected.
        EXPECT_TRUE(cycle % kAtOnce != 0 || world_.bell.WaitUntil([&] { return clients.Log().Connected() > connected; }));
        track.Add(session);
    }
    track.End();
    for (std::thread& racer : racers) {
        racer.join();
    }
    sweeper.join();
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return ended() == cycles; })) << ended();
    EXPECT_GT(clients.Log().Disconnected(), 0U);
    honest.ExpectUnharmed();
    honest.ExpectServerAsBefore();
}

}  // namespace
}  // namespace servercore::test
