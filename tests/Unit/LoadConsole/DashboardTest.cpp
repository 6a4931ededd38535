#include "DummyClient/Console/Dashboard.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "DummyClient/Console/PlainText.h"

namespace loadtest {
namespace {

LatencyFigures Figures(std::int64_t times, std::int64_t count) {
    LatencyFigures figures;
    figures.count = static_cast<decltype(figures.count)>(count);
    figures.p50 = times;
    figures.p90 = 2 * times;
    figures.p99 = 5 * times;
    figures.p999 = 11 * times;
    figures.max = 21 * times;
    return figures;
}

RunSample BusySample() {
    RunSample sample;
    sample.width = 2;
    sample.connected = 482;
    sample.connecting = 12;
    sample.packetsIn = 96'420;
    sample.packetsOut = 19'624;
    sample.bytesIn = 6'800'000;
    sample.bytesOut = 1'624'000;
    sample.sent = 19'624;
    sample.lateSends = 6;
    sample.cpuPercent = 43.4;
    sample.latency["chat"].response = Figures(12'340, 8'000);
    sample.latency["ping"].response = Figures(180, 964);
    sample.latency["whisper"] = {};
    return sample;
}

DashboardState BusyState() {
    DashboardState state{
        .scenario = "walk", .target = "127.0.0.1:7777", .stage = "play", .elapsed = 72, .remaining = 58.0, .botsWanted = 500};
    state.groups = {{.name = "walkers", .wanted = 300, .online = 300},
                    {.name = "chatters", .wanted = 200, .online = 182, .connecting = 12}};
    state.connectsFailed = 6;
    state.errors = {{"wrong text", 3}, {"timeout", 12}, {"never", 0}};
    for (int i = 0; i < 16; ++i) {
        state.p99History.push_back(10'000 + 1'000 * (i % 8) * (i % 8));
    }
    state.thresholds = {{.text = "p99<20ms", .passed = true, .found = "12.3 ms"},
                        {.text = "error_rate<0.1%", .passed = false, .found = "0.4%"}};
    state.server = {{"sessions", 482}, {"tick_ms", 1.25}};
    return state;
}

// One of the most awkward there are.
DashboardState HostileState() {
    const std::string hostile = "\x1B[2J\x1B]0;owned\x07\n\r\xC2\x9B;" + std::string(300, 'x') + "\u202E\xFF";
    DashboardState state{.scenario = hostile, .target = hostile, .stage = hostile, .elapsed = 1, .remaining = 1.0};
    state.groups = {{.name = hostile}, {.name = "\x1B[41m"}};
    state.errors = {{hostile, 1}, {"\x1B[5m", 2}};
    state.thresholds = {{.text = hostile, .passed = true, .found = hostile}};
    state.server = {{hostile, 1}, {"\x1B[c", 2}};
    state.p99History = {1};
    return state;
}

RunSample HostileSample() {
    RunSample sample = BusySample();
    sample.latency["\x1B[31m\n"] = sample.latency["chat"];
    return sample;
}

// Of everything as much as there can be.
RunSample HugeSample() {
    constexpr std::uint64_t kMany = std::numeric_limits<std::uint64_t>::max();
    constexpr std::int64_t kLong = std::numeric_limits<std::int64_t>::max();
    RunSample sample;
    sample.connected = sample.connecting = sample.packetsIn = sample.packetsOut = sample.bytesIn = sample.bytesOut = kMany;
    sample.sent = sample.lateSends = kMany;
    sample.cpuPercent = std::numeric_limits<double>::infinity();
    sample.latency["chat"].response = {.count = kMany, .p50 = kLong, .p90 = kLong, .p99 = kLong, .p999 = kLong, .max = kLong};
    return sample;
}

DashboardState HugeState() {
    constexpr std::uint64_t kMany = std::numeric_limits<std::uint64_t>::max();
    DashboardState state{
        .scenario = "soak", .target = "[::1]:1", .stage = "play", .elapsed = 1e300, .remaining = 1e300, .botsWanted = kMany};
    state.groups = {{.name = "a", .wanted = kMany, .online = kMany, .connecting = kMany}, {.name = "b"}};
    state.connectsFailed = kMany;
    state.errors = {{"timeout", kMany}};
    state.p99History = {1e300, std::numeric_limits<double>::quiet_NaN()};
    state.server = {{"lag", -1e300}, {"none", std::numeric_limits<double>::quiet_NaN()}};
    return state;
}

std::string WithoutColours(std::string frame) {
    for (std::size_t at = frame.find("\x1B["); at != std::string::npos; at = frame.find("\x1B[")) {
        frame.erase(at, frame.find('m', at) + 1 - at);
    }
    return frame;
}

std::vector<std::string> LinesOf(const std::string& frame) {
    std::vector<std::string> lines;
    std::istringstream stream(frame);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

void ExpectFits(const std::string& frame, const FrameSpace& space) {
    const std::vector<std::string> lines = LinesOf(frame);
    EXPECT_LE(lines.size(), space.rows);
    for (const std::string& line : lines) {
        EXPECT_LE(ColumnsOf(line), space.columns) << line;
        if (!space.utf8) {
            EXPECT_EQ(PlainText(line, false), line) << "with something that moves the cursor";
        }
    }
}

// With an empty line before it, so that in a test the frame begins on a line of its own.
std::string Draw(const RunSample& sample, const DashboardState& state, const FrameSpace& space) {
    std::string frame = "\n";
    frame += DrawDashboard(sample, state, space);
    return frame;
}

TEST(Dashboard, ShowsARunOnATerminalOfTheUsualSize) {
    EXPECT_EQ(Draw(BusySample(), BusyState(), {}), R"(
 walk -> 127.0.0.1:7777   play
 [#########################---------------------]  55%   1:12 of 2:10, 0:58 left

 bots        connected 482 of 500   connecting 12   failed 6
             walkers               300 of 300   connecting 0
             chatters              182 of 200   connecting 12
 packets     in 48,210/s       out 9,812/s
 bytes       in 3.40 MB/s      out 812 KB/s
 messages    sent 9,812/s      late 3/s   own CPU 43%

 response time             p50       p90       p99     p99.9       max     count
   chat               12.34 ms  24.68 ms  61.70 ms  135.7 ms  259.1 ms     8,000
   ping                 180 us    360 us    900 us   1.98 ms   3.78 ms       964
   whisper                   -         -         -         -         -         0
 p99         ...-~=*#...-~=*# up to 59.00 ms

 errors      timeout 12   wrong text 3
 thresholds  ok    p99<20ms  now 12.3 ms
             FAILS error_rate<0.1%  now 0.4%
 server      sessions 482   tick_ms 1.25

 + - bots   p pause   q finish   ? help)");
}

TEST(Dashboard, ShowsWhatMattersMostOnASmallOne) {
    EXPECT_EQ(Draw(BusySample(), BusyState(), {.columns = 50, .rows = 12}), R"(
 walk -> 127.0.0.1:7777   play
 [########--------]  55%   1:12 of 2:10, 0:58 left
 bots        connected 482 of 500   connecting 12
 packets     in 48,210/s       out 9,812/s
 bytes       in 3.40 MB/s      out 812 KB/s
 response time             p50       p90       p99
   chat               12.34 ms  24.68 ms  61.70 ms
   ping                 180 us    360 us    900 us
   whisper                   -         -         -
 errors      timeout 12   wrong text 3
 thresholds  ok    p99<20ms  now 12.3 ms
 + - bots   p pause   q finish   ? help)");
}

TEST(Dashboard, ShowsThatItIsPausedWithoutAnEndAndTheKeys) {
    DashboardState state{.scenario = "idle", .target = "127.0.0.1:7777", .stage = "play", .elapsed = 3723};
    state.paused = true;
    state.showsHelp = true;
    state.groups = {{.name = "all"}};
    EXPECT_EQ(Draw({}, state, {}), R"(
 PAUSED  idle -> 127.0.0.1:7777   play
 1:02:03 so far, until you press q

 bots        connected 0 of 0   connecting 0   failed 0
 packets     in 0/s            out 0/s
 bytes       in 0 B/s          out 0 B/s
 messages    sent 0/s          late 0/s   own CPU 0%

 errors      none

 +  or up     more bots
 -  or down   fewer bots: who came first leaves first
 p            stop sending, and go on
 q            end the run now, with all reports; Ctrl-C does the same
 ?            this help
 + - bots   p pause   q finish   ? help)");
}

TEST(Dashboard, ShowsNamesFromElsewhereHarmlessAndCut) {
    EXPECT_EQ(Draw(HostileSample(), HostileState(), {}), R"(
 ?[2J?]0;owned????;xxxxxx -> ?[2J?]0;owned????;xxxxxx   ?[2J?]0;owned????;xxxxxx
 [#######################-----------------------]  50%   0:01 of 0:02, 0:01 left

 bots        connected 482 of 0   connecting 12   failed 0
             ?[2J?]0;owned????;xxx 0 of 0   connecting 0
             ?[41m                 0 of 0   connecting 0
 packets     in 48,210/s       out 9,812/s
 bytes       in 3.40 MB/s      out 812 KB/s
 messages    sent 9,812/s      late 3/s   own CPU 43%

 response time             p50       p90       p99     p99.9       max     count
   ?[31m?             12.34 ms  24.68 ms  61.70 ms  135.7 ms  259.1 ms     8,000
   chat               12.34 ms  24.68 ms  61.70 ms  135.7 ms  259.1 ms     8,000
   ping                 180 us    360 us    900 us   1.98 ms   3.78 ms       964
   whisper                   -         -         -         -         -         0
 p99         # up to 1 us

 errors      ?[5m 2   ?[2J?]0;owned????;xxxxxxxxxxxxxxxxxxxxxx 1
 thresholds  ok    ?[2J?]0;owned????;xxxxxxxxxxxxxxxxxxxxxx  now ?[2J?]0;owned??
 server      ?[2J?]0;owned????;xxxxxxxxxxxxxxxxxxxxxx 1   ?[c 2

 + - bots   p pause   q finish   ? help)");
}

TEST(Dashboard, ShowsHugeNumbersInTheirColumns) {
    EXPECT_EQ(Draw(HugeSample(), HugeState(), {}), R"(
 soak -> [::1]:1   play
 [########################------------------------]  50%   - of -, - left

 bots        connected 18.4 E of 18.4 E   connecting 18.4 E   failed 18.4 E
             a                     18.4 E of 18.4 E   connecting 18.4 E
             b                     0 of 0   connecting 0
 packets     in 18.4 E/s       out 18.4 E/s
 bytes       in 18.4 EB/s      out 18.4 EB/s
 messages    sent 18.4 E/s     late 18.4 E/s   own CPU huge%

 response time             p50       p90       p99     p99.9       max     count
   chat                   huge      huge      huge      huge      huge    18.4 E
 p99         #_ up to huge

 errors      timeout 18.4 E
 server      lag -huge   none -

 + - bots   p pause   q finish   ? help)");
}

TEST(Dashboard, FitsEverySize) {
    const std::vector<std::pair<RunSample, DashboardState>> runs = {
        {BusySample(), BusyState()}, {HostileSample(), HostileState()}, {HugeSample(), HugeState()}, {{}, {}}};
    for (const auto& [sample, state] : runs) {
        for (const std::size_t rows : {0U, 1U, 2U, 5U, 12U, 24U, 100U}) {
            for (std::size_t columns = 0; columns <= 120; columns += columns < 24 ? 1 : 7) {
                for (const bool utf8 : {false, true}) {
                    const FrameSpace space{.columns = columns, .rows = rows, .utf8 = utf8};
                    ExpectFits(DrawDashboard(sample, state, space), space);
                }
            }
        }
    }
}

TEST(Dashboard, IsTheSameWithColours) {
    for (const std::size_t columns : {0U, 1U, 10U, 33U, 80U, 200U}) {
        const FrameSpace space{.columns = columns, .colour = true};
        const std::string plain = DrawDashboard(HostileSample(), HostileState(), {.columns = columns});
        // A space at the end of a line stays when a colour ends behind it.
        const std::vector<std::string> lines = LinesOf(WithoutColours(DrawDashboard(HostileSample(), HostileState(), space)));
        const std::vector<std::string> expected = LinesOf(plain);
        ASSERT_EQ(lines.size(), expected.size());
        for (std::size_t i = 0; i < lines.size(); ++i) {
            EXPECT_EQ(lines[i].substr(0, lines[i].find_last_not_of(' ') + 1), expected[i]);
        }
    }
    const std::string coloured = DrawDashboard(BusySample(), BusyState(), {.colour = true});
    EXPECT_NE(coloured.find("\x1B[1;31mFAILS"), std::string::npos);
    EXPECT_NE(coloured.find("\x1B[1;31mfailed 6"), std::string::npos);
    EXPECT_EQ(DrawDashboard(BusySample(), BusyState(), {.colour = false}).find('\x1B'), std::string::npos);
}

}  // namespace
}  // namespace loadtest
