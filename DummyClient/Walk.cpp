#include "DummyClient/Walk.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "DummyClient/Mix.h"

namespace loadtest {

namespace {

constexpr double kShareOfMaxSpeed = 0.6;
constexpr std::uint32_t kUnlimitedSpeed = 1000;  // where the server sets no limit
constexpr std::chrono::duration<double> kLongestStep{1};

std::int32_t Rounded(double value) noexcept {
    return static_cast<std::int32_t>(std::lround(value));
}

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

void Walk::PutAt(Point at) noexcept {
    x_ = at.x;
    y_ = at.y;
}

void Walk::ChooseTarget() noexcept {
    const Point here{.x = Rounded(x_), .y = Rounded(y_)};
    do {
        const std::uint64_t bits = Mix((std::uint64_t{bot_} << 32U) | legs_++);
        target_ = {.x = CoordinateFrom(bits & 0xFFFFFFFFU), .y = CoordinateFrom(bits >> 32U)};
    } while (target_ == here);
}

Point Walk::Step(servercore::TimePoint now) noexcept {
    const Point before{.x = Rounded(x_), .y = Rounded(y_)};
    if (before == target_) {
        ChooseTarget();
    }
    const std::chrono::duration<double> elapsed = std::min<std::chrono::duration<double>>(now - lastStep_, kLongestStep);
    lastStep_ = now;
    const double left = std::hypot(target_.x - x_, target_.y - y_);
    const double way = std::min(left, std::max(1.0, speed_ * elapsed.count()));
    x_ += (target_.x - x_) / left * way;
    y_ += (target_.y - y_) / left * way;
    Point after{.x = Rounded(x_), .y = Rounded(y_)};
    if (after == before) {
        // Less than a unit on either axis: the server would not tell anybody of a move to the same place.
        if (std::abs(target_.x - before.x) >= std::abs(target_.y - before.y)) {
            after.x += target_.x > before.x ? 1 : -1;
        } else {
            after.y += target_.y > before.y ? 1 : -1;
        }
        PutAt(after);
    }
    return after;
}

}  // namespace loadtest
