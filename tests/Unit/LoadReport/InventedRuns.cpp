#include "tests/Unit/LoadReport/InventedRuns.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "DummyClient/Report/SampleMath.h"
#include "DummyClient/Report/Threshold.h"

namespace loadtest::test {

namespace {

constexpr int kWarmUpSeconds = 10;
constexpr std::uint64_t kBots = 200;

class Inventor {
public:
    explicit Inventor(const InventedRun& run) : run_(run), random_(run.seed) {}

    RunReport Invent() {
        const int rampEnd = kWarmUpSeconds + (run_.seconds - kWarmUpSeconds) / 3;
        report_.meta = {.toolVersion = "0.1.0",
                        .protocolVersion = 2,
                        .scenario = Name("walk and chat"),
                        .target = "127.0.0.1:7777",
                        .startedAtMs = 1'700'000'000'000,
                        .machines = {{.os = "Debian GNU/Linux 12 (bookworm)",
                                      .kernel = "6.1.0-18-amd64",
                                      .cpu = "Invented CPU @ 2.60GHz",
                                      .cores = 2,
                                      .memoryBytes = std::uint64_t{8} << 30}},
                        .commandLines = {"DummyClient run walk.toml --bots 200"},
                        .configuration = "bots = 200\nrate = 10\nramp = \"20s\"\n"};
        report_.stages = {{.name = "warm-up", .from = 0, .to = kWarmUpSeconds, .measured = false},
                          {.name = Name("ramp"), .from = kWarmUpSeconds, .to = static_cast<double>(rampEnd)},
                          {.name = "steady", .from = static_cast<double>(rampEnd), .to = static_cast<double>(run_.seconds)}};
        report_.latency = {{.name = Name("ping"), .response = {}, .service = {}}, {.name = Name("chat"), .response = {}, .service = {}}};
        for (int second = 1; second <= run_.seconds; ++second) {
            AddSecond(second, rampEnd);
        }
        report_.totals.expected = report_.totals.received;
        report_.totals.connects = kBots + 3;
        report_.totals.disconnects = {{"closed by us", kBots}, {Name("reset"), 3}};
        report_.checks = {{.name = Name("order"), .passed = report_.totals.received},
                          {.name = "contents", .passed = report_.totals.received}};
        report_.generator.peakCpuPercent = 41;
        report_.generator.worstLatenessUs = 3100;
        const std::vector<Threshold> thresholds = {*ParseThreshold("p99<200ms").threshold, *ParseThreshold("error_rate<0.0001%").threshold};
        JudgeRun(thresholds, report_);
        report_.thresholds[0].text = Name(report_.thresholds[0].text);
        return std::move(report_);
    }

private:
    [[nodiscard]] std::string Name(const std::string& name) const {
        return run_.hostile
                   ? name +
                         "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\x1b[2J\xff,\"=1+1"
                   : name;
    }

    double Random() { return std::generate_canonical<double, 53>(random_); }

    // Mostly near `middle`, with a tail.
    std::int64_t Latency(double middle) {
        const double normal = std::sqrt(-2 * std::log(1 - Random())) * std::cos(6.283185307 * Random());
        return static_cast<std::int64_t>(middle * run_.slowdown * std::exp(0.35 * normal)) + 40;
    }

    void AddKind(RunSample& sample, KindTotals& totals, std::uint64_t count, double middle, double late) {
        Histogram response;
        Histogram service;
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::int64_t took = Latency(middle);
            service.RecordUs(took);
            response.RecordUs(took + static_cast<std::int64_t>(late * Random()));
        }
        sample.latency[totals.name] = ToKindSample(response, service);
        if (sample.measured) {
            totals.response.Add(response);
            totals.service.Add(service);
        }
    }

    void AddSecond(int second, int rampEnd) {
        RunSample sample;
        sample.t = second;
        sample.measured = second > kWarmUpSeconds;
        sample.connected = static_cast<std::uint64_t>(static_cast<double>(kBots) * std::min(1.0, second / static_cast<double>(rampEnd)));
        sample.connecting = second < rampEnd ? 3 : 0;
        sample.failed = second == 25 ? 3 : 0;
        sample.sent = sample.connected * 10 + static_cast<std::uint64_t>(Random() * 40);
        sample.received = sample.sent * 20;
        sample.packetsIn = sample.received + 60;
        sample.packetsOut = sample.sent + 60;
        sample.bytesIn = sample.packetsIn * 31;
        sample.bytesOut = sample.packetsOut * 22;
        sample.lateSends = second % 30 == 0 ? 12 : 0;
        sample.cpuPercent = 18 + 20 * static_cast<double>(sample.connected) / static_cast<double>(kBots) + 3 * Random();
        const double pause = second % 30 == 0 ? 60'000 : 0;  // now and then the server stands still
        AddKind(sample, report_.latency[0], sample.connected, 900, pause);
        AddKind(sample, report_.latency[1], sample.connected * 2, 27'000, pause);
        if (second % 17 == 0) {
            sample.errors[Name("no answer in time")] = 2;
        }
        if (second % 41 == 0) {
            sample.errors["MALFORMED_PACKET"] = 1;
        }
        sample.server = {{Name("tick ms"), 1.5 + Random()}, {"sessions", static_cast<double>(sample.connected)}};
        if (sample.measured) {
            AddToTotals(report_.totals, sample);
        }
        report_.samples.push_back(std::move(sample));
    }

    const InventedRun run_;
    std::mt19937_64 random_;
    RunReport report_;
};

}  // namespace

RunReport Invent(const InventedRun& run) {
    return Inventor(run).Invent();
}

}  // namespace loadtest::test
