// A server that stops for 50 ms in every second: whether the load tester sees that.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include <fmt/format.h>

#include "DummyClient/Report/Histogram.h"
#include "GameServer/GameServer.h"
#include "ServerCore/Net/ClientService.h"
#include "tests/Integration/Game/BotRun.h"
#include "tests/Integration/Game/Visitor.h"
#include "tests/Support/TestServices.h"

namespace game::test {
namespace {

using namespace std::chrono_literals;
using loadtest::Histogram;
using loadtest::KindTotals;
using loadtest::RunReport;
using servercore::Duration;
using servercore::TimePoint;

// Whoever asks it for the time in the first 50 ms of a second waits until they are over. A server that lives by it stops as one does whose
// process the system has put aside.
class HaltingClock final : public servercore::Clock {
public:
    static constexpr Duration kPause = 50ms;

    [[nodiscard]] TimePoint Now() const noexcept override {
        TimePoint now = clock_.Now();
        const Duration into = now.time_since_epoch() % Duration(1s);
        const TimePoint until = now - into + kPause;
        std::unique_lock lock(mutex_);
        while (now < until) {
            never_.wait_until(lock, until);
            now = clock_.Now();
        }
        return now;
    }

private:
    const servercore::SteadyClock clock_;
    mutable std::mutex mutex_;
    mutable std::condition_variable never_;
};

class PlantedPause : public ::testing::Test {
protected:
    PlantedPause() : server_(*world_.network, Config(), halting_, world_.log) {
        EXPECT_FALSE(server_.Start(servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 0)));
    }

    ~PlantedPause() override { server_.Stop(); }

    // A second's pings are spread evenly over it.
    Histogram PingOnSchedule(std::size_t bots, std::chrono::milliseconds time) {
        loadtest::Scenario scenario = BotRun::Players(bots, time);
        scenario.groups[0].rate = 1;
        const BotRunResult result = BotRun(world_, server_.ListenAddress()).Play(scenario);
        EXPECT_TRUE(result.world.IsVerified()) << result.tables;
        const RunReport& report = result.report;
        const auto ping = std::find_if(report.latency.begin(), report.latency.end(), [](const KindTotals& k) { return k.name == "ping"; });
        return ping == report.latency.end() ? Histogram() : ping->response;
    }

    // As simple tools do it: the next one when the last is answered.
    Histogram PingInTurn(Duration time) {
        Histogram times;
        const TimePoint end = world_.clock.Now() + time;
        std::atomic<bool> done = false;
        TimePoint sent;
        const auto next = [&](Visitor& visitor) {
            sent = world_.clock.Now();
            visitor.Ping(0);
        };
        const auto onPong = [&](Visitor& visitor) {
            times.Record(world_.clock.Now() - sent);
            if (world_.clock.Now() < end) {
                next(visitor);
            } else {
                visitor.Leave();
            }
        };
        const auto onGone = [&](Visitor&, const servercore::CloseInfo&) {
            done = true;
            world_.bell.Ring();
        };
        servercore::ClientService clients(*world_.network, servercore::test::PatientConfig("visitor"), world_.clock, world_.log);
        EXPECT_FALSE(clients.Start());
        const auto visitor = std::make_shared<Visitor>(clients.Buffers(),
                                                       Visitor::Plan{.name = "Ann", .onEntered = next, .onPong = onPong, .onGone = onGone});
        EXPECT_TRUE(clients.Connect(server_.ListenAddress(), visitor));
        EXPECT_TRUE(world_.bell.WaitUntil([&] { return done.load(); }));
        clients.Stop();
        EXPECT_EQ(clients.Wait(servercore::test::kPatience), servercore::WaitResult::Stopped);
        return times;
    }

    static GameServerConfig Config() {
        GameServerConfig config;
        config.packetsPerSecond = 0;
        return config;
    }

    servercore::test::World world_;
    HaltingClock halting_;
    GameServer server_;
};

TEST_F(PlantedPause, ShowsInTheResponseTimes) {
    const Histogram open = PingOnSchedule(150, 5s);
    const Histogram closed = PingInTurn(2500ms);

    const auto show = [](const char* name, const Histogram& times) {
        const loadtest::LatencyFigures figures = times.Figures();
        fmt::print("{:<12} n {:>5}  p50 {:>6} us  p99 {:>6} us  p99.9 {:>6} us  max {:>6} us\n", name, figures.count, figures.p50,
                   figures.p99, figures.p999, figures.max);
    };
    show("on schedule", open);
    show("in turn", closed);
    EXPECT_GE(open.Count(), 100U);
    EXPECT_GE(open.PercentileUs(99.9), 40'000);
    EXPECT_GT(closed.Count(), 0U);
}

}  // namespace
}  // namespace game::test
