#include "DummyClient/Kit/RunScreen.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Console/Dashboard.h"
#include "DummyClient/Console/RunKeys.h"
#include "DummyClient/Kit/RunLine.h"

namespace loadtest {

namespace {

constexpr std::size_t kHistory = 120;  // seconds
constexpr servercore::platform::TerminalSize kUsualSize{.columns = 80, .rows = 24};

double ToSeconds(servercore::Duration time) {
    return std::chrono::duration<double>(time).count();
}

double WorstP99(const RunSample& sample) {
    std::int64_t worst = 0;
    for (const auto& [kind, latency] : sample.latency) {
        worst = std::max(worst, latency.response.p99);
    }
    return static_cast<double>(worst);
}

DashboardState ToDashboard(const RunView& view) {
    DashboardState state;
    state.stage = view.stage;
    state.elapsed = ToSeconds(view.played);
    state.remaining = ToSeconds(view.toPlay - view.played);
    state.paused = view.isPaused;
    for (const GroupView& group : view.groups) {
        state.botsWanted += group.wanted;
        state.groups.push_back(
            {.name = group.name, .wanted = group.wanted, .online = group.state.online, .connecting = group.state.connecting});
    }
    state.connectsFailed = view.connectsFailed;
    state.errors = view.errors;
    state.thresholds = view.thresholds;
    return state;
}

}  // namespace

RunScreen::RunScreen(std::string scenario, std::string target, bool isPlain)
    : scenario_(std::move(scenario)),
      target_(std::move(target)),
      terminal_(servercore::platform::Terminal::Open()),
      isDashboard_(!isPlain && terminal_->CanShow()) {}

void RunScreen::Show(const RunView& view) {
    if (!isDashboard_) {
        fmt::print("{}\n", ToLine(view));
        std::fflush(stdout);
        return;
    }
    if (!last_ || last_->sample.t != view.sample.t) {
        p99History_.push_back(WorstP99(view.sample));
        p99History_.erase(p99History_.begin(), p99History_.end() - static_cast<std::ptrdiff_t>(std::min(kHistory, p99History_.size())));
    }
    last_ = view;
    Draw();
}

std::optional<RunWish> RunScreen::TakeWish() {
    if (!isDashboard_) {
        return std::nullopt;
    }
    while (const auto key = terminal_->TryReadKey()) {
        const std::optional<RunOrder> order = ToRunOrder(*key);
        if (!order) {
            continue;
        }
        switch (*order) {
            case RunOrder::AddBots: return RunWish::AddBots;
            case RunOrder::RemoveBots: return RunWish::RemoveBots;
            case RunOrder::TogglePause: return RunWish::TogglePause;
            case RunOrder::Finish: return RunWish::Finish;
            case RunOrder::ToggleHelp:
                showsHelp_ = !showsHelp_;
                Draw();
                break;
        }
    }
    return std::nullopt;
}

void RunScreen::Draw() {
    if (!last_) {
        return;
    }
    const servercore::platform::TerminalSize size = terminal_->Size().value_or(kUsualSize);
    DashboardState state = ToDashboard(*last_);
    state.scenario = scenario_;
    state.target = target_;
    state.showsHelp = showsHelp_;
    state.p99History = p99History_;
    terminal_->ShowFrame(DrawDashboard(last_->sample, state,
                                       {.columns = static_cast<std::size_t>(size.columns),
                                        .rows = static_cast<std::size_t>(size.rows),
                                        .colour = terminal_->CanColour(),
                                        .utf8 = terminal_->ShowsUtf8()}));
}

void RunScreen::Leave() {
    if (isDashboard_) {
        terminal_->LeaveScreen();
    }
}

}  // namespace loadtest
