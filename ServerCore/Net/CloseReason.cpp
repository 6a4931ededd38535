#include "ServerCore/Net/CloseReason.h"

namespace servercore {

std::string_view ToString(CloseReason reason) noexcept {
    switch (reason) {
        case CloseReason::LocalClose: return "LocalClose";
        case CloseReason::ServiceStopping: return "ServiceStopping";
        case CloseReason::PeerClosed: return "PeerClosed";
        case CloseReason::PeerReset: return "PeerReset";
        case CloseReason::NetworkLost: return "NetworkLost";
        case CloseReason::ConnectFailed: return "ConnectFailed";
        case CloseReason::ConnectTimeout: return "ConnectTimeout";
        case CloseReason::SelfConnect: return "SelfConnect";
        case CloseReason::FirstPacketTimeout: return "FirstPacketTimeout";
        case CloseReason::PacketTimeout: return "PacketTimeout";
        case CloseReason::IdleTimeout: return "IdleTimeout";
        case CloseReason::SlowConsumer: return "SlowConsumer";
        case CloseReason::RateLimited: return "RateLimited";
        case CloseReason::PacketTooSmall: return "PacketTooSmall";
        case CloseReason::PacketTooLarge: return "PacketTooLarge";
        case CloseReason::UnknownPacket: return "UnknownPacket";
        case CloseReason::MalformedPacket: return "MalformedPacket";
        case CloseReason::WrongProtocolVersion: return "WrongProtocolVersion";
        case CloseReason::Kicked: return "Kicked";
        case CloseReason::HandlerException: return "HandlerException";
        case CloseReason::ResourceExhausted: return "ResourceExhausted";
        case CloseReason::IoError: return "IoError";
    }
    return "?";
}

std::string_view ToString(CloseInitiator initiator) noexcept {
    switch (initiator) {
        case CloseInitiator::Local: return "local";
        case CloseInitiator::Peer: return "peer";
        case CloseInitiator::System: return "system";
    }
    return "?";
}

CloseInfo CloseInfoFor(std::error_code error) noexcept {
    if (error == std::errc::connection_reset || error == std::errc::connection_aborted || error == std::errc::broken_pipe) {
        return {.reason = CloseReason::PeerReset, .initiator = CloseInitiator::Peer, .error = error};
    }
    if (error == std::errc::timed_out || error == std::errc::host_unreachable || error == std::errc::network_unreachable ||
        error == std::errc::network_down || error == std::errc::network_reset) {
        return {.reason = CloseReason::NetworkLost, .initiator = CloseInitiator::System, .error = error};
    }
    if (IsResourceShortage(error)) {
        return {.reason = CloseReason::ResourceExhausted, .initiator = CloseInitiator::System, .error = error};
    }
    return {.reason = CloseReason::IoError, .initiator = CloseInitiator::System, .error = error};
}

bool IsResourceShortage(std::error_code error) noexcept {
    return error == std::errc::no_buffer_space || error == std::errc::not_enough_memory || error == std::errc::too_many_files_open ||
           error == std::errc::too_many_files_open_in_system || error == std::errc::resource_unavailable_try_again ||
           error == std::errc::operation_would_block;
}

}  // namespace servercore
