#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace servercore {

// What became of a connection that the operating system had accepted. The ledger counts each.
enum class Admission : std::uint8_t {
    Admitted,
    ServiceFull,  // ServiceConfig::maxSessions
    HostFull,     // AdmissionLimits::maxSessionsPerHost
    SubnetFull,   // AdmissionLimits::maxSessionsPerSubnet
    TooOften,     // AdmissionLimits::acceptsPerSecond
    Stopping,     // came while the service was stopping
    NoSession,    // the factory returned none, or threw, or there was no memory for another session
    PeerGone,     // lost again before anybody could look at it
};

inline constexpr std::size_t kAdmissionCount = static_cast<std::size_t>(Admission::PeerGone) + 1;

[[nodiscard]] std::string_view ToString(Admission admission) noexcept;

// Where an admitted session is counted, to be given back when it ends. One byte: each session keeps one.
struct AdmittedPlace {
    bool ofHost : 1 = false;
    bool ofSubnet : 1 = false;
};

}  // namespace servercore
