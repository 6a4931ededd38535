#include "ServerCore/Platform/Sim/SimFaults.h"

namespace servercore::platform {

std::string_view ToString(SimFault fault) noexcept {
    switch (fault) {
        case SimFault::ShortReceive: return "ShortReceive";
        case SimFault::ShortSend: return "ShortSend";
        case SimFault::Reorder: return "Reorder";
        case SimFault::LateCompletion: return "LateCompletion";
        case SimFault::LateCancel: return "LateCancel";
        case SimFault::ErrorAtSubmit: return "ErrorAtSubmit";
        case SimFault::SlowSegment: return "SlowSegment";
        case SimFault::Reset: return "Reset";
        case SimFault::ResetLosesUnread: return "ResetLosesUnread";
        case SimFault::SilentDeath: return "SilentDeath";
        case SimFault::ConnectRefused: return "ConnectRefused";
        case SimFault::ConnectDelayed: return "ConnectDelayed";
        case SimFault::ConnectBlackHoled: return "ConnectBlackHoled";
        case SimFault::AcceptAborted: return "AcceptAborted";
        case SimFault::AcceptWithoutHandles: return "AcceptWithoutHandles";
        case SimFault::SubmitWithoutBuffers: return "SubmitWithoutBuffers";
        case SimFault::OpenWithoutHandles: return "OpenWithoutHandles";
    }
    return "?";
}

}  // namespace servercore::platform
