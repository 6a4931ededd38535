#include "ServerCore/Net/ConnectionGate.h"

#include <algorithm>
#include <utility>

#include "ServerCore/Base/Assert.h"

namespace servercore {

namespace {

constexpr unsigned kAllBits = 128;

CidrRange HostOf(const NetAddress& peer) noexcept {
    return CidrRange::Around(peer, kAllBits);
}

void CountDown(std::map<CidrRange, std::size_t>& counts, const CidrRange& range) {
    const auto entry = counts.find(range);
    SC_VERIFY(entry != counts.end());
    if (--entry->second == 0) {
        counts.erase(entry);
    }
}

bool HasReached(const std::map<CidrRange, std::size_t>& counts, const CidrRange& range, std::size_t cap) {
    const auto entry = counts.find(range);
    return cap > 0 && entry != counts.end() && entry->second >= cap;
}

}  // namespace

ConnectionGate::ConnectionGate(std::size_t maxSessions, AdmissionLimits limits)
    : maxSessions_(maxSessions),
      limits_(std::move(limits)),
      rate_(limits_.acceptsPerSecond, limits_.acceptBurst, limits_.maxRememberedHosts) {}

void ConnectionGate::SetLimits(std::size_t maxSessions, AdmissionLimits limits) {
    MutexLock lock(mutex_);
    SC_VERIFY(limits.subnetBitsIPv4 == limits_.subnetBitsIPv4 && limits.subnetBitsIPv6 == limits_.subnetBitsIPv6);
    maxSessions_ = maxSessions;
    limits_ = std::move(limits);
    rate_ = AcceptRate(limits_.acceptsPerSecond, limits_.acceptBurst, limits_.maxRememberedHosts);
}

Admission ConnectionGate::TryEnter(const NetAddress& peer, TimePoint now, AdmittedPlace& place) {
    MutexLock lock(mutex_);
    const Admission verdict = Judge(peer, now);
    if (verdict != Admission::Admitted) {
        return verdict;
    }
    // What may throw comes first.
    const bool isCounted = !IsExempt(peer);  // who is exempt takes no place from its neighbours
    std::size_t* const ofHost = isCounted && limits_.maxSessionsPerHost > 0 ? &perHost_[HostOf(peer)] : nullptr;
    std::size_t* const ofSubnet = isCounted && limits_.maxSessionsPerSubnet > 0 ? &perSubnet_[SubnetOf(peer)] : nullptr;
    for (std::size_t* const count : {ofHost, ofSubnet, &sessions_}) {
        if (count != nullptr) {
            ++*count;
        }
    }
    place = {.ofHost = ofHost != nullptr, .ofSubnet = ofSubnet != nullptr};
    return Admission::Admitted;
}

Admission ConnectionGate::Judge(const NetAddress& peer, TimePoint now) {
    if (sessions_ >= maxSessions_) {
        return Admission::ServiceFull;
    }
    if (IsExempt(peer)) {
        return Admission::Admitted;
    }
    if (HasReached(perHost_, HostOf(peer), limits_.maxSessionsPerHost)) {
        return Admission::HostFull;
    }
    if (HasReached(perSubnet_, SubnetOf(peer), limits_.maxSessionsPerSubnet)) {
        return Admission::SubnetFull;
    }
    const CidrRange customer = peer.Family() == AddressFamily::IPv4 ? HostOf(peer) : SubnetOf(peer);
    return rate_.TryTake(customer, now) ? Admission::Admitted : Admission::TooOften;
}

void ConnectionGate::Leave(const NetAddress& peer, AdmittedPlace place) {
    MutexLock lock(mutex_);
    SC_VERIFY(sessions_ > 0);
    --sessions_;
    if (place.ofHost) {
        CountDown(perHost_, HostOf(peer));
    }
    if (place.ofSubnet) {
        CountDown(perSubnet_, SubnetOf(peer));
    }
}

std::size_t ConnectionGate::Sessions() const {
    MutexLock lock(mutex_);
    return sessions_;
}

std::size_t ConnectionGate::ForgottenHosts() const {
    MutexLock lock(mutex_);
    return rate_.Forgotten();
}

bool ConnectionGate::IsExempt(const NetAddress& peer) const noexcept {
    return std::ranges::any_of(limits_.exempt, [&peer](const CidrRange& range) { return range.Contains(peer); });
}

CidrRange ConnectionGate::SubnetOf(const NetAddress& peer) const noexcept {
    return CidrRange::Around(peer, peer.Family() == AddressFamily::IPv4 ? limits_.subnetBitsIPv4 : limits_.subnetBitsIPv6);
}

}  // namespace servercore
