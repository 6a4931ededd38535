// What a run does at every moment, whatever its phase: breathes, listens to the tester, shows itself.
#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Kit/LoadRun.h"

namespace loadtest {

namespace {

using namespace std::chrono_literals;

constexpr auto kMoment = 1ms;
constexpr auto kBetweenLooks = 50ms;  // comparing everybody with everybody takes a while
// What one wish adds or removes.
constexpr std::uint64_t kWishPercent = 10;

}  // namespace

void LoadRun::Breathe() {
    const servercore::TimePoint now = Now();
    for (Group& group : groups_) {
        group.population->Turn(now);
    }
    if (const std::optional<RunSample> sample = meter_.TakeDueSample()) {
        OnSample(*sample);
    }
    while (plan_.workers == 0 && service_.Dispatch(0ms) > 0) {
        // Whatever is there.
    }
    if (surroundings_.pause(kMoment)) {
        isInterrupted_ = true;
    }
}

bool LoadRun::IsTimeToLook() {
    if (Now() < nextLook_) {
        return false;
    }
    nextLook_ = Now() + kBetweenLooks;
    return true;
}

void LoadRun::Grant(RunWish wish) {
    switch (wish) {
        case RunWish::AddBots:
        case RunWish::RemoveBots: {
            Group& group = groups_.front();
            const std::uint64_t there = group.joined - group.left;
            const std::uint64_t step = std::max<std::uint64_t>(1, there * kWishPercent / 100);
            (wish == RunWish::AddBots ? group.added : group.removed) += wish == RunWish::AddBots ? step : std::min(step, there);
            break;
        }
        case RunWish::TogglePause: SetPaused(!pausedAt_.has_value()); break;
        case RunWish::Finish: isFinished_ = true; break;
    }
    Show();
}

void LoadRun::SetPaused(bool isPaused) {
    if (isPaused == pausedAt_.has_value()) {
        return;
    }
    if (isPaused) {
        pausedAt_ = Now();
        for (Group& group : groups_) {
            group.population->Pause();
        }
        return;
    }
    const servercore::Duration pause = Now() - *pausedAt_;
    paused_ += pause;
    pausedAt_.reset();
    for (Group& group : groups_) {
        group.population->Resume(pause);
    }
}

void LoadRun::BeginStage(const char* name, bool measured) {
    stage_ = name;
    meter_.BeginStage(name, measured);
}

void LoadRun::OnSample(const RunSample& sample) {
    lastSample_ = sample;
    isDeserted_ = playStart_ && (!IsAnybodyLeft() || board_.WhyUnreachable());
    if (!sample.measured || plan_.thresholds.empty()) {
        Show();
        return;
    }
    const RunReport soFar = meter_.SoFar();
    thresholds_.clear();
    for (const Threshold& threshold : plan_.thresholds) {
        thresholds_.push_back(Judge(threshold, soFar));
    }
    Show();
    if (const std::optional<std::string> threshold = abortWatch_.Look(soFar)) {
        isHopeless_ = true;
        board_.Report(fmt::format("the play ended early, for the threshold '{}' was not met", *threshold));
    }
}

void LoadRun::Show() {
    RunView view{.stage = stage_,
                 .played = Played(),
                 .toPlay = plan_.scenario.Play(),
                 .sample = lastSample_,
                 .groups = {},
                 .errors = ErrorsOfAll(),
                 .connectsFailed = board_.connectsFailed.load(),
                 .thresholds = thresholds_,
                 .isPaused = pausedAt_.has_value()};
    for (const Group& group : groups_) {
        view.groups.push_back({.name = group.plan.name, .wanted = group.joined - group.left, .state = group.population->Look()});
    }
    if (const std::uint64_t disconnects = board_.UnexpectedDisconnects(); disconnects > 0) {
        view.errors["disconnected"] = disconnects;
    }
    surroundings_.show(view);
}

PopulationState LoadRun::LookAtAll() const {
    PopulationState state;
    for (const Group& group : groups_) {
        state += group.population->Look();
    }
    return state;
}

Counts LoadRun::ErrorsOfAll() const {
    Counts errors;
    for (const Group& group : groups_) {
        for (const auto& [reason, count] : group.population->Errors()) {
            errors[reason] += count;
        }
    }
    return errors;
}

// A crowd that was there from the beginning, is gone and not on its way either will not come back.
bool LoadRun::IsAnybodyLeft() const {
    const PopulationState state = LookAtAll();
    return state.online + state.connecting > 0 ||
           !std::ranges::all_of(groups_, [](const Group& group) { return group.plan.shape.IsSteady(); });
}

servercore::Duration LoadRun::Played() const noexcept {
    if (!playStart_) {
        return {};
    }
    return (pausedAt_ ? *pausedAt_ : Now()) - *playStart_ - paused_;
}

}  // namespace loadtest
