#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/TokenBucket.h"
#include "ServerCore/Net/PacketHeader.h"
#include "ServerCore/Net/PacketLimits.h"
#include "ServerCore/Net/SessionTotals.h"

namespace servercore {

// Judges the packets that one session has received by the limits that all share. Pure logic: it knows no session and no clock.
//
// A stream drops nothing, so a packet over budget is still handled; it is paid for by not reading for a while, and TCP makes the sender
// wait. Whoever keeps sending too much for too long in spite of that is closed. What the game has provoked is granted beforehand and free.
//
// Owner: the session; `limits` outlive it.  Threads: Grant from any, the rest confined to the receive chain.
// Memory: buckets of ids with a rate of their own are made for the first packet of such an id.
class PacketPolicer {
public:
    enum class Action : std::uint8_t {
        Pass,
        Throttle,  // handle it, then read no further until `readAgainAt`
        Close,
    };
    struct Verdict {
        Action action = Action::Pass;
        TimePoint readAgainAt{};
    };
    explicit PacketPolicer(const PacketLimits& limits) noexcept;

    // For each packet in turn, whatever was answered before: those that were received already when reading stopped are paid for too.
    // Precondition: the packet is no longer than kMaxPacketBytes.
    [[nodiscard]] Verdict Judge(const PacketView& packet, TimePoint now);

    // The next `packets` of this id are free: the game has asked for them. Call it before sending what provokes them.
    void Grant(std::uint16_t id, std::uint32_t packets) SC_EXCLUDES(mutex_);

    // What it has judged so far.
    void AddTo(SessionTotals& totals) const noexcept;

private:
    struct Credit {
        std::uint16_t id;
        std::uint32_t left;
    };

    [[nodiscard]] bool TakeCredit(std::uint16_t id) SC_EXCLUDES(mutex_);
    [[nodiscard]] TokenBucket* BucketOf(const PacketLimits::IdRule* rule);
    [[nodiscard]] Verdict OverBudget(TimePoint readAgainAt, TimePoint now) noexcept;

    const PacketLimits& limits_;
    TokenBucket packets_;
    TokenBucket bytes_;
    std::vector<TokenBucket> idBuckets_;

    bool hasOffended_ = false;
    TimePoint offendsSince_{};
    TimePoint throttledUntil_{};
    std::uint64_t credited_ = 0;
    std::uint64_t overBudget_ = 0;
    std::uint64_t closesObserved_ = 0;

    std::atomic<bool> hasCredits_ = false;  // spares the lock for sessions without
    Mutex mutex_;
    std::vector<Credit> credits_ SC_GUARDED_BY(mutex_);  // none of them used up
};

}  // namespace servercore
