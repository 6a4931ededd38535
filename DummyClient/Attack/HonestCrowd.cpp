#include "DummyClient/Attack/HonestCrowd.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Kit/Pace.h"

namespace loadtest::attack {

using namespace std::chrono_literals;

namespace {

constexpr auto kMoment = 1ms;
constexpr auto kEnterTime = 20s;
constexpr auto kSettleTime = 10s;
constexpr auto kBetweenLooks = 10ms;
// Connects per second: they are no login storm.
constexpr int kConnectRate = 500;

servercore::ServiceConfig ServiceConfigFor(std::size_t players) {
    servercore::ServiceConfig config;
    config.name = "honest";
    config.maxSessions = players;
    config.limits.idleTimeout = 0ms;  // a server that has stopped is found out by what is lost
    config.stopTimeout = 2s;
    return config;
}

}  // namespace

HonestCrowd::HonestCrowd(const servercore::NetAddress& server, const Surroundings& surroundings, Options options)
    : options_(std::move(options)),
      clock_(surroundings.clock),
      server_(server),
      service_(surroundings.network, ServiceConfigFor(options_.players), surroundings.clock, surroundings.log) {}

HonestCrowd::~HonestCrowd() {
    isEnding_.store(true);
    if (thread_.joinable()) {
        thread_.join();
    }
    for (const auto& player : players_) {
        player->Leave();
    }
}

std::string HonestCrowd::Enter(const Pause& pause) {
    if (const std::error_code error = service_.Start()) {
        return fmt::format("the operating system refuses what a client needs: {}", error.message());
    }
    LatencyRecorder::Writer& writer = latencies_.AddWriter();
    const auto deadline = clock_.Now() + kEnterTime;
    const auto areIn = [&] { return std::ranges::all_of(players_, [](const auto& player) { return player->IsInZone(); }); };
    Pace connects(clock_.Now(), kConnectRate);
    while (players_.size() < options_.players || !areIn()) {
        std::uint64_t number = 0;
        while (players_.size() < options_.players && connects.TryTake(clock_.Now(), number)) {
            auto player = std::make_shared<HonestPlayer>(service_.Buffers(), clock_, writer,
                                                         fmt::format("hon-{}-{}", options_.tag, players_.size()), players_.size());
            if (const auto id = service_.Connect(server_, player); !id) {
                return fmt::format("no socket for another honest player: {} (is the limit of open files too low?)", id.error().message());
            }
            players_.push_back(std::move(player));
        }
        const auto gone = std::ranges::find_if(players_, [](const auto& player) { return player->HasGone(); });
        if (gone != players_.end()) {
            const servercore::CloseInfo info = (*gone)->HowItEnded();
            return fmt::format("honest players are kept out: {} {}(is the server there, full, or its limit for an address too low?)",
                               servercore::ToString(info.reason), info.error ? info.error.message() + " " : "");
        }
        if (pause(kBetweenLooks) || clock_.Now() > deadline) {
            return "the honest players were not all in their zones in time";
        }
    }
    isPlaying_.store(true);
    thread_ = std::thread([this] { Play(); });
    return {};
}

// On the schedule also when it was held up: what is late then is late by the clock.
void HonestCrowd::Play() {
    const auto count = static_cast<double>(players_.size());
    Pace pings(clock_.Now(), options_.rate * count);
    Pace chats(clock_.Now(), count / options_.chatEvery);
    while (!isEnding_.load()) {
        isSending_.store(true);
        const bool isPlaying = isPlaying_.load();
        std::uint64_t number = 0;
        while (pings.TryTake(clock_.Now(), number)) {
            if (isPlaying) {
                players_[number % players_.size()]->SendPing(pings.DueTime(number));
            }
        }
        while (chats.TryTake(clock_.Now(), number)) {
            if (isPlaying) {
                players_[number % players_.size()]->SendChat(chats.DueTime(number));
            }
        }
        isSending_.store(false);
        std::this_thread::sleep_for(kMoment);
    }
}

std::size_t HonestCrowd::Online() const {
    return static_cast<std::size_t>(std::ranges::count_if(players_, [](const auto& player) { return player->IsInZone(); }));
}

std::size_t HonestCrowd::CountDisconnected() const {
    return static_cast<std::size_t>(std::ranges::count_if(players_, [](const auto& player) { return player->WasDisconnected(); }));
}

std::int64_t HonestCrowd::RecentP99Us() {
    constexpr double kPercentile = 99;
    return latencies_.TakeInterval().PercentileUs(kPercentile);
}

HonestPhase HonestCrowd::TakePhase(const Pause& pause) {
    isPlaying_.store(false);
    const auto deadline = clock_.Now() + kSettleTime;
    const auto areSettled = [&] {
        return !isSending_.load() && std::ranges::all_of(players_, [](const auto& player) { return player->IsSettled(); });
    };
    bool isGivenUp = false;
    while (!isGivenUp && !areSettled() && clock_.Now() < deadline) {
        isGivenUp = pause(kBetweenLooks);
    }
    (void)latencies_.TakeInterval();
    HonestPhase phase;
    phase.latency = latencies_.Total().Figures();
    latencies_.DropTotal();
    for (const auto& player : players_) {
        phase.counts += player->TakeCounts();
    }
    const std::size_t disconnected = CountDisconnected();
    phase.disconnects = disconnected - std::exchange(disconnectedBefore_, disconnected);
    if (phase.disconnects > 0) {
        const auto lost = std::ranges::find_if(players_, [](const auto& player) { return player->WasDisconnected(); });
        phase.whyDisconnected = servercore::ToString((*lost)->HowItEnded().reason);
    }
    isPlaying_.store(true);
    return phase;
}

}  // namespace loadtest::attack
