#pragma once

#include <cstddef>
#include <map>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Net/AcceptRate.h"
#include "ServerCore/Net/Admission.h"
#include "ServerCore/Net/AdmissionLimits.h"
#include "ServerCore/Platform/CidrRange.h"
#include "ServerCore/Platform/NetAddress.h"

namespace servercore {

// Decides who comes in: counts live sessions in all, per host and per subnet, and how often each host comes.
// Owner: Service.  Threads: safe from any.
class ConnectionGate {
public:
    ConnectionGate(std::size_t maxSessions, AdmissionLimits limits);

    // Admitted, ServiceFull, HostFull, SubnetFull or TooOften, looked for in this order; a refusal costs the peer nothing. After Admitted
    // one Leave with the same address and place is owed. May throw std::bad_alloc; then no session was counted.
    [[nodiscard]] Admission TryEnter(const NetAddress& peer, TimePoint now, AdmittedPlace& place) SC_EXCLUDES(mutex_);
    void Leave(const NetAddress& peer, AdmittedPlace place) SC_EXCLUDES(mutex_);

    // From now on. Nobody has to go. A cap where there was none counts only who comes after it was set; how often hosts came is forgotten.
    // Precondition: subnets are as large as before.
    void SetLimits(std::size_t maxSessions, AdmissionLimits limits) SC_EXCLUDES(mutex_);

    // Live sessions.
    [[nodiscard]] std::size_t Sessions() const SC_EXCLUDES(mutex_);
    // See AdmissionLimits::maxRememberedHosts.
    [[nodiscard]] std::size_t ForgottenHosts() const SC_EXCLUDES(mutex_);

private:
    // Live sessions by range; there is no entry for 0. Bounded by maxSessions.
    using Counts = std::map<CidrRange, std::size_t>;

    [[nodiscard]] bool IsExempt(const NetAddress& peer) const noexcept SC_REQUIRES(mutex_);
    [[nodiscard]] CidrRange SubnetOf(const NetAddress& peer) const noexcept SC_REQUIRES(mutex_);
    [[nodiscard]] Admission Judge(const NetAddress& peer, TimePoint now) SC_REQUIRES(mutex_);

    mutable Mutex mutex_;
    std::size_t maxSessions_ SC_GUARDED_BY(mutex_);
    AdmissionLimits limits_ SC_GUARDED_BY(mutex_);
    std::size_t sessions_ SC_GUARDED_BY(mutex_) = 0;
    Counts perHost_ SC_GUARDED_BY(mutex_);    // only with a cap per host
    Counts perSubnet_ SC_GUARDED_BY(mutex_);  // only with a cap per subnet
    AcceptRate rate_ SC_GUARDED_BY(mutex_);
};

}  // namespace servercore
