// Jobs in the simulation: sessions post to job queues, timers and coroutines among them, and one seed gives one run.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ServerCore/App/ServiceExecutor.h"
#include "ServerCore/Job/JobDelay.h"
#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Job/JobTask.h"
#include "ServerCore/Job/JobTimer.h"
#include "ServerCore/Job/ManualExecutor.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Net/PacketSession.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Platform/Sim/SimNetwork.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;
using platform::SimFault;

constexpr std::size_t kClients = 8;
constexpr int kQuestions = 20;

enum class Executors { Manual, OnWorkers };

// What happened, in order, with the time of each.
struct Trace {
    std::vector<std::string> lines;
    std::uint64_t network = 0;
    bool wasComplete = false;

    friend bool operator==(const Trace&, const Trace&) = default;
};

// Two rooms, a hall that rooms report to, and sessions that ask them.
class JobWorld {
public:
    JobWorld(std::uint64_t seed, Executors kind)
        : network_(Options(seed)),
          server_(
              network_, Config(), [this] { return std::make_shared<Asked>(*this); }, network_.GetClock(), log_),
          client_(network_, Config(), network_.GetClock(), log_) {
        if (kind == Executors::OnWorkers) {
            onWorkers_.emplace(server_, 1);
        }
        for (auto& queue : rooms_) {
            queue = MakeQueue();
        }
        hall_ = MakeQueue();
        beat_.emplace(timers_, hall_, "beat", [this] { Note("beat"); });
        beat_->Every(7ms);
    }

    [[nodiscard]] Trace Run() {
        const bool started = !server_.Start({.address = NetAddress::Loopback(AddressFamily::IPv4, 0), .options = {}}) && !client_.Start();
        for (std::size_t i = 0; started && i < kClients; ++i) {
            EXPECT_TRUE(client_.Connect(server_.ListenAddress(), std::make_shared<Asking>(buffers_)));
        }
        const TimePoint giveUp = network_.GetClock().Now() + 1h;
        while (client_.SessionCount() + server_.SessionCount() > 0 && network_.GetClock().Now() < giveUp) {
            TurnOnce();
        }
        const bool allLeft = client_.SessionCount() + server_.SessionCount() == 0;
        client_.Stop();
        server_.Stop();
        while (client_.Wait(0ms) != WaitResult::Stopped || server_.Wait(0ms) != WaitResult::Stopped) {
            TurnOnce();
        }
        beat_.reset();
        if (onWorkers_) {
            onWorkers_->RunRest();
        }
        manual_.RunAll();
        trace_.network = network_.TraceHash();
        trace_.wasComplete = allLeft && answered_ == kClients * kQuestions;
        return std::move(trace_);
    }

private:
    class Asking final : public PacketSession {
    public:
        explicit Asking(SendBufferPool& buffers) : buffers_(buffers) {}

    private:
        void OnConnected() override {
            for (std::uint16_t i = 0; i < kQuestions; ++i) {
                Send(MakeEmpty(buffers_, i));
            }
        }
        void OnPacket(const PacketView& /*packet*/) override {
            if (++answers_ == kQuestions) {
                Close();
            }
        }

        SendBufferPool& buffers_;
        int answers_ = 0;
    };

    class Asked final : public PacketSession {
    public:
        explicit Asked(JobWorld& world) : world_(world) {}

    private:
        void OnPacket(const PacketView& packet) override {
            const auto self = std::static_pointer_cast<PacketSession>(shared_from_this());
            const auto& room = world_.rooms_[Id().Value() % world_.rooms_.size()];
            EXPECT_EQ(room->Post(Answer(world_, room, self, packet.id)), JobQueue::PostResult::Queued);
        }

        JobWorld& world_;
    };

    static platform::SimOptions Options(std::uint64_t seed) {
        platform::SimOptions options{.seed = seed, .jitter = 3ms};
        options.faults[SimFault::ShortReceive] = 0.3;
        options.faults[SimFault::LateCompletion] = 0.2;
        options.faults[SimFault::Reorder] = 0.2;
        return options;
    }

    static ServiceConfig Config() {
        ServiceConfig config;
        config.workers = 0;
        return config;
    }

    static SendBufferRef MakeEmpty(SendBufferPool& buffers, std::uint16_t id) {
        SendBufferRef packet = buffers.Allocate(kPacketHeaderBytes);
        WritePacket(packet->Writable(), id, {});
        return packet;
    }

    // From the room to the hall and back.
    static JobTask Answer(JobWorld& world, std::shared_ptr<JobQueue> room, std::shared_ptr<PacketSession> session, std::uint16_t id) {
        const std::uint64_t subject = session->Id().Value();
        world.Note("asked", subject, id);
        if (id % 5 == 0) {
            co_await world.timers_.Delay(room, 4ms);
        }
        co_await world.hall_->Switch();
        world.Note("heard", subject, id);
        ++world.answered_;
        co_await room->Switch();
        session->Send(MakeEmpty(world.server_.Buffers(), id));
    }

    [[nodiscard]] std::shared_ptr<JobQueue> MakeQueue() {
        JobExecutor& executor = onWorkers_ ? static_cast<JobExecutor&>(*onWorkers_) : manual_;
        return std::make_shared<JobQueue>(executor, network_.GetClock(), JobQueueLimits{});
    }

    void Note(const char* what, std::uint64_t subject = 0, std::uint32_t detail = 0) {
        trace_.lines.push_back(std::to_string(network_.GetClock().Now().time_since_epoch().count()) + " " + what + " " +
                               std::to_string(subject) + " " + std::to_string(detail));
    }

    void TurnOnce() {
        const std::size_t done = server_.Dispatch(0ms) + client_.Dispatch(0ms) + timers_.RunDue() + manual_.RunAll();
        if (done > 0) {
            return;
        }
        Duration atMost = 10ms;
        if (const auto next = timers_.NextExpiry()) {
            atMost = std::clamp(*next - network_.GetClock().Now(), Duration(1us), atMost);
        }
        network_.Advance(atMost);
    }

    platform::SimNetwork network_;
    Logger log_ = Logger::Silent();
    SendBufferPool buffers_;
    ManualExecutor manual_;
    JobTimers timers_{network_.GetClock()};
    ServerService server_;
    ClientService client_;
    std::optional<app::ServiceExecutor> onWorkers_;
    std::array<std::shared_ptr<JobQueue>, 2> rooms_;
    std::shared_ptr<JobQueue> hall_;
    std::optional<JobTimer> beat_;
    Trace trace_;
    std::size_t answered_ = 0;
};

class JobSim : public ::testing::TestWithParam<Executors> {};

INSTANTIATE_TEST_SUITE_P(Executors, JobSim, ::testing::Values(Executors::Manual, Executors::OnWorkers),
                         [](const auto& tested) { return tested.param == Executors::Manual ? "Manual" : "OnWorkers"; });

TEST_P(JobSim, TheSameSeedGivesTheSameJobsAtTheSameTimes) {
    const Trace first = JobWorld(7, GetParam()).Run();
    const Trace second = JobWorld(7, GetParam()).Run();
    EXPECT_TRUE(first.wasComplete);
    EXPECT_GT(first.lines.size(), 2 * kClients * kQuestions) << "asked, heard, and beats";
    EXPECT_EQ(first, second);
}

TEST_P(JobSim, AnotherSeedGivesAnotherRun) {
    EXPECT_NE(JobWorld(7, GetParam()).Run(), JobWorld(8, GetParam()).Run());
}

}  // namespace
}  // namespace servercore::test
