// Whoever is too slow is waited for: a game that does not read slows its peer down, and a peer that does not read is told of to the game.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "tests/Support/RawClient.h"
#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;

// --- Receiving ---------------------------------------------------------------------------------------------------------

// Sends without end until it is closed.
class Flood final : public Session {
public:
    Flood(Journal& journal, SendBufferPool& buffers) : journal_(journal), buffers_(buffers) {}

    // Until the soft limit is passed.
    void Fill() {
        while (Send(buffers_.Allocate(kPacket), {.packetClass = PacketClass::Droppable}) == SendResult::Queued) {
        }
        (void)Send(buffers_.Allocate(kPacket));
    }

    static constexpr std::size_t kPacket = std::size_t{16} * 1024;

private:
    void OnConnected() override {
        journal_.NoteConnected();
        Fill();
    }
    void OnConnectFailed(const CloseInfo& info) override { journal_.NoteConnectFailed(info); }
    void OnReceived(ConstBytes) override {}
    void OnSendBacklog(bool isHigh) override {
        if (!isHigh) {
            Fill();
        }
    }
    void OnDisconnected(const CloseInfo& info) override { journal_.NoteDisconnected(info); }

    Journal& journal_;
    SendBufferPool& buffers_;
};

// Pauses when it has received so much.
class Choosy final : public Session {
public:
    explicit Choosy(Journal& journal) : journal_(journal) {}

    static constexpr std::size_t kEnough = std::size_t{256} * 1024;

    [[nodiscard]] std::size_t Received() const noexcept { return received_.load(); }

private:
    void OnConnected() override { journal_.NoteConnected(); }
    void OnReceived(ConstBytes bytes) override {
        if (received_.fetch_add(bytes.size()) + bytes.size() >= kEnough && !hasPaused_) {
            hasPaused_ = true;
            PauseReceiving();
        }
    }
    void OnDisconnected(const CloseInfo& info) override { journal_.NoteDisconnected(info); }

    Journal& journal_;
    std::atomic<std::size_t> received_ = 0;
    bool hasPaused_ = false;
};

TEST(BackPressure, APauseStopsThePeersBytesAndResumingLetsThemFlow) {
    World world;
    Journal serverJournal(world.bell);
    Journal clientJournal(world.bell);
    ServiceConfig config = PatientConfig("server");
    config.limits.drainTimeout = 100ms;
    std::shared_ptr<Choosy> reader;
    ServerService server(
        *world.network, config, [&] { return reader = std::make_shared<Choosy>(serverJournal); }, world.clock, world.log);
    ASSERT_EQ(server.Start({.address = NetAddress::Loopback(AddressFamily::IPv4, 0), .options = {}}), std::error_code{});
    config.name = "client";
    config.limits.sendSoftBytes = 8 * Flood::kPacket;
    config.limits.sendAge = {};
    ClientService client(*world.network, config, world.clock, world.log);
    ASSERT_EQ(client.Start(), std::error_code{});
    const auto flood = std::make_shared<Flood>(clientJournal, client.Buffers());
    ASSERT_TRUE(client.Connect(server.ListenAddress(), flood));

    // The server stops at once; what the sender's backlog holds then does not move any more.
    ASSERT_TRUE(world.bell.WaitUntil([&] { return serverJournal.Connected() == 1 && reader->Received() >= Choosy::kEnough; }));
    const std::size_t paused = reader->Received();
    std::size_t outstanding = 0;
    ASSERT_TRUE(world.bell.WaitUntil([&] {
        const std::size_t before = std::exchange(outstanding, client.Buffers().Outstanding());
        return outstanding == before && outstanding > 4;  // two looks in a row: nothing leaves
    }));
    EXPECT_EQ(reader->Received(), paused);
    EXPECT_LT(paused, Choosy::kEnough + 2 * Flood::kPacket) << "at most the block that was being received";

    reader->ResumeReceiving();
    EXPECT_TRUE(world.bell.WaitUntil([&] { return reader->Received() >= 8 * paused; }));
    flood->Abort(CloseReason::LocalClose);
    reader.reset();
    ExpectCleanEnd(client, clientJournal);
    ExpectCleanEnd(server, serverJournal);
}

// --- Sending -----------------------------------------------------------------------------------------------------------

// Its callbacks share what nothing but their order protects: ThreadSanitizer sees any two that overlap.
class Talkative final : public Session {
public:
    explicit Talkative(Journal& journal) : journal_(journal) {}

    [[nodiscard]] std::size_t Turns() const noexcept { return turns_.load(); }

private:
    void OnConnected() override {
        ++calls_;
        journal_.NoteConnected();
    }
    void OnReceived(ConstBytes) override { ++calls_; }
    void OnHeartbeat() override { ++calls_; }
    void OnSendBacklog(bool isHigh) override {
        ++calls_;
        if (std::exchange(isHigh_, isHigh) == isHigh) {
            journal_.AddViolation("the same news of the backlog twice");
        }
        turns_.fetch_add(1, std::memory_order_relaxed);
    }
    void OnDisconnected(const CloseInfo& info) override {
        ++calls_;
        journal_.NoteDisconnected(info);
    }

    Journal& journal_;
    std::atomic<std::size_t> turns_ = 0;
    std::size_t calls_ = 0;
    bool isHigh_ = false;
};

TEST(BackPressure, NewsOfTheBacklogNeverComesBesideAnotherCallback) {
    World world;
    Journal journal(world.bell);
    ServiceConfig config = PatientConfig("server", 2);
    config.limits.sendSoftBytes = 2000;
    config.limits.sendHardBytes = std::size_t{1} << 30;
    config.limits.sendAge = {};
    config.limits.heartbeatInterval = 1ms;
    std::shared_ptr<Talkative> session;
    ServerService server(
        *world.network, config, [&] { return session = std::make_shared<Talkative>(journal); }, world.clock, world.log);
    ASSERT_EQ(server.Start({.address = NetAddress::Loopback(AddressFamily::IPv4, 0), .options = {}}), std::error_code{});
    RawClient client(*world.network, server.ListenAddress());
    ASSERT_TRUE(world.bell.WaitUntil([&] { return journal.Connected() == 1; }));

    constexpr std::size_t kPacket = 500;
    const std::size_t rounds = Scaled(400, 40);
    std::atomic<std::size_t> queued = 0;
    std::atomic<int> running = 2;
    std::vector<std::thread> senders;
    for (int i = 0; i < 2; ++i) {
        senders.emplace_back([&] {
            for (std::size_t round = 0; round < rounds || (session->Turns() == 0 && session->State() == SessionState::Open); ++round) {
                for (int packet = 0; packet < 5; ++packet) {
                    const bool isQueued = IsQueued(session->Send(server.Buffers().Allocate(kPacket), {.urgent = packet == 4}));
                    queued.fetch_add(isQueued ? kPacket : 0);
                }
                std::this_thread::yield();
            }
            running.fetch_sub(1);
        });
    }
    EXPECT_TRUE(world.bell.WaitUntil([&] { return session->Turns() > 0; }));  // nobody reads, so this must come
    for (std::size_t received = 0;;) {
        const bool isAllQueued = running.load() == 0;
        if (received < queued.load()) {
            client.Send(std::vector<std::byte>(10));
            const std::size_t more = client.Receive(1).bytes.size();
            if (more == 0) {
                ADD_FAILURE() << "the server has ended the connection";
                break;
            }
            received += more;
        } else if (isAllQueued) {
            break;
        }
    }
    for (std::thread& sender : senders) {
        sender.join();
    }
    EXPECT_TRUE(world.bell.WaitUntil([&] { return session->Turns() >= 2; }));  // and low again
    session.reset();
    client.Close();
    ExpectCleanEnd(server, journal);
}

}  // namespace
}  // namespace servercore::test
