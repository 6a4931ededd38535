#include "DummyClient/LoadReport.h"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace loadtest {

namespace {

std::string Milliseconds(std::chrono::microseconds time) {
    return fmt::format("{:.2f}ms", static_cast<double>(time.count()) / 1000.0);
}

std::string Describe(const Percentiles& times) {
    if (times.count == 0) {
        return "none measured";
    }
    return fmt::format("p50={} p90={} p99={} p99.9={} max={} n={}", Milliseconds(times.p50), Milliseconds(times.p90),
                       Milliseconds(times.p99), Milliseconds(times.p999), Milliseconds(times.max), times.count);
}

std::string Describe(const DisconnectCounts& disconnects, std::uint64_t unexpected) {
    std::string text;
    for (std::size_t i = 0; i < disconnects.size(); ++i) {
        if (disconnects[i] > 0) {
            fmt::format_to(std::back_inserter(text), "{}={} ", servercore::ToString(static_cast<servercore::CloseReason>(i)),
                           disconnects[i]);
        }
    }
    return fmt::format("{}(unexpected: {})", text, unexpected);
}

class Table {
public:
    void Row(std::string_view name, std::string_view value) { fmt::format_to(std::back_inserter(text_), "  {:<15} {}\n", name, value); }
    void Row(std::string_view name, std::uint64_t value) { Row(name, fmt::format("{}", value)); }
    [[nodiscard]] const std::string& Text() const noexcept { return text_; }

private:
    std::string text_;
};

}  // namespace

bool LoadResult::IsVerified() const noexcept {
    return botsEntered == bots && movesSent + chatsSent > 0 && received == expected && lost == 0 && errors.Sum() == 0 &&
           unexpectedDisconnects == 0;
}

std::string ToLine(const LiveSample& sample) {
    return fmt::format("{:>4}s {:<7} bots={}/{} sent={}/s received={}/s rtt p50={} p99={} errors={}", sample.elapsed.count(), sample.phase,
                       sample.botsOnline, sample.bots, sample.sent, sample.received, Milliseconds(sample.ping.p50),
                       Milliseconds(sample.ping.p99), sample.errors);
}

std::string ToTable(const LoadResult& result) {
    const double seconds = result.playTime.count();
    const double perSecond = seconds > 0 ? 1 / seconds : 0;
    const std::uint64_t sent = result.movesSent + result.chatsSent;
    Table table;
    table.Row("bots", fmt::format("{} of {} entered", result.botsEntered, result.bots));
    table.Row("packets sent", fmt::format("{} ({} moves, {} chats)", sent, result.movesSent, result.chatsSent));
    table.Row("expected", result.expected);
    table.Row("received", result.received);
    table.Row("lost", result.lost);
    table.Row("duplicated", result.errors.duplicated);
    table.Row("out of order", result.errors.outOfOrder);
    table.Row("content errors", result.errors.wrongContent);
    table.Row("roster errors", result.errors.wrongRoster);
    table.Row("disconnects", Describe(result.disconnects, result.unexpectedDisconnects));
    table.Row("rtt ping", Describe(result.ping));
    table.Row("rtt chat echo", Describe(result.chat));
    table.Row("", fmt::format("(a chat waits for the server's tick, every {} ms; a ping does not)", result.serverTickMs));
    table.Row("throughput", fmt::format("{:.0f} sent/s, {:.0f} delivered/s, over {:.2f} s", static_cast<double>(sent) * perSecond,
                                        static_cast<double>(result.received) * perSecond, seconds));
    std::string text = "result\n" + table.Text();
    for (const auto& [problem, count] : result.problems) {
        fmt::format_to(std::back_inserter(text), "problem ({} times): {}\n", count, problem);
    }
    return text + (result.IsVerified() ? "verified: everything that was sent arrived, once, in order and unchanged\n"
                                       : "NOT VERIFIED: see the table\n");
}

}  // namespace loadtest
