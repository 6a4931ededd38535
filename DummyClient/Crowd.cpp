#include "DummyClient/Crowd.h"

#include <utility>

namespace loadtest {

namespace {

// A broken server may complain in a thousand ways.
constexpr std::size_t kMaxProblems = 20;

}  // namespace

Crowd::Crowd(std::size_t bots, std::string tag, std::uint32_t version, std::uint32_t zones, std::size_t threads)
    : protocolVersion(version), maxZones(zones), names(std::move(tag)), records(bots), players(bots), latencies(threads) {}

CrowdState Crowd::Look() const noexcept {
    CrowdState state;
    for (const BotRecord& record : records) {
        const BotStage stage = record.stage.load();
        state.online += stage == BotStage::InZone || stage == BotStage::Entering || stage == BotStage::Resuming ? 1U : 0U;
        state.connecting += stage == BotStage::Connecting || stage == BotStage::Connected ? 1U : 0U;
        state.deliveries += record.deliveries.load(std::memory_order_relaxed);
        state.errors += record.errors.load(std::memory_order_relaxed);
        state.traffic += record.traffic.Counts();
    }
    return state;
}

void Crowd::CountDisconnect(servercore::CloseReason reason, bool expected) {
    servercore::MutexLock lock(mutex_);
    ++disconnects_[static_cast<std::size_t>(reason)];
    if (!expected) {
        ++unexpectedDisconnects_;
    }
}

void Crowd::Report(const std::string& problem) {
    servercore::MutexLock lock(mutex_);
    if (problems_.size() < kMaxProblems || problems_.contains(problem)) {
        ++problems_[problem];
    }
}

DisconnectCounts Crowd::Disconnects() const {
    servercore::MutexLock lock(mutex_);
    return disconnects_;
}

std::uint64_t Crowd::UnexpectedDisconnects() const {
    servercore::MutexLock lock(mutex_);
    return unexpectedDisconnects_;
}

std::map<std::string, std::uint64_t> Crowd::Problems() const {
    servercore::MutexLock lock(mutex_);
    return problems_;
}

}  // namespace loadtest
