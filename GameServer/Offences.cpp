#include "GameServer/Offences.h"

#include <fmt/format.h>

namespace game {

using servercore::PacketVerdict;

std::string ToString(const OffenceCounts& counts) {
    return fmt::format("offences unknown={} wrong_state={} too_large={} too_costly={} malformed={} refused={}\n",
                       counts.Of(PacketVerdict::Unknown), counts.Of(PacketVerdict::WrongState), counts.Of(PacketVerdict::TooLarge),
                       counts.Of(PacketVerdict::TooCostly), counts.Of(PacketVerdict::Malformed), counts.Of(PacketVerdict::Refused));
}

bool OffenceWindow::IsTooMany(servercore::TimePoint now) noexcept {
    const bool isThird = lastButOne_.has_value() && now - *lastButOne_ < kPeriod;
    lastButOne_ = last_;
    last_ = now;
    return isThird;
}

}  // namespace game
