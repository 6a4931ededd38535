#include "DummyClient/LoadRun.h"

#include <algorithm>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace loadtest {

namespace {

using namespace std::chrono_literals;

// A run waits for others; these are its limits.
constexpr auto kEnterTimeout = 15s;     // from the last connect until all are in their zones
constexpr auto kDeliveryTimeout = 10s;  // from the last packet sent until all have arrived
constexpr auto kLeaveTimeout = 10s;
// After the last packet expected: time for one too many to show itself.
constexpr auto kQuietTime = 300ms;

constexpr auto kMoment = 1ms;
constexpr auto kBetweenLooks = 50ms;  // comparing everybody with everybody takes a while

// Every tenth packet is a chat; the bots take turns.
constexpr std::uint64_t kChatEvery = 10;

servercore::ServiceConfig ServiceConfigFrom(const LoadConfig& config) {
    servercore::ServiceConfig service;
    service.name = "bots";
    service.workers = config.workers;
    service.maxSessions = 2 * config.bots + 1;  // the connection that a bot gives up ends a little later
    return service;
}

// Each bot every so many seconds, in turn.
std::optional<Pace> PaceOfAll(servercore::TimePoint start, std::size_t bots, double everySeconds) {
    if (everySeconds <= 0) {
        return std::nullopt;
    }
    return Pace(start, static_cast<double>(bots) / everySeconds);
}

}  // namespace

LoadRun::LoadRun(const LoadConfig& config, const LoadSurroundings& surroundings)
    : config_(config),
      surroundings_(surroundings),
      crowd_(config.bots, MakeRunTag(), config.protocolVersion, config.zones, config.workers),
      service_(surroundings.network, ServiceConfigFrom(config), surroundings.clock, surroundings.log),
      meter_(crowd_, surroundings.clock, [this] { return Settlement(bots_).Counts(); }),
      abortWatch_(config.abortOnFail ? config.thresholds : std::vector<Threshold>()),
      pings_(surroundings.clock.Now(), static_cast<double>(config.bots)) {
    for (std::size_t bot = 0; bot < config.bots; ++bot) {
        bots_.push_back(std::make_unique<Bot>(bot, crowd_, service_, surroundings.clock));
    }
}

LoadRun::~LoadRun() = default;

servercore::Result<LoadResult> LoadRun::Run(const std::vector<servercore::NetAddress>& addresses) {
    if (const std::error_code error = service_.Start()) {
        return error;
    }
    BeginStage("connect");
    if (const std::error_code error = ReachServer(addresses)) {
        return error;
    }
    ConnectAll();
    if (HaveAllEntered()) {
        Play();
        AwaitDeliveries();
    }
    LeaveAll();
    return Evaluate();
}

// --- Phases ------------------------------------------------------------------------------------------------------------

// The first bot goes ahead: a name may stand for several addresses, and one refusal is easier to read than two hundred.
std::error_code LoadRun::ReachServer(const std::vector<servercore::NetAddress>& addresses) {
    std::error_code error = std::make_error_code(std::errc::address_not_available);
    for (const servercore::NetAddress& address : addresses) {
        server_ = address;
        if ((error = bots_[0]->Connect(server_))) {
            continue;
        }
        const std::atomic<BotStage>& stage = crowd_.records[0].stage;
        while (!interrupted_ && stage.load() == BotStage::Connecting) {
            Breathe();
        }
        if (stage.load() != BotStage::Gone) {
            return {};
        }
        const servercore::CloseInfo end = bots_[0]->HowItEnded();
        if (end.reason != servercore::CloseReason::ConnectFailed && end.reason != servercore::CloseReason::ConnectTimeout &&
            end.reason != servercore::CloseReason::SelfConnect) {
            return {};  // somebody was there
        }
        error = end.error ? end.error : std::make_error_code(std::errc::connection_refused);
    }
    return error;
}

void LoadRun::ConnectAll() {
    Pace connects(Now(), config_.connectRate);
    std::size_t next = 1;
    while (!interrupted_ && next < bots_.size() && BotsIn(BotStage::Gone) == 0) {
        std::uint64_t number = 0;
        while (next < bots_.size() && connects.TryTake(Now(), number)) {
            if (const std::error_code error = bots_[next++]->Connect(server_)) {
                crowd_.Report(fmt::format("no socket for another bot: {} (is the limit of open files too low?)", error.message()));
            }
        }
        Breathe();
    }
    BeginStage("enter");
    const servercore::TimePoint deadline = Now() + kEnterTimeout;
    while (!interrupted_ && !HaveAllEntered() && BotsIn(BotStage::Gone) == 0 && Now() < deadline) {
        Breathe();
    }
    botsEntered_ = BotsIn(BotStage::InZone);
    ReportWhoIsMissing();
}

void LoadRun::ReportWhoIsMissing() {
    if (HaveAllEntered()) {
        return;
    }
    if (interrupted_) {
        crowd_.Report("interrupted before all bots had entered; nothing was measured");
    } else if (const std::size_t gone = BotsIn(BotStage::Gone); gone > 0) {
        crowd_.Report(fmt::format("{} of {} bots were disconnected before all had entered (is the server full?); nothing was measured",
                                  gone, bots_.size()));
    } else {
        crowd_.Report(fmt::format("not all bots were in their zones within {}; nothing was measured", kEnterTimeout));
    }
}

void LoadRun::Play() {
    const servercore::TimePoint start = Now();
    const servercore::TimePoint warm = start + std::chrono::seconds(config_.warmUp);
    // One schedule for all: the bots send in turn, so the load is even whatever their number.
    Pace packets(start, config_.rate * static_cast<double>(bots_.size()));
    switches_ = PaceOfAll(start, bots_.size(), config_.switchEvery);
    reconnects_ = PaceOfAll(start, bots_.size(), config_.reconnectEvery);
    crowd_.isMeasuring.store(true);
    if (config_.warmUp > 0) {
        BeginStage("warm-up");
        PlayUntil(warm, packets);
    }
    BeginStage("play", true);
    PlayUntil(warm + std::chrono::seconds(config_.seconds), packets);
    crowd_.isMeasuring.store(false);
}

void LoadRun::PlayUntil(servercore::TimePoint end, Pace& packets) {
    bool isOver = false;
    while (!interrupted_ && !isHopeless_ && !isOver && BotsOnline() > 0) {
        const servercore::TimePoint now = Now();
        isOver = now >= end;
        std::uint64_t number = 0;
        while (packets.TryTake(std::min(now, end - 1ns), number)) {
            SendNext(number, packets.DueTime(number));
        }
        ComeAndGo();
        Breathe();
    }
}

void LoadRun::SendNext(std::uint64_t number, servercore::TimePoint intended) {
    Bot& bot = *bots_[number % bots_.size()];
    const std::uint64_t turn = number / bots_.size() + number % bots_.size();
    const bool isChat = turn % kChatEvery == kChatEvery - 1;
    const bool isWhisper = isChat && config_.whisper && turn / kChatEvery % 2 == 1;
    if (isWhisper ? bot.TryWhisper(intended) : isChat ? bot.TryChat(intended) : bot.TryMove()) {
        meter_.OnSent(intended);
    }
}

void LoadRun::ComeAndGo() {
    std::uint64_t number = 0;
    while (switches_ && switches_->TryTake(Now(), number)) {
        bots_[number % bots_.size()]->SwitchZone();
    }
    while (reconnects_ && reconnects_->TryTake(Now(), number)) {
        bots_[number % bots_.size()]->Reconnect();
    }
}

void LoadRun::AwaitDeliveries() {
    BeginStage("settle");
    const servercore::TimePoint deadline = Now() + kDeliveryTimeout;
    while (!HaveAllArrived() && Now() < deadline && BotsOnline() > 0) {
        Breathe();
    }
    const servercore::TimePoint quiet = Now() + kQuietTime;
    while (Now() < quiet) {
        Breathe();
    }
    settled_.emplace(bots_);
    sightAtEnd_ = settled_->CompareSight(bots_);
}

bool LoadRun::HaveAllArrived() {
    if (Now() < nextLook_) {
        return false;
    }
    nextLook_ = Now() + kBetweenLooks;
    if (!std::ranges::all_of(bots_, [](const std::unique_ptr<Bot>& bot) { return bot->IsAnswered(); })) {
        return false;
    }
    const Settlement settlement(bots_);
    return settlement.HaveAllArrived() && settlement.CompareSight(bots_).Sum() == 0;
}

void LoadRun::LeaveAll() {
    BeginStage("leave");
    for (const std::unique_ptr<Bot>& bot : bots_) {
        bot->Leave();
    }
    const servercore::TimePoint deadline = Now() + kLeaveTimeout;
    while (service_.SessionCount() > 0 && Now() < deadline) {
        Breathe();
    }
    service_.Stop();
    while (service_.Wait(1s) == servercore::WaitResult::TimedOut) {
        // Ends by itself: the service resets what is left at its stop timeout.
    }
}

LoadResult LoadRun::Evaluate() const {
    LoadResult result;
    result.bots = bots_.size();
    result.botsEntered = botsEntered_;
    result.counts = Settlement(bots_).Counts();
    result.counts.sight += sightAtEnd_;
    result.received = result.counts.chatsReceived;
    if (settled_) {
        const bool doTheyStay = result.counts.switches == 0;
        result.expected = doTheyStay ? settled_->ExpectedByPresence() : settled_->ExpectedByNumbers();
        result.lost = settled_->Missing() + result.counts.chatsUnechoed;
    }
    result.disconnects = crowd_.Disconnects();
    result.unexpectedDisconnects = crowd_.UnexpectedDisconnects();
    result.resumesFailed = crowd_.resumesFailed.load();
    result.serverTickMs = crowd_.serverTickMs.load();
    result.problems = crowd_.Problems();
    return result;
}

// --- Common to all phases ----------------------------------------------------------------------------------------------

void LoadRun::Breathe() {
    // Each bot pings once per second, also while it waits for the others: the server would take a silent one for dead.
    std::uint64_t number = 0;
    while (pings_.TryTake(Now(), number)) {
        bots_[number % bots_.size()]->SendPing(pings_.DueTime(number));
    }
    if (const std::optional<RunSample> sample = meter_.TakeDueSample()) {
        OnSample(*sample);
    }
    if (surroundings_.pause(kMoment)) {
        interrupted_ = true;
    }
}

void LoadRun::BeginStage(const char* name, bool measured) {
    stage_ = name;
    meter_.BeginStage(name, measured);
}

void LoadRun::OnSample(const RunSample& sample) {
    surroundings_.print(ToLine(sample, stage_, bots_.size(), crowd_.Look().errors + crowd_.UnexpectedDisconnects()));
    if (!sample.measured || abortWatch_.IsIdle()) {
        return;
    }
    if (const std::optional<std::string> threshold = abortWatch_.Look(meter_.SoFar())) {
        isHopeless_ = true;
        crowd_.Report(fmt::format("the play ended early, for the threshold '{}' was not met", *threshold));
    }
}

template <class Predicate>
std::size_t LoadRun::CountBots(Predicate predicate) const {
    return static_cast<std::size_t>(std::count_if(crowd_.records.begin(), crowd_.records.end(), predicate));
}

std::size_t LoadRun::BotsIn(BotStage stage) const {
    return CountBots([stage](const BotRecord& record) { return record.stage.load() == stage; });
}

}  // namespace loadtest
