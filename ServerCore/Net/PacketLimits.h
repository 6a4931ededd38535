#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ServerCore/Base/Result.h"
#include "ServerCore/Base/TokenBucket.h"

namespace servercore {

// What differs for one packet id.
struct PacketIdLimit {
    std::uint16_t id = 0;
    std::uint32_t cost = 1;  // in packets of the session's budget: what is dear to handle costs more
    TokenRate rate;          // packets of this id, besides the session's budget
};

struct PacketLimitsConfig {
    TokenRate packets;
    TokenRate bytes;  // headers included; a burst below the largest packet makes such a packet wait for a full bucket
    std::vector<PacketIdLimit> ids;

    // A session that has been over budget for so long without a pause is closed. Zero: never.
    std::chrono::milliseconds closeAfter{3000};
    // Within budget for so long after it was throttled counts as a pause.
    std::chrono::milliseconds pause{1000};

    // Credits of one id that a session may hold; further ones are lost.
    std::uint32_t maxCredits = 1024;

    // Count what would be refused, refuse nothing.
    bool observeOnly = false;
};

// How much the sessions of a service may each send: one table for all of them.
// Owner: whoever configures; outlives the sessions.  Threads: immutable.
class PacketLimits {
public:
    struct IdRule {
        PacketIdLimit limit;
        std::size_t bucket = 0;  // which of a session's buckets counts this id; kNoBucket: none
    };
    static constexpr std::size_t kNoBucket = static_cast<std::size_t>(-1);

    // invalid_argument: an id twice, or a time that is negative or longer than a day.
    [[nodiscard]] static Result<PacketLimits> Create(PacketLimitsConfig config);

    [[nodiscard]] const PacketLimitsConfig& Config() const noexcept { return config_; }

    // nullptr: an id like any other.
    [[nodiscard]] const IdRule* Find(std::uint16_t id) const noexcept;

    // What a session counts the ids with that have a rate of their own; all full.
    [[nodiscard]] const std::vector<TokenBucket>& FullBuckets() const noexcept { return fullBuckets_; }

private:
    explicit PacketLimits(PacketLimitsConfig config);

    PacketLimitsConfig config_;
    std::vector<IdRule> rules_;  // by id
    std::vector<TokenBucket> fullBuckets_;
};

}  // namespace servercore
