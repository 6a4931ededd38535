#include "DummyClient/World/WorldResult.h"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace loadtest {

namespace {

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

std::uint64_t WorldResult::WhispersLost() const noexcept {
    const std::uint64_t undelivered = counts.whispersSent > counts.whispersReceived ? counts.whispersSent - counts.whispersReceived : 0;
    return undelivered + counts.whispersUnanswered;
}

bool WorldResult::IsVerified() const noexcept {
    return botsEntered == bots && counts.movesSent + counts.chatsSent > 0 && received == expected && lost == 0 && WhispersLost() == 0 &&
           counts.whispersReceived == counts.whispersSent && counts.whispersRefused == 0 && resumesFailed == 0 &&
           counts.errors.Sum() == 0 && counts.sight.Sum() == 0 && unexpectedDisconnects == 0;
}

std::string ToTable(const WorldResult& result) {
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
    table.Row("disconnects", fmt::format("{} unexpected", result.unexpectedDisconnects));
    table.Row("server tick", fmt::format("{} ms (a chat waits for it, a ping does not)", result.serverTickMs));
    return "what the players found\n" + table.Text() +
           (result.IsVerified() ? "verified: everything reliable arrived once, in order and unchanged, and nobody saw what it must not\n"
                                : "NOT VERIFIED: see the table\n");
}

}  // namespace loadtest
