#include "tests/Unit/LoadKit/TestRun.h"

#include <algorithm>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace loadtest::test {

namespace {

class WrittenPopulation final : public Population {
public:
    WrittenPopulation(const PopulationPlan& plan, std::shared_ptr<Story> story) : clock_(plan.clock), story_(std::move(story)) {
        story_->board = &plan.board;
    }

    [[nodiscard]] bool Join() override {
        if (joined_ == story_->places) {
            return false;
        }
        ++joined_;
        lastJoin_ = clock_.Now();
        return true;
    }
    void Leave() override { ++left_; }
    void BeginPlay(servercore::TimePoint now) override {
        story_->playStart = now;
        story_->told.emplace_back("play");
    }
    void EndPlay() override {
        story_->playEnd = clock_.Now();
        story_->told.emplace_back("end of play");
    }
    void Pause() override { story_->told.emplace_back("pause"); }
    void Resume(servercore::Duration paused) override {
        story_->told.push_back(fmt::format("resume {}", std::chrono::duration_cast<std::chrono::milliseconds>(paused)));
    }
    void Turn(servercore::TimePoint now) override {
        story_->isMeasuring = story_->board->isMeasuring;
        story_->moments.push_back({.at = now, .joined = joined_, .left = left_});
    }
    [[nodiscard]] PopulationState Look() const override {
        PopulationState state;
        state.joined = joined_;
        state.finished = left_;
        const bool haveEntered = clock_.Now() >= lastJoin_ + story_->entersAfter;
        (haveEntered ? state.online : state.connecting) = joined_ - left_;
        if (story_->onLook) {
            story_->onLook(state);
        }
        return state;
    }
    [[nodiscard]] Counts Errors() const override { return {}; }
    [[nodiscard]] bool HaveAllArrived() override { return story_->haveAllArrived; }
    void Settle() override { story_->told.emplace_back("settle"); }
    void LeaveAll() override { story_->told.emplace_back("leave"); }
    [[nodiscard]] PopulationResult Finish() override {
        story_->told.emplace_back("finish");
        return story_->result;
    }

private:
    const servercore::Clock& clock_;
    const std::shared_ptr<Story> story_;
    std::size_t joined_ = 0;
    std::size_t left_ = 0;
    servercore::TimePoint lastJoin_;
};

}  // namespace

Story& TestRun::AddGroup(LoadShape shape, std::size_t bots) {
    GroupPlan group;
    group.name = fmt::format("group {}", stories.size());
    group.behaviour = fmt::format("story {}", stories.size());
    group.bots = bots;
    group.shape = shape;
    scenario.groups.push_back(std::move(group));
    return *stories.emplace_back(std::make_shared<Story>());
}

std::error_code TestRun::Play() {
    LoadPlan plan{.scenario = scenario,
                  .behaviours = {},
                  .sources = {},
                  .thresholds = thresholds,
                  .abortOnFail = abortOnFail,
                  .canAddBots = canAddBots};
    for (std::size_t group = 0; group < stories.size(); ++group) {
        plan.behaviours.push_back({.info = {.name = scenario.groups[group].behaviour, .about = {}, .options = {}},
                                   .kinds = {"ping"},
                                   .make = [story = stories[group]](const PopulationPlan& population) {
                                       return std::make_unique<WrittenPopulation>(population, story);
                                   }});
    }
    const auto pause = [this](std::chrono::milliseconds time) {
        clock.Advance(time);
        if (onMoment) {
            onMoment();
        }
        return isInterrupted;
    };
    const auto takeWish = [this]() -> std::optional<RunWish> {
        if (wishes.empty()) {
            return std::nullopt;
        }
        const RunWish wish = wishes.front();
        wishes.erase(wishes.begin());
        return wish;
    };
    LoadRun run(std::move(plan), {.network = *world_.network,
                                  .clock = clock,
                                  .log = world_.log,
                                  .pause = pause,
                                  .show = [this](const RunView& view) { views.push_back(view); },
                                  .takeWish = takeWish});
    const std::error_code error = run.Run({servercore::NetAddress::Loopback(servercore::AddressFamily::IPv4, 9)});
    report = run.TakeReport();
    problems = run.Problems();
    checks = {run.BotsEndAsTheyShould()};
    return error;
}

const RunStage* TestRun::FindStage(const std::string& name) const {
    const auto stage = std::ranges::find(report.stages, name, &RunStage::name);
    return stage == report.stages.end() ? nullptr : &*stage;
}

double TestRun::LengthOf(const std::string& name) const {
    const RunStage* stage = FindStage(name);
    return stage == nullptr ? 0 : stage->to - stage->from;
}

}  // namespace loadtest::test
