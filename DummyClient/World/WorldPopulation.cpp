#include "DummyClient/World/WorldPopulation.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "DummyClient/World/WorldChecks.h"

namespace loadtest {

namespace {

using namespace std::chrono_literals;
using servercore::TimePoint;

// For a bot that is told to leave.
constexpr auto kFarewellTimeout = 10s;
// Each bot pings that often, also while it waits for others: the server would take a silent one for dead.
constexpr double kPingsPerSecond = 1;

// Different for each use of the seed.
constexpr std::uint64_t kPingSeed = 0x70696E67;
constexpr std::uint64_t kSwitchSeed = 0x7A6F6E65;
constexpr std::uint64_t kReconnectSeed = 0x6C696E6B;

// Each bot that often.
std::optional<SendSchedule> Every(servercore::Duration time, std::uint64_t seed) {
    if (time <= servercore::Duration::zero()) {
        return std::nullopt;
    }
    const double perSecond = 1 / std::chrono::duration<double>(time).count();
    return SendSchedule(ThinkGaps(perSecond, ThinkTime::Even, seed));
}

// Of the first `n` messages so many are chats: evenly spread, and the bots take turns.
std::uint64_t ChatsWithin(std::uint64_t n, double share) noexcept {
    return static_cast<std::uint64_t>(static_cast<double>(n) * share);
}

}  // namespace

WorldPopulation::WorldPopulation(const PopulationPlan& plan, const WorldOptions& options)
    : options_(options),
      planned_(plan.group.bots),
      clock_(plan.clock),
      crowd_(plan.joins, plan.group.bots, plan.tag, plan.seed, options.zones, plan.board, plan.connector),
      leaveOrder_(plan.group.shape),
      pings_(ThinkGaps(kPingsPerSecond, ThinkTime::Even, plan.seed ^ kPingSeed)),
      messages_(ThinkGaps(plan.group.rate, plan.group.think, plan.seed)),
      switches_(Every(options.switchEvery, plan.seed ^ kSwitchSeed)),
      reconnects_(Every(options.reconnectEvery, plan.seed ^ kReconnectSeed)),
      didAllStay_(plan.group.shape.IsSteady() && options.switchEvery <= servercore::Duration::zero()) {
    bots_.reserve(plan.joins);
    for (std::size_t bot = 0; bot < plan.joins; ++bot) {
        bots_.push_back(std::make_unique<WorldBot>(bot, crowd_, plan.clock));
    }
}

WorldPopulation::~WorldPopulation() = default;

// --- Coming and going --------------------------------------------------------------------------------------------------

bool WorldPopulation::Join() {
    if (joined_ == bots_.size()) {
        return false;
    }
    didAllStay_ = didAllStay_ && joined_ < planned_;
    const std::size_t bot = joined_++;
    const TimePoint now = clock_.Now();
    pings_.Add(bot, now);
    if (isPlaying_) {
        TakePartInPlay(bot, now);
    }
    return !bots_[bot]->Connect();
}

void WorldPopulation::Leave() {
    const std::optional<std::size_t> bot = leaveOrder_.TakeNext(joined_);
    if (!bot) {
        return;
    }
    didAllStay_ = false;
    NoLongerPlay(*bot);
    leaving_.push_back({.bot = *bot, .deadline = clock_.Now() + kFarewellTimeout});
}

void WorldPopulation::LetLeave(TimePoint now) {
    std::erase_if(leaving_, [&](const Leaving& leaving) {
        WorldBot& bot = *bots_[leaving.bot];
        if (!bot.IsAnswered() && now < leaving.deadline) {
            return false;
        }
        pings_.Remove(leaving.bot);
        bot.Leave();
        return true;
    });
}

void WorldPopulation::LeaveAll() {
    leaving_.clear();
    for (std::size_t bot = 0; bot < joined_; ++bot) {
        bots_[bot]->Leave();
    }
}

// --- Playing -----------------------------------------------------------------------------------------------------------

void WorldPopulation::BeginPlay(TimePoint now) {
    isPlaying_ = true;
    for (std::size_t bot = 0; bot < joined_; ++bot) {
        TakePartInPlay(bot, now);
    }
}

void WorldPopulation::EndPlay() {
    isPlaying_ = false;
    for (std::size_t bot = 0; bot < joined_; ++bot) {
        NoLongerPlay(bot);
    }
}

void WorldPopulation::TakePartInPlay(std::size_t bot, TimePoint now) {
    messages_.Add(bot, now);
    if (switches_) {
        switches_->Add(bot, now);
    }
    if (reconnects_) {
        reconnects_->Add(bot, now);
    }
}

void WorldPopulation::NoLongerPlay(std::size_t bot) {
    messages_.Remove(bot);
    if (switches_) {
        switches_->Remove(bot);
    }
    if (reconnects_) {
        reconnects_->Remove(bot);
    }
}

void WorldPopulation::Resume(servercore::Duration pause) {
    isPlaying_ = true;
    messages_.Shift(pause);
    if (switches_) {
        switches_->Shift(pause);
    }
    if (reconnects_) {
        reconnects_->Shift(pause);
    }
}

void WorldPopulation::Turn(TimePoint now) {
    while (const auto due = pings_.TakeDue(now)) {
        bots_[due->bot]->SendPing(due->intended);
    }
    if (isPlaying_) {
        while (const auto due = messages_.TakeDue(now)) {
            SendNext(*due);
        }
        while (const auto due = switches_ ? switches_->TakeDue(now) : std::nullopt) {
            bots_[due->bot]->SwitchZone();
        }
        while (const auto due = reconnects_ ? reconnects_->TakeDue(now) : std::nullopt) {
            bots_[due->bot]->Reconnect();
        }
    }
    LetLeave(now);
}

void WorldPopulation::SendNext(const SendSchedule::Due& due) {
    WorldBot& bot = *bots_[due.bot];
    const std::uint64_t turn = due.turn + due.bot;
    const std::uint64_t chat = ChatsWithin(turn, options_.chatShare);
    const bool isChat = ChatsWithin(turn + 1, options_.chatShare) > chat;
    const bool isWhisper = isChat && options_.whisper && chat % 2 == 1;
    if (isWhisper ? bot.TryWhisper(due.intended) : isChat ? bot.TryChat(due.intended) : bot.TryMove()) {
        crowd_.board.NoteSent(due.intended, clock_.Now());
    }
}

// --- The end -----------------------------------------------------------------------------------------------------------

bool WorldPopulation::HaveAllArrived() {
    if (!leaving_.empty() || !std::ranges::all_of(bots_, [](const std::unique_ptr<WorldBot>& bot) { return bot->IsAnswered(); })) {
        return false;
    }
    const Settlement settlement(bots_);
    return settlement.HaveAllArrived() && settlement.CompareSight(bots_).Sum() == 0;
}

void WorldPopulation::Settle() {
    settled_.emplace(bots_);
    sightAtEnd_ = settled_->CompareSight(bots_);
}

Counts WorldPopulation::Errors() const {
    return ErrorsByReason(Settlement(bots_).Counts());
}

WorldResult WorldPopulation::Result() const {
    WorldResult result;
    result.bots = joined_;
    result.botsEntered = 0;
    for (const std::unique_ptr<WorldBot>& bot : bots_) {
        result.botsEntered += bot->State().hasEntered ? 1U : 0U;
    }
    result.counts = Settlement(bots_).Counts();
    result.counts.sight += sightAtEnd_;
    result.received = result.counts.chatsReceived;
    result.lost = result.counts.chatsUnechoed;
    result.expected = result.received + result.lost;
    if (settled_) {
        result.expected = didAllStay_ ? settled_->ExpectedByPresence() : settled_->ExpectedByNumbers();
        result.lost = settled_->Missing() + result.counts.chatsUnechoed;
    }
    result.unexpectedDisconnects = crowd_.unexpectedDisconnects.load();
    result.resumesFailed = crowd_.resumesFailed.load();
    result.serverTickMs = crowd_.serverTickMs.load();
    return result;
}

PopulationResult WorldPopulation::Finish() {
    const WorldResult result = Result();
    return {.checks = ToChecks(result),
            .errors = ErrorsByReason(result.counts),
            .lost = result.lost + result.WhispersLost(),
            .table = ToTable(result)};
}

}  // namespace loadtest
