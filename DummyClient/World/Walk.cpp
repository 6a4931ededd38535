#include "DummyClient/World/Walk.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "DummyClient/Scenario/Mix.h"

namespace loadtest {

namespace {

constexpr double kShareOfMaxSpeed = 0.6;
constexpr std::uint32_t kUnlimitedSpeed = 1000;  // where the server sets no limit
constexpr std::chrono::duration<double> kLongestStep{2};

std::int32_t CoordinateFrom(std::uint64_t bits) noexcept {
    constexpr auto kWidth = static_cast<std::uint64_t>(2 * game::protocol::kZoneExtent + 1);
    return static_cast<std::int32_t>(bits % kWidth) - game::protocol::kZoneExtent;
}

}  // namespace

void Walk::Start(Point at, std::uint32_t maxSpeed, servercore::TimePoint now) noexcept {
    speed_ = kShareOfMaxSpeed * (maxSpeed == 0 ? kUnlimitedSpeed : maxSpeed);
    lastStep_ = now;
    PutAt(at);
    ChooseTarget();
}

void Walk::ChooseTarget() noexcept {
    do {
        const std::uint64_t bits = Mix((std::uint64_t{bot_} << 32U) | legs_++);
        target_ = {.x = CoordinateFrom(bits & 0xFFFFFFFFU), .y = CoordinateFrom(bits >> 32U)};
    } while (target_ == at_);
}

std::optional<Point> Walk::TryStep(servercore::TimePoint now) noexcept {
    const std::chrono::duration<double> elapsed = std::min<std::chrono::duration<double>>(now - lastStep_, kLongestStep);
    const double way = speed_ * elapsed.count();
    if (way < 1) {
        return std::nullopt;
    }
    lastStep_ = now;
    if (at_ == target_) {
        ChooseTarget();
    }
    const double x = target_.x - at_.x;
    const double y = target_.y - at_.y;
    const double share = std::min(1.0, way / std::hypot(x, y));
    at_.x += static_cast<std::int32_t>(std::lround(x * share));
    at_.y += static_cast<std::int32_t>(std::lround(y * share));
    return at_;
}

}  // namespace loadtest
