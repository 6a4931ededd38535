// Game logic on the I/O workers of a service.
#include "ServerCore/App/ServiceExecutor.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "ServerCore/Job/JobQueue.h"
#include "tests/Support/RawClient.h"
#include "tests/Support/TestServices.h"

namespace servercore::test {
namespace {

constexpr std::uint16_t kPacketId = 5;
constexpr std::size_t kWorkers = 3;

class JobsOnWorkers : public ::testing::TestWithParam<PortMode> {
protected:
    [[nodiscard]] ServerOptions Options() { return {.config = PatientConfig("server", kWorkers, GetParam())}; }
    [[nodiscard]] std::shared_ptr<JobQueue> MakeQueue(JobQueueLimits limits = {}) {
        return std::make_shared<JobQueue>(*executor_, world_.clock, limits);
    }

    World world_;
    std::optional<app::ServiceExecutor> executor_;
};

INSTANTIATE_TEST_SUITE_P(Modes, JobsOnWorkers, ::testing::Values(PortMode::Shared, PortMode::PerWorker),
                         [](const auto& tested) { return tested.param == PortMode::Shared ? "SharedPort" : "PortPerWorker"; });

TEST_P(JobsOnWorkers, AnswerPacketsInTheirOrder) {
    constexpr std::size_t kClients = 5;
    const auto packets = static_cast<std::uint32_t>(Scaled(400));
    std::array<std::shared_ptr<JobQueue>, 2> rooms;
    std::atomic<bool> offWorkers = false;
    ServerOptions options = Options();
    options.hooks.onPacket = [&](ObservedSession& session, const PacketView& packet) {
        const auto number = NumberOf(packet).value_or(0);
        const auto job = [&offWorkers, number, self = std::static_pointer_cast<ObservedSession>(session.shared_from_this())] {
            offWorkers = offWorkers || !IocpCore::IsDispatchingThread();
            self->SendPacket(kPacketId, number);
        };
        EXPECT_EQ(rooms[session.Number() % rooms.size()]->Post(job), JobQueue::PostResult::Queued);
    };
    TestServer server(world_, options);
    executor_.emplace(*server, kWorkers);
    for (auto& room : rooms) {
        room = MakeQueue();
    }
    std::vector<std::unique_ptr<RawClient>> clients;
    for (std::size_t i = 0; i < kClients; ++i) {
        clients.push_back(std::make_unique<RawClient>(*world_.network, server.Address()));
    }
    std::vector<std::byte> all;
    for (std::uint32_t number = 0; number < packets; ++number) {
        const std::vector<std::byte> packet = RawPacket(kPacketId, number);
        all.insert(all.end(), packet.begin(), packet.end());
    }
    for (const auto& client : clients) {
        client->Send(all);
    }
    for (const auto& client : clients) {
        EXPECT_EQ(client->Receive(all.size()).bytes, all);
    }
    clients.clear();
    server.Finish();
    executor_->RunRest();
    EXPECT_FALSE(offWorkers.load());
    std::uint64_t run = 0;
    for (const auto& room : rooms) {
        run += room->Stats().run;
    }
    EXPECT_EQ(run, kClients * packets);
}

TEST_P(JobsOnWorkers, MayStopTheService) {
    TestServer server(world_, Options());
    executor_.emplace(*server, kWorkers);
    TestClients clients(world_);
    clients.Connect(server.Address(), 5);
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return server.Log().Connected() == 5; }));
    std::optional<WaitResult> answer;
    const std::shared_ptr<JobQueue> queue = MakeQueue();
    queue->Post([&] {
        server->Stop();
        answer = server->Wait(kPatience);
        server->Stop();
    });
    EXPECT_EQ(server->Wait(kPatience), WaitResult::Stopped);
    EXPECT_EQ(answer, WaitResult::OnWorker) << "a worker must not wait for itself";
    EXPECT_TRUE(world_.bell.WaitUntil([&] { return clients.Log().Disconnected() == 5; }));
}

// Each waits for all the others: it takes as many workers as there are queues.
TEST_P(JobsOnWorkers, AsManyQueuesRunAtATimeAsThereAreLanes) {
    TestServer server(world_, Options());
    executor_.emplace(*server, kWorkers);
    for (int round = 0; round < 20; ++round) {
        std::atomic<std::size_t> begun = 0;
        std::atomic<std::size_t> met = 0;
        for (std::size_t i = 0; i < kWorkers; ++i) {
            MakeQueue()->Post([&] {
                ++begun;
                world_.bell.Ring();
                met += world_.bell.WaitUntil([&] { return begun.load() == kWorkers; }) ? 1U : 0U;
                world_.bell.Ring();
            });
        }
        ASSERT_TRUE(world_.bell.WaitUntil([&] { return met.load() == kWorkers; }));
    }
}

// A lost wake-up leaves the ball lying.
TEST_P(JobsOnWorkers, EveryQueueThatBecomesReadyRuns) {
    const auto bounces = static_cast<int>(Scaled(5000));
    TestServer server(world_, Options());
    executor_.emplace(*server, kWorkers);
    std::array<std::atomic<int>, 4> left{};
    std::array<std::shared_ptr<JobQueue>, 8> queues;
    for (auto& queue : queues) {
        queue = MakeQueue();
    }
    const std::function<void(std::size_t)> bounce = [&](std::size_t ball) {
        const int now = --left[ball];
        if (now > 0) {
            queues[2 * ball + static_cast<std::size_t>(now % 2)]->Post([&bounce, ball] { bounce(ball); });
        } else {
            world_.bell.Ring();
        }
    };
    for (std::size_t ball = 0; ball < left.size(); ++ball) {
        left[ball] = bounces;
        queues[2 * ball]->Post([&bounce, ball] { bounce(ball); });
    }
    for (const std::atomic<int>& ball : left) {
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return ball.load() == 0; }));
    }
    server.Finish();
}

// Pauses the session that feeds a queue while the queue has too much to do.
class Throttle final : public JobBacklogObserver {
public:
    void OnBacklog(bool isHigh) noexcept override {
        const std::shared_ptr<Session> session = feeder.lock();
        if (session == nullptr) {
            return;
        }
        if (isHigh) {
            ++pauses;
            session->PauseReceiving();
        } else {
            session->ResumeReceiving();
        }
    }

    std::weak_ptr<Session> feeder;
    std::atomic<int> pauses = 0;
};

TEST_P(JobsOnWorkers, AHighBacklogHoldsUpWhoFeedsItUntilItIsLow) {
    const auto packets = static_cast<std::uint32_t>(Scaled(3000));
    std::shared_ptr<JobQueue> room;
    const auto throttle = std::make_shared<Throttle>();
    ServerOptions options = Options();
    options.hooks.onConnected = [&](ObservedSession& session) {
        throttle->feeder = std::static_pointer_cast<Session>(session.shared_from_this());
    };
    options.hooks.onPacket = [&](ObservedSession& session, const PacketView& packet) {
        const auto job = [number = NumberOf(packet).value_or(0), self = std::static_pointer_cast<ObservedSession>(
                                                                     session.shared_from_this())] { self->SendPacket(kPacketId, number); };
        EXPECT_EQ(room->Post(job), JobQueue::PostResult::Queued);
    };
    TestServer server(world_, options);
    executor_.emplace(*server, 1);
    room = MakeQueue({.timeSlice = std::chrono::microseconds(0), .highWater = 20, .lowWater = 5});
    room->SetObserver(throttle);
    std::optional<RawClient> client;
    client.emplace(*world_.network, server.Address());
    std::vector<std::byte> all;
    for (std::uint32_t number = 0; number < packets; ++number) {
        const std::vector<std::byte> packet = RawPacket(kPacketId, number);
        all.insert(all.end(), packet.begin(), packet.end());
    }
    client->Send(all);
    EXPECT_EQ(client->Receive(all.size()).bytes, all);
    client.reset();
    server.Finish();
    EXPECT_GT(throttle->pauses.load(), 0);
}

TEST_P(JobsOnWorkers, WhatIsLeftWhenTheServiceHasEndedRunsOnTheOwnersThread) {
    TestServer server(world_, Options());
    executor_.emplace(*server, kWorkers);
    const auto queue = MakeQueue();
    const auto other = MakeQueue({.timeSlice = std::chrono::microseconds(0)});
    server.Finish();
    int ran = 0;
    for (int i = 0; i < 3; ++i) {
        other->Post([&ran] { ++ran; });
    }
    queue->Post([&] { other->Post([&ran] { ++ran; }); });
    executor_->RunRest();
    EXPECT_EQ(ran, 4);
    EXPECT_EQ(other->Stats().pending, 0U);
}

}  // namespace
}  // namespace servercore::test
