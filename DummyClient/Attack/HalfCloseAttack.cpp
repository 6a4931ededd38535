#include "DummyClient/Attack/HalfCloseAttack.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Attack/Attackers.h"
#include "DummyClient/Attack/ClosingTally.h"

namespace loadtest::attack {

using namespace std::chrono_literals;

namespace {

// Fewer than may come at once.
constexpr std::uint64_t kPings = 50;
// Until all have connected and said what they have to say.
constexpr auto kApproachTime = 10s;

}  // namespace

HalfCloseAttack::HalfCloseAttack(const AttackSettings& settings, const Surroundings& surroundings)
    : settings_(settings), surroundings_(surroundings) {}

// The operations of a closed socket complete before its port may go.
HalfCloseAttack::~HalfCloseAttack() {
    for (const auto& peer : peers_) {
        peer->Close();
    }
    while (std::ranges::any_of(peers_, [](const auto& peer) { return peer->IsBusy(); })) {
        port_->Wait(*this, 10ms);
    }
}

std::error_code HalfCloseAttack::Begin() {
    auto port = surroundings_.network.OpenPort();
    if (!port) {
        return port.error();
    }
    port_ = *std::move(port);
    deadline_ = surroundings_.clock.Now() + kApproachTime + settings_.deadlines.drain + settings_.margin;
    for (std::size_t number = 0; number < settings_.attackers; ++number) {
        auto peer = std::make_unique<HalfClosePeer>(*port_, surroundings_.clock, AttackerName(settings_, number), kPings);
        if (const std::error_code error = peer->Begin(surroundings_.network, settings_)) {
            ++withoutSocket_;
            socketError_ = error;
        } else {
            peers_.push_back(std::move(peer));
        }
    }
    return {};
}

void HalfCloseAttack::OnCompletion(servercore::platform::IoOperation& operation, servercore::platform::IoResult& result) noexcept {
    HalfClosePeer::OnCompletion(operation, result);
}

void HalfCloseAttack::Step(servercore::TimePoint /*now*/) {
    while (port_->Wait(*this, 0ms) > 0) {
    }
}

bool HalfCloseAttack::IsOver(servercore::TimePoint now) const {
    return now >= deadline_ || std::ranges::all_of(peers_, [&](const auto& peer) {
               return peer->HasEnded() || (peer->HasFinished() && peer->Waited(now) > settings_.deadlines.drain + settings_.margin);
           });
}

Finding HalfCloseAttack::Judge(servercore::TimePoint now) {
    std::size_t served = 0;
    std::size_t open = 0;
    std::uint64_t answered = 0;
    servercore::Duration slowest{};
    for (const auto& peer : peers_) {
        served += peer->IsServed() ? 1U : 0U;
        open += peer->HasEnded() ? 0U : 1U;
        answered += peer->Answered();
        slowest = peer->HasFinished() ? std::max(slowest, peer->Waited(now)) : slowest;
    }
    Finding finding;
    finding.happened = fmt::format("{} of {} pings answered after our FIN, still open {}, slowest after {}", answered,
                                   peers_.size() * kPings, open, Seconds(slowest));
    if (withoutSocket_ > 0) {
        finding.reason = Attackers::ComplainOfSockets(withoutSocket_, socketError_);
    } else if (open > 0) {
        finding.reason = fmt::format("{} connections are still open after their deadline", open);
    } else if (served < peers_.size()) {
        finding.reason = fmt::format("{} of {} did not get what was theirs, or the server did not close with a FIN", peers_.size() - served,
                                     peers_.size());
    } else if (slowest > settings_.deadlines.drain + settings_.margin) {
        finding.reason = fmt::format("the last was closed after {}", Seconds(slowest));
    }
    finding.passed = finding.reason.empty();
    return finding;
}

std::string HalfCloseAttack::Progress() const {
    const auto ended = std::ranges::count_if(peers_, [](const auto& peer) { return peer->HasEnded(); });
    return fmt::format("closed {} of {}", ended, peers_.size());
}

}  // namespace loadtest::attack
