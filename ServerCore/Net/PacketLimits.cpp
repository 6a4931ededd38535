#include "ServerCore/Net/PacketLimits.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace servercore {

namespace {

bool IsSensible(std::chrono::milliseconds time) noexcept {
    return time >= std::chrono::milliseconds::zero() && time <= std::chrono::hours(24);
}

}  // namespace

Result<PacketLimits> PacketLimits::Create(PacketLimitsConfig config) {
    std::sort(config.ids.begin(), config.ids.end(), [](const PacketIdLimit& a, const PacketIdLimit& b) { return a.id < b.id; });
    const auto twice = std::adjacent_find(config.ids.begin(), config.ids.end(),
                                          [](const PacketIdLimit& a, const PacketIdLimit& b) { return a.id == b.id; });
    if (twice != config.ids.end() || !IsSensible(config.closeAfter) || !IsSensible(config.pause)) {
        return std::make_error_code(std::errc::invalid_argument);
    }
    return PacketLimits(std::move(config));
}

PacketLimits::PacketLimits(PacketLimitsConfig config) : config_(std::move(config)) {
    rules_.reserve(config_.ids.size());
    for (const PacketIdLimit& limit : config_.ids) {
        std::size_t bucket = kNoBucket;
        if (limit.rate.perSecond != 0) {
            bucket = fullBuckets_.size();
            fullBuckets_.emplace_back(limit.rate);
        }
        rules_.push_back(IdRule{limit, bucket});
    }
}

const PacketLimits::IdRule* PacketLimits::Find(std::uint16_t id) const noexcept {
    const auto found =
        std::lower_bound(rules_.begin(), rules_.end(), id, [](const IdRule& rule, std::uint16_t wanted) { return rule.limit.id < wanted; });
    return found != rules_.end() && found->limit.id == id ? &*found : nullptr;
}

}  // namespace servercore
