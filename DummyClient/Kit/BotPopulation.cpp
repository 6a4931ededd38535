#include "DummyClient/Kit/BotPopulation.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace loadtest {

namespace {

using servercore::TimePoint;

// How many places to look at for one that is free, before there is a new one.
constexpr std::size_t kPlacesToTry = 16;

// A group without a rate has no schedule; nobody asks it.
double RateOf(const GroupPlan& group) {
    return group.rate > 0 ? group.rate : 1;
}

}  // namespace

BotPopulation::BotPopulation(const PopulationPlan& plan, MakeBot makeBot, BotBase::Play play)
    : plan_(plan),
      makeBot_(std::move(makeBot)),
      play_(std::move(play)),
      options_(plan.group.options),
      timers_(plan.clock.Now()),
      leaveOrder_(plan.group.shape),
      schedule_(ThinkGaps(RateOf(plan.group), plan.group.think, plan.seed)) {}

BotPopulation::~BotPopulation() = default;

// --- Coming and going --------------------------------------------------------------------------------------------------

bool BotPopulation::Join() {
    BotBase& bot = PlaceForOne();
    ++joined_;
    order_.push_back({.bot = bot.Number(), .life = ++begun_[bot.Number()]});
    schedule_.Remove(bot.Number());
    bot.Begin(play_);
    return true;
}

BotBase& BotPopulation::PlaceForOne() {
    for (std::size_t tried = 0; tried < std::min(kPlacesToTry, bots_.size()); ++tried) {
        nextPlace_ = (nextPlace_ + 1) % bots_.size();
        BotBase& bot = *bots_[nextPlace_];
        if (bot.CanBegin()) {
            finishedBefore_ += bot.GetStage() == BotBase::Stage::Finished ? 1U : 0U;
            return bot;
        }
    }
    const std::size_t number = bots_.size();
    begun_.push_back(0);
    bots_.push_back(makeBot_({.number = number,
                              .name = fmt::format("bot-{}-{}", plan_.tag, number),
                              .draws = Draws(plan_.seed, number),
                              .options = options_,
                              .board = plan_.board,
                              .connector = plan_.connector,
                              .timers = timers_,
                              .clock = plan_.clock,
                              .wantTurns = [this](std::size_t bot) {
                                  servercore::MutexLock lock(mutex_);
                                  wantTurns_.push_back(bot);
                              }}));
    return *bots_.back();
}

void BotPopulation::Leave() {
    const std::optional<std::size_t> place = leaveOrder_.TakeNext(order_.size());
    if (place && order_[*place].life == begun_[order_[*place].bot]) {
        schedule_.Remove(order_[*place].bot);
        bots_[order_[*place].bot]->TellToLeave();
    }
}

void BotPopulation::LeaveAll() {
    for (const std::unique_ptr<BotBase>& bot : bots_) {
        bot->TellToLeave();
    }
}

// --- Playing -----------------------------------------------------------------------------------------------------------

void BotPopulation::BeginPlay(TimePoint /*now*/) {
    isPlaying_ = true;
}

void BotPopulation::EndPlay() {
    isPlaying_ = false;
}

void BotPopulation::Resume(servercore::Duration paused) {
    isPlaying_ = true;
    schedule_.Shift(paused);
}

void BotPopulation::Turn(TimePoint now) {
    timers_.TellDue(now);
    if (!isPlaying_) {
        return;
    }
    TakePartInPlay();
    while (const auto due = schedule_.TakeDue(now)) {
        bots_[due->bot]->TakeTurn(due->intended);
    }
}

// Who asks for turns before the play, or in a pause, gets them from then on.
void BotPopulation::TakePartInPlay() {
    std::vector<std::size_t> bots;
    {
        servercore::MutexLock lock(mutex_);
        bots.swap(wantTurns_);
    }
    const TimePoint now = plan_.clock.Now();
    for (const std::size_t bot : bots) {
        schedule_.Remove(bot);
        if (bots_[bot]->WantsTurns()) {  // whoever asked may have ended, and given its place to another
            schedule_.Add(bot, now);
        }
    }
}

// --- What the run wants to know ----------------------------------------------------------------------------------------

PopulationState BotPopulation::Look() const {
    PopulationState state;
    state.joined = joined_;
    state.finished = finishedBefore_;
    for (const std::unique_ptr<BotBase>& bot : bots_) {
        const BotBase::Stage stage = bot->GetStage();
        state.online += stage == BotBase::Stage::Online ? 1U : 0U;
        state.connecting += stage == BotBase::Stage::Connecting ? 1U : 0U;
        state.finished += stage == BotBase::Stage::Finished ? 1U : 0U;
        state.deliveries += bot->Deliveries();
        state.errors += bot->ErrorCount();
        state.traffic += bot->GetTraffic();
    }
    return state;
}

Counts BotPopulation::Errors() const {
    Counts errors;
    CheckCounts checks;
    for (const std::unique_ptr<BotBase>& bot : bots_) {
        bot->AddTo(errors, checks);
    }
    return errors;
}

bool BotPopulation::HaveAllArrived() {
    return std::ranges::none_of(bots_, [](const std::unique_ptr<BotBase>& bot) { return bot->IsBusy(); });
}

PopulationResult BotPopulation::Finish() {
    PopulationResult result;
    for (const std::unique_ptr<BotBase>& bot : bots_) {
        bot->Stop();
    }
    CheckCounts checks;
    for (const std::unique_ptr<BotBase>& bot : bots_) {
        bot->AddTo(result.errors, checks);
    }
    result.botsFailed = Look().Gone();
    result.botsPassed = joined_ - result.botsFailed;
    for (const CheckCounts::Check& check : checks.All()) {
        result.checks.push_back({.name = check.what, .passed = check.passed, .failed = check.failed});
    }
    return result;
}

}  // namespace loadtest
