#include "tests/Simulation/SwarmRecord.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace servercore::test {

namespace {

constexpr std::size_t kMaxProblems = 20;

void CheckLife(const SwarmRecord& record, SwarmRecords& records) {
    const std::size_t expectedEnds = record.wasTaken ? 1 : 0;
    if (record.ends != expectedEnds) {
        records.AddProblem(fmt::format("{} was told of its end {} times instead of {}", record.Name(), record.ends, expectedEnds));
    }
    if (!record.isDestroyed) {
        records.AddProblem(record.Name() + " is still in memory");
    }
}

// `to` received a packet, so it knows who sent it.
void CheckDelivery(const SwarmRecord& from, const SwarmRecord& to, SwarmRecords& records) {
    const auto [sent, got] = std::ranges::mismatch(from.queued, to.received);
    if (got != to.received.end()) {
        records.AddProblem(fmt::format("packet {} that {} received is not packet {} that {} sent ({} received, {} sent)",
                                       got - to.received.begin(), to.Name(), sent - from.queued.begin(), from.Name(), to.received.size(),
                                       from.queued.size()));
        return;
    }
    const bool listenedToTheEnd = to.end.reason == CloseReason::PeerClosed;
    if (from.end.graceful && to.end.graceful && listenedToTheEnd && sent != from.queued.end()) {
        records.AddProblem(fmt::format("{} and {} ended gracefully, but only {} of {} packets arrived", from.Name(), to.Name(),
                                       to.received.size(), from.queued.size()));
    }
}

void CheckDeliveries(const std::deque<SwarmRecord>& senders, const std::deque<SwarmRecord>& receivers, SwarmRecords& records) {
    for (const SwarmRecord& receiver : receivers) {
        if (receiver.received.empty()) {
            continue;
        }
        if (!receiver.peer || *receiver.peer >= senders.size()) {
            records.AddProblem(receiver.Name() + " received packets that do not begin with the peer's first one");
        } else {
            CheckDelivery(senders[*receiver.peer], receiver, records);
        }
    }
}

}  // namespace

std::string SwarmRecord::Name() const {
    return fmt::format("{} session {}", side == SwarmSide::Server ? "server" : "client", index);
}

SwarmRecord& SwarmRecords::Add(SwarmSide side) {
    std::deque<SwarmRecord>& all = side == SwarmSide::Server ? servers : clients;
    SwarmRecord& record = all.emplace_back();
    record.side = side;
    record.index = static_cast<std::uint32_t>(all.size() - 1);
    return record;
}

void SwarmRecords::AddProblem(std::string problem) {
    if (problems.size() < kMaxProblems) {
        problems.push_back(std::move(problem));
    }
}

bool HasAllArrived(const SwarmRecords& records) {
    const auto isOpen = [](const SwarmRecord& record) { return record.phase == SwarmRecord::Phase::Connected; };
    const auto hasReached = [&](const SwarmRecord& sender, const std::deque<SwarmRecord>& receivers) {
        return std::ranges::any_of(receivers, [&](const SwarmRecord& receiver) {
            return receiver.peer == sender.index && receiver.received.size() == sender.queued.size();
        });
    };
    return std::ranges::none_of(records.clients,
                                [](const SwarmRecord& client) { return client.wasTaken && client.phase == SwarmRecord::Phase::New; }) &&
           std::ranges::all_of(records.clients,
                               [&](const SwarmRecord& client) { return !isOpen(client) || hasReached(client, records.servers); }) &&
           std::ranges::all_of(records.servers,
                               [&](const SwarmRecord& server) { return !isOpen(server) || hasReached(server, records.clients); });
}

void CheckLives(SwarmRecords& records) {
    for (const std::deque<SwarmRecord>* side : {&records.servers, &records.clients}) {
        for (const SwarmRecord& record : *side) {
            CheckLife(record, records);
        }
    }
    CheckDeliveries(records.servers, records.clients, records);
    CheckDeliveries(records.clients, records.servers, records);
}

}  // namespace servercore::test
