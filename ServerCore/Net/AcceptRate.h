#pragma once

#include <cstddef>
#include <list>
#include <map>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Platform/CidrRange.h"

namespace servercore {

// How often each host may come: a token bucket per host, in bounded memory.
//
// A bucket is one point in time, the one at which it is full again (the generic cell rate algorithm of ITU-T I.371), so nothing has to be
// refilled. A full bucket says no more than none at all: such hosts are dropped as others come.
//
// Owner: ConnectionGate, whose mutex guards it.
class AcceptRate {
public:
    // `perSecond` 0: no limit, and nothing is remembered.
    AcceptRate(double perSecond, double burst, std::size_t maxHosts);
    AcceptRate(AcceptRate&&) = default;
    AcceptRate& operator=(AcceptRate&&) = default;

    // True takes a token, false costs nothing: a client that is impatient is let in as soon as one that is not. May throw std::bad_alloc.
    [[nodiscard]] bool TryTake(const CidrRange& host, TimePoint now);

    // Hosts remembered, and those forgotten before their time for lack of room.
    [[nodiscard]] std::size_t Remembered() const noexcept { return buckets_.size(); }
    [[nodiscard]] std::size_t Forgotten() const noexcept { return forgotten_; }

private:
    struct Bucket {
        CidrRange host;
        TimePoint fullAt;
    };
    using Buckets = std::list<Bucket>;

    void ForgetTheOldest();
    void DropFullOnes(TimePoint now);

    Duration interval_;   // between two tokens; 0: no limit
    Duration tolerance_;  // how far fullAt may lie ahead and still leave a token
    std::size_t maxHosts_;

    Buckets buckets_;  // in the order of their last token, oldest first
    std::map<CidrRange, Buckets::iterator> byHost_;
    std::size_t forgotten_ = 0;
};

}  // namespace servercore
