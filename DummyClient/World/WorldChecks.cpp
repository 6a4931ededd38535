#include "DummyClient/World/WorldChecks.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace loadtest {

namespace {

// Something that is looked at with each chat and whisper that arrives.
struct DeliveryKind {
    const char* check;
    const char* error;
    std::uint64_t DeliveryErrors::*failed;
};

constexpr DeliveryKind kDeliveryKinds[] = {
    {"nothing arrives twice", "duplicated", &DeliveryErrors::duplicated},
    {"order of each speaker", "out of order", &DeliveryErrors::outOfOrder},
    {"contents", "wrong content", &DeliveryErrors::wrongContent},
    {"names and ids", "wrong roster", &DeliveryErrors::wrongRoster},
};

// Something that is looked at with each move heard or player who comes or goes, or of each bot at the end.
struct SightKind {
    const char* check;
    const char* error;
    std::uint64_t SightErrors::*failed;
    std::uint64_t BotCounts::*looked;  // nullptr: once for each bot
};

constexpr SightKind kSightKinds[] = {
    {"nobody enters twice", "entered twice", &SightErrors::enteredTwice, &BotCounts::playersEntered},
    {"nobody is told of what is out of sight", "out of sight", &SightErrors::outOfSight, &BotCounts::movesHeard},
    {"who leaves was in sight", "left unseen", &SightErrors::leftUnseen, &BotCounts::playersLeft},
    {"who moves was in sight", "moved unseen", &SightErrors::movedUnseen, &BotCounts::movesHeard},
    {"moves are newer than those before", "stale moves", &SightErrors::staleMoves, &BotCounts::movesHeard},
    {"moves are those that were sent", "wrong positions", &SightErrors::wrongPositions, &BotCounts::movesHeard},
    {"at the end all in sight are known", "missing at the end", &SightErrors::missingAtEnd, nullptr},
    {"at the end none but them", "too many at the end", &SightErrors::extraAtEnd, nullptr},
    {"at the end they are where they stand", "elsewhere at the end", &SightErrors::staleAtEnd, nullptr},
};

std::uint64_t Without(std::uint64_t count, std::uint64_t part) noexcept {
    return count > part ? count - part : 0;
}

std::uint64_t Between(std::uint64_t a, std::uint64_t b) noexcept {
    return a > b ? a - b : b - a;
}

// Of `looked` times it failed so often.
RunCheck Check(const char* name, std::uint64_t looked, std::uint64_t failed) {
    return {.name = name, .passed = Without(looked, failed), .failed = failed};
}

}  // namespace

Counts ErrorsByReason(const BotCounts& counts) {
    Counts errors;
    const auto add = [&](const char* reason, std::uint64_t count) {
        if (count > 0) {
            errors[reason] += count;
        }
    };
    for (const DeliveryKind& kind : kDeliveryKinds) {
        add(kind.error, counts.errors.*kind.failed);
    }
    for (const SightKind& kind : kSightKinds) {
        add(kind.error, counts.sight.*kind.failed);
    }
    add("chats skipped", counts.chatsSkipped);
    add("whispers refused", counts.whispersRefused);
    return errors;
}

std::vector<RunCheck> ToChecks(const WorldResult& result) {
    const BotCounts& counts = result.counts;
    std::vector<RunCheck> checks = {
        Check("all bots take part", result.bots, result.bots - result.botsEntered),
        Check("the bots play", 1, counts.movesSent + counts.chatsSent > 0 ? 0 : 1),
        Check("connections stay", result.bots, result.unexpectedDisconnects),
        Check("players are taken over", counts.resumes + result.resumesFailed, result.resumesFailed),
        {.name = "chats reach everybody",
         .passed = result.received,
         .failed = std::max(result.lost, Between(result.expected, result.received))},
        {.name = "whispers arrive and are answered",
         .passed = counts.whispersReceived,
         .failed = std::max(result.WhispersLost(), Between(counts.whispersSent, counts.whispersReceived))},
        Check("whispers are taken", counts.whispersSent, counts.whispersRefused),
    };
    const std::uint64_t deliveries = counts.chatsReceived + counts.whispersReceived;
    for (const DeliveryKind& kind : kDeliveryKinds) {
        checks.push_back(Check(kind.check, deliveries, counts.errors.*kind.failed));
    }
    for (const SightKind& kind : kSightKinds) {
        const std::uint64_t looked = kind.looked == nullptr ? result.bots : counts.*kind.looked;
        checks.push_back(Check(kind.check, looked, counts.sight.*kind.failed));
    }
    return checks;
}

}  // namespace loadtest
