#include "ServerCore/Platform/Sim/SimError.h"

namespace servercore::platform {

std::error_code ToErrorCode(SimError error) noexcept {
    switch (error) {
        case SimError::None: break;
        case SimError::Cancelled: return std::make_error_code(std::errc::operation_canceled);
        case SimError::Reset: return std::make_error_code(std::errc::connection_reset);
        case SimError::Aborted: return std::make_error_code(std::errc::connection_aborted);
        case SimError::Refused: return std::make_error_code(std::errc::connection_refused);
        case SimError::TimedOut: return std::make_error_code(std::errc::timed_out);
        case SimError::BrokenPipe: return std::make_error_code(std::errc::broken_pipe);
        case SimError::NotConnected: return std::make_error_code(std::errc::not_connected);
        case SimError::NoBuffers: return std::make_error_code(std::errc::no_buffer_space);
        case SimError::NoHandles: return std::make_error_code(std::errc::too_many_files_open);
    }
    return {};
}

}  // namespace servercore::platform
