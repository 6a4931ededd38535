#include "DummyClient/Kit/LoadRun.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "DummyClient/Kit/Pace.h"
#include "DummyClient/Kit/ReachProbe.h"
#include "DummyClient/Kit/RunTag.h"
#include "ServerCore/Base/Assert.h"

namespace loadtest {

namespace {

using namespace std::chrono_literals;

// A run waits for others; these are its limits.
constexpr auto kEnterTimeout = 15s;     // from the last connect until all have entered
constexpr auto kDeliveryTimeout = 10s;  // from the last packet sent until all have arrived
constexpr auto kLeaveTimeout = 10s;
// After the last packet expected: time for one too many to show itself.
constexpr auto kQuietTime = 300ms;

// In one moment; the rest waits for the next, so that a wave of bots does not make those who are there send late.
constexpr std::uint64_t kJoinsAtOnce = 50;
// For bots that the tester asks for.
constexpr std::size_t kSparePlaces = 5000;
// Whatever the scenario wants: descriptors are not without end.
constexpr std::size_t kMaxSessions = 100'000;

servercore::ServiceConfig ServiceConfigFor(const LoadPlan& plan, std::size_t bots) {
    servercore::ServiceConfig service;
    service.name = "bots";
    service.workers = plan.workers;
    service.maxSessions = std::min(2 * bots + 1, kMaxSessions);  // the connection that a bot gives up ends a little later
    return service;
}

std::size_t PlacesOf(const GroupPlan& group, const LoadPlan& plan) {
    return static_cast<std::size_t>(group.shape.Joins(plan.scenario.Play(), group.bots)) + (plan.canAddBots ? kSparePlaces : 0);
}

std::size_t PlacesOf(const LoadPlan& plan) {
    std::size_t places = 0;
    for (const GroupPlan& group : plan.scenario.groups) {
        places += PlacesOf(group, plan);
    }
    return places;
}

const Behaviour& BehaviourOf(const LoadPlan& plan, const GroupPlan& group) {
    const auto named = std::ranges::find_if(plan.behaviours, [&](const Behaviour& b) { return b.info.name == group.behaviour; });
    SC_ASSERT(named != plan.behaviours.end());
    return *named;
}

std::vector<std::string> KindsOf(const LoadPlan& plan) {
    std::set<std::string> kinds;
    for (const GroupPlan& group : plan.scenario.groups) {
        const std::vector<std::string>& own = BehaviourOf(plan, group).kinds;
        kinds.insert(own.begin(), own.end());
    }
    return {kinds.begin(), kinds.end()};
}

}  // namespace

LoadRun::LoadRun(LoadPlan plan, const LoadSurroundings& surroundings)
    : plan_(std::move(plan)),
      surroundings_(surroundings),
      board_(KindsOf(plan_), std::max<std::size_t>(plan_.workers, 1)),
      service_(surroundings.network, ServiceConfigFor(plan_, PlacesOf(plan_)), surroundings.clock, surroundings.log),
      connector_(service_, board_, plan_.sources),
      meter_(board_, surroundings.clock, {.look = [this] { return LookAtAll(); }, .errors = [this] { return ErrorsOfAll(); }}),
      abortWatch_(plan_.abortOnFail ? plan_.thresholds : std::vector<Threshold>()) {
    const std::string tag = MakeRunTag();
    std::size_t number = 0;
    for (const GroupPlan& group : plan_.scenario.groups) {
        const PopulationPlan population{.group = group,
                                        .seed = plan_.scenario.SeedOf(number),
                                        .joins = PlacesOf(group, plan_),
                                        .tag = fmt::format("{}{}", tag, number == 0 ? "" : fmt::format("{}x", number)),
                                        .workers = plan_.workers,
                                        .board = board_,
                                        .connector = connector_,
                                        .clock = surroundings.clock};
        groups_.push_back({.plan = group, .population = BehaviourOf(plan_, group).make(population)});
        ++number;
    }
}

LoadRun::~LoadRun() = default;

std::error_code LoadRun::Run(const std::vector<servercore::NetAddress>& addresses) {
    if (const std::error_code error = service_.Start()) {
        return error;
    }
    BeginStage("connect");
    if (const std::error_code error = ReachServer(addresses)) {
        return error;
    }
    ConnectSteady();
    if (HaveSteadyEntered() && !isInterrupted_) {
        Play();
        AwaitDeliveries();
    }
    LeaveAll();
    Finish();
    return board_.WhyUnreachable();
}

// --- Phases ------------------------------------------------------------------------------------------------------------

// A name may stand for several addresses: the bots take the first where somebody answers.
std::error_code LoadRun::ReachServer(const std::vector<servercore::NetAddress>& addresses) {
    std::error_code error = std::make_error_code(std::errc::address_not_available);
    for (const servercore::NetAddress& address : addresses) {
        connector_.SetServer(address);
        if (addresses.size() == 1) {
            return {};
        }
        const auto probe = std::make_shared<ReachProbe>();
        const servercore::Result<servercore::SessionId> id = service_.Connect(address, probe);
        if (!id) {
            error = id.error();
            continue;
        }
        while (!isInterrupted_ && !probe->IsOver()) {
            Breathe();
        }
        if (!probe->IsOver()) {
            return {};  // interrupted; ConnectSteady says so
        }
        error = probe->Error();
        if (!error) {
            break;
        }
    }
    return error;
}

void LoadRun::ConnectSteady() {
    Pace connects(Now(), plan_.scenario.connectRate);
    std::size_t gone = 0;
    for (Group& group : groups_) {
        const std::uint64_t bots = group.plan.shape.IsSteady() ? group.plan.bots : 0;
        std::uint64_t number = 0;
        while (group.joined < bots && !isInterrupted_ && gone == 0) {
            while (group.joined < bots && connects.TryTake(Now(), number)) {
                ++group.joined;
                (void)group.population->Join();
            }
            Breathe();
            gone = IsTimeToLook() ? SteadyGone() : gone;
        }
    }
    BeginStage("enter");
    const servercore::TimePoint deadline = Now() + kEnterTimeout;
    for (bool isOver = false; !isInterrupted_ && !isOver && Now() < deadline;) {
        Breathe();
        isOver = IsTimeToLook() && (HaveSteadyEntered() || SteadyGone() > 0);
    }
    if (HaveSteadyEntered()) {
        return;
    }
    if (isInterrupted_) {
        board_.Report("interrupted before all bots had entered; nothing was measured");
    } else if (gone = SteadyGone(); gone > 0) {
        board_.Report(fmt::format("{} bots were disconnected before all had entered (is the server full?); nothing was measured", gone));
    } else {
        board_.Report(fmt::format("not all bots had entered within {}; nothing was measured", kEnterTimeout));
    }
}

bool LoadRun::HaveSteadyEntered() const {
    return std::ranges::all_of(groups_, [](const Group& group) {
        const PopulationState state = group.population->Look();
        return !group.plan.shape.IsSteady() || state.online + state.finished >= group.plan.bots;
    });
}

std::size_t LoadRun::SteadyGone() const {
    std::size_t gone = 0;
    for (const Group& group : groups_) {
        gone += group.plan.shape.IsSteady() ? group.population->Look().Gone() : 0;
    }
    return gone;
}

void LoadRun::Play() {
    playStart_ = Now();
    for (Group& group : groups_) {
        group.population->BeginPlay(*playStart_);
    }
    board_.isMeasuring.store(true);
    if (plan_.scenario.warmUp > servercore::Duration::zero()) {
        BeginStage("warm-up");
        PlayUntil(plan_.scenario.warmUp);
    }
    BeginStage("play", true);
    PlayUntil(plan_.scenario.Play());
    SetPaused(false);
    board_.isMeasuring.store(false);
    for (Group& group : groups_) {
        group.population->EndPlay();
    }
}

void LoadRun::PlayUntil(servercore::Duration end) {
    while (!isInterrupted_ && !isHopeless_ && !isFinished_ && !isDeserted_ && Played() < end) {
        if (!pausedAt_) {
            Steer();
        }
        Breathe();
        while (surroundings_.takeWish) {
            const std::optional<RunWish> wish = surroundings_.takeWish();
            if (!wish) {
                break;
            }
            Grant(*wish);
        }
    }
}

void LoadRun::Steer() {
    for (Group& group : groups_) {
        const Presence wanted = group.plan.shape.At(Played(), plan_.scenario.Play(), group.plan.bots);
        const std::uint64_t joins = std::min(wanted.joined + group.added, group.joined + kJoinsAtOnce);
        for (; group.joined < joins; ++group.joined) {
            if (!group.population->Join()) {
                ++group.left;  // it is as if it had been here
            }
        }
        // In a pause the tester may have asked for more to go than there are.
        group.removed = std::min(group.removed, wanted.joined + group.added - wanted.left);
        const std::uint64_t leaves = std::min(wanted.left + group.removed, group.joined);
        for (; group.left < leaves; ++group.left) {
            group.population->Leave();
        }
    }
}

void LoadRun::AwaitDeliveries() {
    BeginStage("settle");
    const auto haveAllArrived = [&] {
        return std::ranges::all_of(groups_, [](const Group& group) { return group.population->HaveAllArrived(); });
    };
    const servercore::TimePoint deadline = Now() + kDeliveryTimeout;
    for (bool isOver = false; !isOver && Now() < deadline;) {
        Breathe();
        isOver = IsTimeToLook() && (LookAtAll().online == 0 || haveAllArrived());
    }
    const servercore::TimePoint quiet = Now() + kQuietTime;
    while (Now() < quiet) {
        Breathe();
    }
    for (Group& group : groups_) {
        group.population->Settle();
    }
}

void LoadRun::LeaveAll() {
    BeginStage("leave");
    for (Group& group : groups_) {
        group.population->LeaveAll();
    }
    const servercore::TimePoint deadline = Now() + kLeaveTimeout;
    while (service_.SessionCount() > 0 && Now() < deadline) {
        Breathe();
    }
    service_.Stop();
    while (service_.Wait(0ms) == servercore::WaitResult::TimedOut) {
        Breathe();  // ends by itself: the service resets what is left at its stop timeout
    }
}

void LoadRun::Finish() {
    for (Group& group : groups_) {
        PopulationResult result = group.population->Finish();
        const bool isOne = groups_.size() == 1;
        for (RunCheck& check : result.checks) {
            if (!isOne) {
                check.name = group.plan.name + ": " + check.name;
            }
            result_.checks.push_back(std::move(check));
        }
        for (const auto& [reason, count] : result.errors) {
            result_.errors[reason] += count;
        }
        result_.lost += result.lost;
        result_.botsFailed += result.botsFailed;
        result_.botsPassed += result.botsPassed;
        if (!result.table.empty()) {
            result_.table += (isOne ? "" : "group " + group.plan.name + "\n") + result.table;
        }
    }
}

}  // namespace loadtest
