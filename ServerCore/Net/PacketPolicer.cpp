#include "ServerCore/Net/PacketPolicer.h"

#include <algorithm>

#include "ServerCore/Base/Assert.h"

namespace servercore {

namespace {

// Reading goes on when a quarter of the burst is there again, so that it stops per burst and not per packet.
Duration TimeUntilUsable(TokenBucket& bucket, TokenRate rate, TimePoint now) noexcept {
    return bucket.TimeUntil(std::max(rate.burst / 4, std::uint32_t{1}), now);
}

}  // namespace

PacketPolicer::PacketPolicer(const PacketLimits& limits) noexcept
    : limits_(limits), packets_(limits.Config().packets), bytes_(limits.Config().bytes) {}

PacketPolicer::Verdict PacketPolicer::Judge(const PacketView& packet, TimePoint now) {
    SC_ASSERT(packet.body.size() <= kMaxPacketBytes - kPacketHeaderBytes);
    if (TakeCredit(packet.id)) {
        ++credited_;
        return {};
    }
    const PacketLimitsConfig& config = limits_.Config();
    const auto bytes = static_cast<std::uint32_t>(kPacketHeaderBytes + packet.body.size());
    const PacketLimits::IdRule* rule = limits_.Find(packet.id);
    const std::uint32_t cost = rule != nullptr ? rule->limit.cost : 1;
    TokenBucket* own = BucketOf(rule);

    const bool fits = packets_.Holds(cost, now) && bytes_.Holds(bytes, now) && (own == nullptr || own->Holds(1, now));
    // What is only observed goes on unhindered; a debt would never be paid off and refuse in theory what would have come slower in
    // practice.
    if (fits || !config.observeOnly) {
        packets_.Take(cost, now);
        bytes_.Take(bytes, now);
        if (own != nullptr) {
            own->Take(1, now);
        }
    }
    if (fits) {
        return {};
    }
    Duration wait = std::max(TimeUntilUsable(packets_, config.packets, now), TimeUntilUsable(bytes_, config.bytes, now));
    if (own != nullptr) {
        wait = std::max(wait, TimeUntilUsable(*own, rule->limit.rate, now));
    }
    return OverBudget(now + wait, now);
}

PacketPolicer::Verdict PacketPolicer::OverBudget(TimePoint readAgainAt, TimePoint now) noexcept {
    const PacketLimitsConfig& config = limits_.Config();
    ++overBudget_;
    if (!hasOffended_ || now >= throttledUntil_ + config.pause) {
        hasOffended_ = true;
        offendsSince_ = now;
    }
    throttledUntil_ = std::max(throttledUntil_, readAgainAt);

    const bool close = config.closeAfter != Duration::zero() && now - offendsSince_ > config.closeAfter;
    if (config.observeOnly) {
        closesObserved_ += close ? 1U : 0U;
        hasOffended_ = hasOffended_ && !close;
        return {};
    }
    return close ? Verdict{Action::Close, now} : Verdict{Action::Throttle, throttledUntil_};
}

void PacketPolicer::AddTo(SessionTotals& totals) const noexcept {
    (limits_.Config().observeOnly ? totals.packetsObserved : totals.packetsOverBudget) += overBudget_;
    totals.closesObserved += closesObserved_;
    totals.packetsGranted += credited_;
}

TokenBucket* PacketPolicer::BucketOf(const PacketLimits::IdRule* rule) {
    if (rule == nullptr || rule->bucket == PacketLimits::kNoBucket) {
        return nullptr;
    }
    if (idBuckets_.empty()) {
        idBuckets_ = limits_.FullBuckets();
    }
    return &idBuckets_[rule->bucket];
}

void PacketPolicer::Grant(std::uint16_t id, std::uint32_t packets) {
    const std::uint32_t most = limits_.Config().maxCredits;
    MutexLock lock(mutex_);
    auto credit = std::find_if(credits_.begin(), credits_.end(), [id](const Credit& c) { return c.id == id; });
    const std::uint32_t held = credit != credits_.end() ? credit->left : 0;
    const std::uint32_t left = held + std::min(packets, most - held);
    if (left == 0) {
        return;
    }
    if (credit != credits_.end()) {
        credit->left = left;
    } else {
        credits_.push_back(Credit{id, left});
    }
    hasCredits_.store(true);
}

bool PacketPolicer::TakeCredit(std::uint16_t id) {
    if (!hasCredits_.load()) {
        return false;
    }
    MutexLock lock(mutex_);
    const auto credit = std::find_if(credits_.begin(), credits_.end(), [id](const Credit& c) { return c.id == id; });
    if (credit == credits_.end()) {
        return false;
    }
    if (--credit->left == 0) {
        *credit = credits_.back();
        credits_.pop_back();
        hasCredits_.store(!credits_.empty());
    }
    return true;
}

}  // namespace servercore
