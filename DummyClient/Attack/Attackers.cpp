#include "DummyClient/Attack/Attackers.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace loadtest::attack {

using namespace std::chrono_literals;

namespace {

// A burst after the program was held up would be an attack of its own.
constexpr double kLongestBurst = 0.1;  // seconds' worth

// No deadlines and no limits of our own: only the server is to end a session.
servercore::ServiceConfig ServiceConfigFor(const AttackSettings& settings) {
    constexpr std::size_t kPlenty = std::size_t{64} * 1024 * 1024;
    servercore::ServiceConfig config;
    config.name = "attackers";
    config.maxSessions = 4 * settings.attackers + 1000;  // those that end take a moment
    config.limits.sendSoftBytes = 0;
    config.limits.sendHardBytes = kPlenty;
    config.limits.sendAge = 0ms;
    config.limits.idleTimeout = 0ms;
    config.stopTimeout = 100ms;
    return config;
}

}  // namespace

Attackers::Attackers(const AttackSettings& settings, const Surroundings& surroundings, AttackerEvents& events)
    : events_(events),
      clock_(surroundings.clock),
      server_(settings.server),
      from_(settings.from),
      connectRate_(settings.connectRate),
      service_(surroundings.network, ServiceConfigFor(settings), surroundings.clock, surroundings.log) {}

Attackers::~Attackers() {
    for (const std::shared_ptr<Attacker>& attacker : attackers_) {
        attacker->Abort(servercore::CloseReason::LocalClose);
    }
}

std::error_code Attackers::Start() {
    return service_.Start();
}

std::size_t Attackers::Due(servercore::TimePoint now) {
    if (lastDue_) {
        due_ += connectRate_ * std::chrono::duration<double>(now - *lastDue_).count();
    }
    lastDue_ = now;
    due_ = std::min(due_, std::max(1.0, connectRate_ * kLongestBurst));
    return static_cast<std::size_t>(due_);
}

std::shared_ptr<Attacker> Attackers::Add(Attacker::Plan plan) {
    due_ = std::max(0.0, due_ - 1);
    auto attacker = std::make_shared<Attacker>(events_, service_.Buffers(), clock_, std::move(plan));
    if (const auto id = service_.Connect(server_, attacker, from_); !id) {
        ++withoutSocket_;
        socketError_ = id.error();
        return nullptr;
    }
    attackers_.push_back(attacker);
    return attacker;
}

std::vector<std::shared_ptr<Attacker>> Attackers::TakeGone() {
    const auto gone =
        std::ranges::partition(attackers_, [](const auto& attacker) { return attacker->GetStage() != Attacker::Stage::Gone; });
    std::vector<std::shared_ptr<Attacker>> taken(std::make_move_iterator(gone.begin()), std::make_move_iterator(gone.end()));
    attackers_.erase(gone.begin(), gone.end());
    return taken;
}

std::string Attackers::ComplainOfSockets(std::size_t without, std::error_code error) {
    if (without == 0) {
        return {};
    }
    return fmt::format("{} attackers got no socket: {}; take fewer, or check --attack-from and the limit of open files (ulimit -n)",
                       without, error.message());
}

std::size_t Attackers::Open() const noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(attackers_, [](const auto& attacker) { return attacker->GetStage() == Attacker::Stage::Ready; }));
}

std::string AttackerName(const AttackSettings& settings, std::size_t number) {
    return fmt::format("atk-{}-{}", settings.seed % 1'000'000, number);
}

}  // namespace loadtest::attack
