#include "tests/Simulation/SwarmPlan.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "ServerCore/Platform/Sim/SimRandom.h"

namespace servercore::test {

namespace {

using namespace std::chrono_literals;
using platform::SimFault;
using platform::SimRandom;

constexpr std::size_t kSessions = 50;

// The highest chance that a plan draws. Those that end connections are rare, or there would be nothing to see.
constexpr std::array kHighestChances = {
    std::pair{SimFault::ShortReceive, 0.8},
    std::pair{SimFault::ShortSend, 0.8},
    std::pair{SimFault::Reorder, 0.8},
    std::pair{SimFault::LateCompletion, 0.3},
    std::pair{SimFault::LateCancel, 1.0},
    std::pair{SimFault::ErrorAtSubmit, 1.0},
    std::pair{SimFault::SlowSegment, 0.2},
    std::pair{SimFault::Reset, 0.005},
    std::pair{SimFault::ResetLosesUnread, 1.0},
    std::pair{SimFault::SilentDeath, 0.003},
    std::pair{SimFault::ConnectRefused, 0.1},
    std::pair{SimFault::ConnectDelayed, 0.5},
    std::pair{SimFault::ConnectBlackHoled, 0.05},
    std::pair{SimFault::AcceptAborted, 0.1},
    std::pair{SimFault::AcceptWithoutHandles, 0.2},
    std::pair{SimFault::SubmitWithoutBuffers, 0.05},
    std::pair{SimFault::OpenWithoutHandles, 0.05},
};
static_assert(kHighestChances.size() == platform::kSimFaultCount);

double Fraction(SimRandom& random) {
    return static_cast<double>(random.Below(1001)) / 1000;
}

// Half of the time nothing at all: what is never disturbed shows other faults than what always is.
double ChanceUpTo(SimRandom& random, double highest) {
    return random.Chance(0.5) ? highest * Fraction(random) : 0;
}

template <class Value>
Value OneOf(SimRandom& random, const std::vector<Value>& values) {
    return values[random.Below(values.size())];
}

platform::SimOptions DrawNetwork(SimRandom& random) {
    platform::SimOptions options;
    options.seed = random.Next();
    const bool isPerfect = random.Chance(0.125);
    for (const auto& [fault, highest] : kHighestChances) {
        const double chance = ChanceUpTo(random, highest);
        options.faults[fault] = isPerfect ? 0 : chance;
    }
    options.latency = 50us + random.UpTo(20ms);
    options.jitter = random.UpTo(20ms);
    options.maxDelay = 1ms + random.UpTo(300ms);
    options.minSendBufferBytes = OneOf<std::size_t>(random, {1, 50, 500, 5000, 50'000});
    options.maxSendBufferBytes = options.minSendBufferBytes * random.Between(1, 10);
    return options;
}

ServiceConfig DrawService(SimRandom& random) {
    ServiceConfig config;
    config.workers = 0;
    config.maxSessions = OneOf<std::size_t>(random, {20, 45, 1000, 1000, 1000});
    config.stopTimeout = OneOf(random, std::vector{0ms, 20ms, 500ms, 3000ms});
    config.flushing = OneOf(random, std::vector{FlushPolicy::EndOfBatch, FlushPolicy::EndOfBatch, FlushPolicy::Tick});
    config.tick = OneOf(random, std::vector{1ms, 16ms, 50ms});
    config.limits.sendHardBytes = OneOf<std::size_t>(random, {4096, 16'384, 512 * 1024});
    config.limits.sendSoftBytes = OneOf<std::size_t>(random, {0, 1024, 8192, 64 * 1024});
    config.limits.sendAge = OneOf(random, std::vector{0ms, 500ms, 5000ms});
    config.sendBudget = std::make_shared<SendBudget>(OneOf<std::size_t>(random, {50'000, 1'000'000'000}));
    config.limits.firstPacketTimeout = OneOf(random, std::vector{0ms, 300ms, 5000ms});
    config.limits.idleTimeout = OneOf(random, std::vector{0ms, 300ms, 5000ms});
    config.limits.drainTimeout = OneOf(random, std::vector{0ms, 100ms, 1000ms});
    config.limits.connectTimeout = OneOf(random, std::vector{0ms, 200ms, 1000ms});
    config.limits.packetTimeout = OneOf(random, std::vector{0ms, 300ms, 10'000ms});
    config.limits.heartbeatInterval = OneOf(random, std::vector{0ms, 50ms, 1000ms});
    config.limits.packetsPerTurn = OneOf<std::size_t>(random, {1, 3, 64});
    if (random.Chance(0.1)) {
        PacketLimitsConfig packets;
        packets.packets = {.perSecond = 20, .burst = 10};
        packets.closeAfter = OneOf(random, std::vector{500ms, 3000ms});
        config.limits.packets = std::make_shared<const PacketLimits>(*PacketLimits::Create(std::move(packets)));
    }
    return config;
}

SwarmManners DrawManners(SimRandom& random) {
    SwarmManners manners;
    manners.echo = ChanceUpTo(random, 1);
    manners.push = ChanceUpTo(random, 1);
    manners.close = ChanceUpTo(random, 0.02);
    manners.abort = ChanceUpTo(random, 0.01);
    manners.throwUp = ChanceUpTo(random, 0.01);
    manners.pause = ChanceUpTo(random, 0.1);
    manners.urgent = ChanceUpTo(random, 0.5);
    manners.droppable = ChanceUpTo(random, 0.5);
    manners.reconnect = ChanceUpTo(random, 0.3);
    manners.stop = random.Chance(0.2) ? 0.003 : 0;
    manners.burst = random.Between(0, 20);
    manners.bodyBytes = OneOf<std::size_t>(random, {16, 60, 300, 2000});
    manners.allowance = random.Between(1, 60);
    return manners;
}

std::vector<SwarmStep> DrawSteps(SimRandom& random) {
    const Duration length = 50ms + random.UpTo(2s);
    std::vector<SwarmStep> steps;
    const auto add = [&](SwarmDeed deed, std::uint64_t count, Duration before) {
        for (std::uint64_t i = 0; i < count; ++i) {
            steps.push_back({.at = random.UpTo(before), .deed = deed});
        }
    };
    add(SwarmDeed::Connect, kSessions, length / OneOf(random, std::vector{1, 10, 1000}));
    for (const SwarmDeed deed : {SwarmDeed::Broadcast, SwarmDeed::ServerSends, SwarmDeed::ClientSends, SwarmDeed::ServerCloses,
                                 SwarmDeed::ServerAborts, SwarmDeed::ClientCloses, SwarmDeed::ClientAborts}) {
        add(deed, random.Chance(0.5) ? random.Below(20) : 0, length);
    }
    add(SwarmDeed::StopServer, random.Chance(0.25) ? 1 : 0, length);
    add(SwarmDeed::StopClients, random.Chance(0.25) ? 1 : 0, length);
    std::ranges::stable_sort(steps, {}, &SwarmStep::at);
    steps.push_back({.at = length, .deed = random.Chance(0.5) ? SwarmDeed::StopServer : SwarmDeed::StopClients});
    const Duration pause = random.UpTo(1s);
    for (const SwarmDeed deed : {SwarmDeed::StopServer, SwarmDeed::StopClients}) {
        steps.push_back({.at = length + pause, .deed = deed});
    }
    return steps;
}

// Takes away whatever ends connections that have come about. What stays may delay, cut and mix up as it likes.
void CalmDown(SwarmPlan& plan) {
    for (const SimFault fault : {SimFault::Reset, SimFault::SilentDeath}) {
        plan.network.faults[fault] = 0;
    }
    // A byte at a time would take for ever.
    plan.network.minSendBufferBytes = std::max<std::size_t>(plan.network.minSendBufferBytes, 50);
    plan.network.maxSendBufferBytes = std::max(plan.network.maxSendBufferBytes, plan.network.minSendBufferBytes);
    for (ServiceConfig* service : {&plan.server, &plan.clients}) {
        service->maxSessions = 1000;
        const std::size_t packetsPerTurn = service->limits.packetsPerTurn;
        service->limits = {};
        service->limits.firstPacketTimeout = service->limits.idleTimeout = service->limits.packetTimeout = service->limits.sendAge = 0ms;
        service->limits.packetsPerTurn = packetsPerTurn;
        service->sendBudget = nullptr;
    }
    for (SwarmManners* manners : {&plan.serverManners, &plan.clientManners}) {
        manners->close = manners->abort = manners->throwUp = manners->stop = 0;
        manners->bodyBytes = std::min<std::size_t>(manners->bodyBytes, 300);
    }
    std::erase_if(plan.steps, [](const SwarmStep& step) {
        return step.deed != SwarmDeed::Connect && step.deed != SwarmDeed::Broadcast && step.deed != SwarmDeed::ServerSends &&
               step.deed != SwarmDeed::ClientSends;
    });
    const Duration end = plan.steps.back().at;
    plan.steps.push_back({.at = end, .deed = SwarmDeed::AwaitArrivals});
    plan.steps.push_back({.at = end, .deed = SwarmDeed::StopServer});
    plan.steps.push_back({.at = end, .deed = SwarmDeed::StopClients});
}

SwarmPlan DrawPlanWith(SimRandom random) {
    SwarmPlan plan;
    plan.seed = random.Next();
    plan.network = DrawNetwork(random);
    plan.server = DrawService(random);
    plan.clients = DrawService(random);
    plan.clientServices = random.Between(1, 2);
    plan.acceptDepth = OneOf<std::size_t>(random, {1, 4, 64});
    plan.backlog = OneOf(random, std::vector{1, 16, 1024});
    plan.serverManners = DrawManners(random);
    plan.clientManners = DrawManners(random);
    plan.steps = DrawSteps(random);
    plan.isCalm = random.Chance(0.25);
    if (plan.isCalm) {
        CalmDown(plan);
    }
    // After the timeout all is reset; what is in flight then comes back late at worst, several times in a row where a completion makes
    // the next one late.
    plan.stopBound = std::max(plan.server.stopTimeout, plan.clients.stopTimeout) + 4 * plan.network.maxDelay + 1s;
    return plan;
}

}  // namespace

SwarmPlan DrawPlan(std::uint64_t seed) {
    return DrawPlanWith(SimRandom(seed));
}

SwarmPlan PlanFromBytes(ConstBytes decisions) {
    // About as much as a plan uses; the rest is shared by those who decide during the run.
    constexpr std::size_t kPlanBytes = 400;
    const auto take = [&](std::size_t count) {
        const ConstBytes taken = decisions.first(std::min(count, decisions.size()));
        decisions = decisions.subspan(taken.size());
        return std::vector<std::byte>(taken.begin(), taken.end());
    };
    SwarmPlan plan = DrawPlanWith(SimRandom(0, take(kPlanBytes)));
    plan.network.script = take(decisions.size() / 2);
    plan.script = take(decisions.size());
    return plan;
}

}  // namespace servercore::test
