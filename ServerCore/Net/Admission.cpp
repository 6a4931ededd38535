#include "ServerCore/Net/Admission.h"

namespace servercore {

std::string_view ToString(Admission admission) noexcept {
    switch (admission) {
        case Admission::Admitted: return "Admitted";
        case Admission::ServiceFull: return "ServiceFull";
        case Admission::HostFull: return "HostFull";
        case Admission::SubnetFull: return "SubnetFull";
        case Admission::TooOften: return "TooOften";
        case Admission::Stopping: return "Stopping";
        case Admission::NoSession: return "NoSession";
        case Admission::PeerGone: return "PeerGone";
    }
    return "?";
}

}  // namespace servercore
