#include "DummyClient/LoadRun.h"

#include <algorithm>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace loadtest {

namespace {

using namespace std::chrono_literals;

// A run waits for others; these are its limits.
constexpr auto kEnterTimeout = 15s;     // from the last connect until all see all
constexpr auto kDeliveryTimeout = 10s;  // from the last packet sent until all have arrived
constexpr auto kLeaveTimeout = 10s;
// After the last packet expected: time for one too many to show itself.
constexpr auto kQuietTime = 300ms;

constexpr auto kMoment = 1ms;

// Every tenth packet is a chat; the bots take turns.
constexpr std::uint64_t kChatEvery = 10;

servercore::ServiceConfig ServiceConfigFrom(const LoadConfig& config) {
    servercore::ServiceConfig service;
    service.name = "bots";
    service.workers = config.workers;
    service.maxSessions = config.bots + 1;  // the first may try a second address while it gives up the first
    return service;
}

}  // namespace

LoadRun::LoadRun(const LoadConfig& config, const LoadSurroundings& surroundings)
    : config_(config),
      surroundings_(surroundings),
      crowd_(config.bots, MakeRunTag(), config.protocolVersion),
      service_(surroundings.network, ServiceConfigFrom(config), surroundings.clock, surroundings.log),
      bots_(config.bots),
      pings_(surroundings.clock.Now(), static_cast<double>(config.bots)),
      startedAt_(surroundings.clock.Now()),
      nextLine_(startedAt_ + 1s) {}

LoadRun::~LoadRun() = default;

servercore::Result<LoadResult> LoadRun::Run(const std::vector<servercore::NetAddress>& addresses) {
    if (const std::error_code error = service_.Start()) {
        return error;
    }
    if (const std::error_code error = ReachServer(addresses)) {
        return error;
    }
    ConnectAll();
    if (AreAllTogether()) {
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
        if ((error = Connect(0))) {
            continue;
        }
        const std::atomic<BotStage>& stage = crowd_.records[0].stage;
        while (!interrupted_ && stage.load() == BotStage::Connecting) {
            Breathe("connect");
        }
        if (stage.load() != BotStage::Gone) {
            return {};
        }
        const servercore::CloseReason reason = bots_[0]->HowItEnded().reason;
        if (reason != servercore::CloseReason::ConnectFailed && reason != servercore::CloseReason::ConnectTimeout &&
            reason != servercore::CloseReason::SelfConnect) {
            return {};  // somebody was there
        }
        error = bots_[0]->HowItEnded().error ? bots_[0]->HowItEnded().error : std::make_error_code(std::errc::connection_refused);
    }
    return error;
}

std::error_code LoadRun::Connect(std::size_t bot) {
    crowd_.records[bot].stage.store(BotStage::Connecting);
    bots_[bot] = std::make_shared<BotSession>(bot, crowd_, service_.Buffers(), surroundings_.clock);
    const servercore::Result<servercore::SessionId> id = service_.Connect(server_, bots_[bot]);
    if (!id) {
        crowd_.records[bot].stage.store(BotStage::Gone);
        bots_[bot].reset();
    }
    return id.error();
}

void LoadRun::ConnectAll() {
    Pace connects(Now(), config_.connectRate);
    std::size_t next = 1;
    while (!interrupted_ && next < bots_.size() && BotsIn(BotStage::Gone) == 0) {
        std::uint64_t number = 0;
        while (next < bots_.size() && connects.TryTake(Now(), number)) {
            if (const std::error_code error = Connect(next++)) {
                crowd_.Report(fmt::format("no socket for another bot: {} (is the limit of open files too low?)", error.message()));
            }
        }
        Breathe("connect");
    }
    const servercore::TimePoint deadline = Now() + kEnterTimeout;
    while (!interrupted_ && !AreAllTogether() && BotsIn(BotStage::Gone) == 0 && Now() < deadline) {
        Breathe("enter");
    }
    botsEntered_ = BotsIn(BotStage::InZone);
    ReportWhoIsMissing();
}

void LoadRun::ReportWhoIsMissing() {
    if (AreAllTogether()) {
        return;
    }
    if (interrupted_) {
        crowd_.Report("interrupted before all bots had entered; nothing was measured");
    } else if (const std::size_t gone = BotsIn(BotStage::Gone); gone > 0) {
        crowd_.Report(fmt::format("{} of {} bots were disconnected before all had entered (is the server full?); nothing was measured",
                                  gone, bots_.size()));
    } else {
        crowd_.Report(fmt::format("not all bots saw each other in the zone within {}; nothing was measured", kEnterTimeout));
    }
}

void LoadRun::Play() {
    crowd_.isMeasuring.store(true);
    const servercore::TimePoint start = Now();
    const servercore::TimePoint end = start + std::chrono::seconds(config_.seconds);
    // One schedule for all: the bots send in turn, so the load is even whatever their number.
    Pace packets(start, config_.rate * static_cast<double>(bots_.size()));
    bool isOver = false;
    while (!interrupted_ && !isOver && BotsIn(BotStage::InZone) > 0) {
        const servercore::TimePoint now = Now();
        isOver = now >= end;
        std::uint64_t number = 0;
        while (packets.TryTake(std::min(now, end - 1ns), number)) {
            SendNext(number % bots_.size(), number / bots_.size());
        }
        Breathe("play");
    }
    playTime_ = Now() - start;
}

void LoadRun::SendNext(std::size_t bot, std::uint64_t round) {
    const bool isChat = (round + bot) % kChatEvery == kChatEvery - 1;
    if (isChat ? bots_[bot]->TrySendChat() : bots_[bot]->TrySendMove()) {
        ++sent_;
    }
}

void LoadRun::AwaitDeliveries() {
    const std::uint64_t expected = Expected();
    const servercore::TimePoint deadline = Now() + kDeliveryTimeout;
    const auto received = [this] { return SumOfBots([](const BotRecord& record) { return record.deliveries.load(); }); };
    while (received() < expected && Now() < deadline && BotsIn(BotStage::InZone) > 0) {
        Breathe("settle");
    }
    const servercore::TimePoint quiet = Now() + kQuietTime;
    while (Now() < quiet) {
        Breathe("settle");
    }
    crowd_.isMeasuring.store(false);
}

void LoadRun::LeaveAll() {
    for (const std::shared_ptr<BotSession>& bot : bots_) {
        if (bot != nullptr) {
            bot->Leave();
        }
    }
    const servercore::TimePoint deadline = Now() + kLeaveTimeout;
    while (service_.SessionCount() > 0 && Now() < deadline) {
        Breathe("leave");
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
    result.expected = Expected();
    for (const std::shared_ptr<BotSession>& receiver : bots_) {
        if (receiver == nullptr) {
            continue;
        }
        result.movesSent += receiver->LastSent(Kind::Move);
        result.chatsSent += receiver->LastSent(Kind::Chat);
        result.received += receiver->Check().Received();
        result.errors += receiver->Check().Errors();
        for (std::size_t sender = 0; sender < bots_.size(); ++sender) {
            for (const Kind kind : {Kind::Move, Kind::Chat}) {
                const std::uint32_t lastSent = bots_[sender] == nullptr ? 0 : bots_[sender]->LastSent(kind);
                result.lost += receiver->Check().Lost(sender, kind, lastSent);
                result.errors.wrongContent += receiver->Check().Invented(sender, kind, lastSent);
            }
        }
    }
    result.disconnects = crowd_.Disconnects();
    result.unexpectedDisconnects = crowd_.UnexpectedDisconnects();
    result.ping = crowd_.pingTimes.Total();
    result.chat = crowd_.chatTimes.Total();
    result.serverTickMs = crowd_.serverTickMs.load();
    result.playTime = playTime_;
    result.problems = crowd_.Problems();
    return result;
}

// --- Common to all phases ----------------------------------------------------------------------------------------------

void LoadRun::Breathe(const char* phase) {
    // Each bot pings once per second, also while it waits for the others: the server would take a silent one for dead.
    std::uint64_t number = 0;
    while (pings_.TryTake(Now(), number)) {
        const std::size_t bot = number % bots_.size();
        if (crowd_.records[bot].stage.load() == BotStage::InZone) {
            bots_[bot]->SendPing();
        }
    }
    if (Now() >= nextLine_) {
        nextLine_ += 1s;
        PrintLive(phase);
    }
    if (surroundings_.pause(kMoment)) {
        interrupted_ = true;
    }
}

void LoadRun::PrintLive(const char* phase) {
    const std::uint64_t received = SumOfBots([](const BotRecord& record) { return record.deliveries.load(); });
    LiveSample sample;
    sample.elapsed = std::chrono::duration_cast<std::chrono::seconds>(Now() - startedAt_);
    sample.phase = phase;
    sample.botsOnline = BotsIn(BotStage::InZone);
    sample.bots = bots_.size();
    sample.sent = sent_ - std::exchange(sentAtLine_, sent_);
    sample.received = received - std::exchange(receivedAtLine_, received);
    sample.ping = crowd_.pingTimes.TakeInterval();
    sample.errors = SumOfBots([](const BotRecord& record) { return record.errors.load(); }) + crowd_.UnexpectedDisconnects();
    surroundings_.print(ToLine(sample));
}

template <class Predicate>
std::size_t LoadRun::CountBots(Predicate predicate) const {
    return static_cast<std::size_t>(std::count_if(crowd_.records.begin(), crowd_.records.end(), predicate));
}

template <class Value>
std::uint64_t LoadRun::SumOfBots(Value value) const {
    std::uint64_t sum = 0;
    for (const BotRecord& record : crowd_.records) {
        sum += value(record);
    }
    return sum;
}

std::size_t LoadRun::BotsIn(BotStage stage) const {
    return CountBots([stage](const BotRecord& record) { return record.stage.load() == stage; });
}

bool LoadRun::AreAllTogether() const {
    return CountBots([this](const BotRecord& record) {
               return record.stage.load() == BotStage::InZone && record.present.load() == crowd_.Size();
           }) == bots_.size();
}

// Each packet goes to everybody, its sender included.
std::uint64_t LoadRun::Expected() const {
    return sent_ * bots_.size();
}

}  // namespace loadtest
