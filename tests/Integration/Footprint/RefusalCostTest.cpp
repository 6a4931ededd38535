// Row 12 of the attack catalogue: what it costs the server to refuse a connection. Printed, not judged: it is the machine's as well.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <future>
#include <iostream>
#include <system_error>
#include <vector>

#include "tests/Integration/Footprint/EchoWorld.h"
#include "tests/Integration/Footprint/QuietPeer.h"

namespace servercore::test {
namespace {

constexpr std::size_t kCap = 5;
constexpr std::size_t kFlood = 5000;
constexpr double kRateOfCatalogue = 5000;  // connections in a second

// The processor time of the calling thread so far.
double ThreadSeconds() {
    timespec time{};
    EXPECT_EQ(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time), 0);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// One after the other, so that each costs the server a wait of its own. How long each of them lived, in microseconds: from the beginning of
// its connect until its client had seen the end.
std::vector<double> Flood(const NetAddress& server) {
    const SteadyClock clock;
    std::vector<double> lives;
    while (lives.size() < kFlood) {
        const TimePoint began = clock.Now();
        try {
            QuietPeer(server).AwaitEnd();
        } catch (const std::system_error& error) {
            if (error.code() != std::errc::connection_reset) {  // it may come before connect has returned
                throw;
            }
        }
        lives.push_back(std::chrono::duration<double, std::micro>(clock.Now() - began).count());
    }
    std::ranges::sort(lives);
    return lives;
}

TEST(RefusalCost, OfConnectionsOverTheCapOfTheirHost) {
    ServiceConfig config = EchoConfig(0);
    config.admission.maxSessionsPerHost = kCap;
    EchoWorld world(config);
    ServerService& service = world.service;
    std::vector<QuietPeer> admitted;
    while (admitted.size() < kCap) {
        admitted.emplace_back(service.ListenAddress());
        ASSERT_TRUE(Await(service, admitted.size()));
    }

    // This thread is the whole server.
    std::future<std::vector<double>> flood = std::async(std::launch::async, [&service] { return Flood(service.ListenAddress()); });
    const double before = ThreadSeconds();
    std::size_t completions = 0;
    EXPECT_TRUE(DispatchUntil(service, completions, [&] { return service.GetLedger().AcceptsRefused() == kFlood; }));
    const double microseconds = (ThreadSeconds() - before) * 1e6 / kFlood;
    const std::vector<double> lives = flood.get();
    std::cout << "a refused connection: " << microseconds << " us of the server's processor time, at 5,000 in a second "
              << microseconds * kRateOfCatalogue / 1e4 << " % of a core; it lived " << lives[kFlood / 2] << " us (50 %), "
              << lives[kFlood * 99 / 100] << " us (99 %), " << lives.back() << " us (worst), measured with " << kFlood << '\n';
    const Ledger ledger = service.GetLedger();
    EXPECT_EQ(ledger.admissions[static_cast<std::size_t>(Admission::HostFull)], kFlood);
    EXPECT_EQ(ledger.AcceptsRefused(), kFlood);
    EXPECT_EQ(service.SessionCount(), kCap);
}

}  // namespace
}  // namespace servercore::test
