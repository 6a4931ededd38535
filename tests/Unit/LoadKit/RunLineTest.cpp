#include "DummyClient/Kit/RunLine.h"

#include <gtest/gtest.h>

#include <string>

namespace loadtest {
namespace {

RunView View() {
    RunView view;
    view.stage = "play";
    view.sample.t = 12.4;
    view.sample.width = 2;
    view.sample.connected = 48;
    view.sample.sent = 1000;
    view.sample.received = 990;
    view.sample.lateSends = 3;
    view.groups = {{.name = "a", .wanted = 30, .state = {}}, {.name = "b", .wanted = 20, .state = {}}};
    view.connectsFailed = 2;
    view.errors = {{"disconnected", 1}, {"no answer", 4}};
    return view;
}

TEST(RunLine, SaysHowManyPerSecondWhateverTheWidthOfTheSample) {
    EXPECT_EQ(ToLine(View()), "  12s play    bots=48/50 sent=500/s received=495/s late=3 failed=2 errors=5");
}

TEST(RunLine, NamesTheLatenciesAndThePause) {
    RunView view = View();
    KindSample ping;
    ping.response.count = 10;
    ping.response.p50 = 1234;
    ping.response.p99 = 20'000;
    view.sample.latency["ping"] = ping;
    view.isPaused = true;
    EXPECT_EQ(ToLine(view),
              "  12s play    bots=48/50 sent=500/s received=495/s ping p50=1.23ms p99=20.00ms late=3 failed=2 errors=5 (paused)");
}

TEST(RunLine, HasNumbersBeforeTheFirstSecondIsOver) {
    const std::string line = ToLine({.stage = "connect", .sample = {}, .groups = {}, .errors = {}, .thresholds = {}});
    EXPECT_EQ(line, "   0s connect bots=0/0 sent=0/s received=0/s late=0 failed=0 errors=0");
}

}  // namespace
}  // namespace loadtest
