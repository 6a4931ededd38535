#include "DummyClient/LoadReport.h"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace loadtest {

namespace {

std::string Milliseconds(std::int64_t microseconds) {
    return fmt::format("{:.2f}ms", static_cast<double>(microseconds) / 1000.0);
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

std::string Describe(const SightErrors& errors) {
    if (errors.Sum() == 0) {
        return "0";
    }
    return fmt::format(
        "{} (entered twice {}, out of sight {}, left unseen {}, moved unseen {}, stale moves {}, wrong positions {}; at the end missing "
        "{}, "
        "too many {}, elsewhere {})",
        errors.Sum(), errors.enteredTwice, errors.outOfSight, errors.leftUnseen, errors.movedUnseen, errors.staleMoves,
        errors.wrongPositions, errors.missingAtEnd, errors.extraAtEnd, errors.staleAtEnd);
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

std::uint64_t LoadResult::WhispersLost() const noexcept {
    const std::uint64_t undelivered = counts.whispersSent > counts.whispersReceived ? counts.whispersSent - counts.whispersReceived : 0;
    return undelivered + counts.whispersUnanswered;
}

bool LoadResult::IsVerified() const noexcept {
    return botsEntered == bots && counts.movesSent + counts.chatsSent > 0 && received == expected && lost == 0 && WhispersLost() == 0 &&
           counts.whispersReceived == counts.whispersSent && counts.whispersRefused == 0 && resumesFailed == 0 &&
           counts.errors.Sum() == 0 && counts.sight.Sum() == 0 && unexpectedDisconnects == 0;
}

std::string ToLine(const RunSample& sample, std::string_view stage, std::size_t bots, std::uint64_t errors) {
    const auto perSecond = [&](std::uint64_t count) { return static_cast<double>(count) / sample.width; };
    const auto ping = sample.latency.find("ping");
    const LatencyFigures times = ping == sample.latency.end() ? LatencyFigures{} : ping->second.response;
    return fmt::format("{:>4.0f}s {:<7} bots={}/{} sent={:.0f}/s received={:.0f}/s rtt p50={} p99={} late={} errors={}", sample.t, stage,
                       sample.connected, bots, perSecond(sample.sent), perSecond(sample.received), Milliseconds(times.p50),
                       Milliseconds(times.p99), sample.lateSends, errors);
}

std::string ToTable(const LoadResult& result) {
    const BotCounts& counts = result.counts;
    Table table;
    table.Row("bots", fmt::format("{} of {} entered", result.botsEntered, result.bots));
    table.Row("chats",
              fmt::format("sent={} expected={} received={} lost={}", counts.chatsSent, result.expected, result.received, result.lost));
    table.Row("moves", fmt::format("sent={} heard={} merged={} corrected={}", counts.movesSent, counts.movesHeard, counts.movesMerged,
                                   counts.corrections));
    table.Row("whispers", fmt::format("sent={} received={} lost={} refused={}", counts.whispersSent, counts.whispersReceived,
                                      result.WhispersLost(), counts.whispersRefused));
    table.Row("lost", result.lost + result.WhispersLost());
    table.Row("duplicated", counts.errors.duplicated);
    table.Row("out of order", counts.errors.outOfOrder);
    table.Row("content errors", counts.errors.wrongContent);
    table.Row("roster errors", counts.errors.wrongRoster);
    table.Row("sight errors", Describe(counts.sight));
    table.Row("zone switches", counts.switches);
    table.Row("resumes", counts.resumes);
    table.Row("disconnects", Describe(result.disconnects, result.unexpectedDisconnects));
    table.Row("server tick", fmt::format("{} ms (a chat waits for it, a ping does not)", result.serverTickMs));
    std::string text = "what the bots found\n" + table.Text();
    for (const auto& [problem, count] : result.problems) {
        fmt::format_to(std::back_inserter(text), "problem ({} times): {}\n", count, problem);
    }
    return text + (result.IsVerified()
                       ? "verified: everything reliable arrived once, in order and unchanged, and nobody saw what it must not\n"
                       : "NOT VERIFIED: see the table\n");
}

}  // namespace loadtest
