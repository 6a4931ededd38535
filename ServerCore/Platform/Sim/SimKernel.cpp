#include "ServerCore/Platform/Sim/SimKernel.h"

#include <algorithm>

#include "ServerCore/Base/Assert.h"

namespace servercore::platform {

namespace {

constexpr std::uint64_t kFnvPrime = 1099511628211U;
constexpr std::size_t kTinyPart = 8;

}  // namespace

SimKernel::SimKernel(const SimOptions& options) : options_(options), random_(options.seed, options.script) {
    SC_VERIFY(options.latency > Duration::zero() && options.jitter >= Duration::zero() && options.maxDelay >= Duration::zero());
    SC_VERIFY(1 <= options.minSendBufferBytes && options.minSendBufferBytes <= options.maxSendBufferBytes);
}

void SimKernel::Plan(TimePoint when, Action action) {
    planned_.emplace(Moment(std::max(when, Now()), ++lastPlanned_), std::move(action));
}

bool SimKernel::RunNext(TimePoint limit) {
    if (planned_.empty() || planned_.begin()->first.first > limit) {
        clock_.now = std::max(clock_.now, limit);
        return false;
    }
    const auto next = planned_.extract(planned_.begin());
    clock_.now = next.key().first;
    next.mapped()();
    return true;
}

void SimKernel::RunDue() {
    while (RunNext(Now())) {
    }
}

bool SimKernel::Strikes(SimFault fault) {
    const double chance = options_.faults[fault];
    if (chance <= 0 || !random_.Chance(chance)) {
        return false;
    }
    ++injected_[static_cast<std::size_t>(fault)];
    Note(SimStep::Fault, static_cast<std::uint64_t>(fault), 0);
    return true;
}

std::size_t SimKernel::PartOf(std::size_t whole) {
    const bool isTiny = random_.Chance(0.5);
    return static_cast<std::size_t>(random_.Between(1, isTiny ? std::min(whole, kTinyPart) : whole));
}

void SimKernel::Note(SimStep step, std::uint64_t subject, std::uint64_t detail) noexcept {
    Mix(static_cast<std::uint64_t>(Now().time_since_epoch().count()));
    Mix(static_cast<std::uint64_t>(step));
    Mix(subject);
    Mix(detail);
}

void SimKernel::Mix(std::uint64_t value) noexcept {
    trace_ = (trace_ ^ value) * kFnvPrime;
    trace_ ^= trace_ >> 29U;
}

}  // namespace servercore::platform
