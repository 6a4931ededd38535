#include "ServerCore/Platform/Windows/WinError.h"

#include <algorithm>
#include <array>
#include <string>

namespace servercore::platform {

namespace {

struct Condition {
    int code;
    std::errc meaning;
};

// https://learn.microsoft.com/windows/win32/winsock/windows-sockets-error-codes-2
constexpr Condition kSocketConditions[] = {
    {WSAEINTR, std::errc::interrupted},
    {WSAEBADF, std::errc::bad_file_descriptor},
    {WSAEACCES, std::errc::permission_denied},
    {WSAEFAULT, std::errc::bad_address},
    {WSAEINVAL, std::errc::invalid_argument},
    {WSAEMFILE, std::errc::too_many_files_open},
    {WSAEWOULDBLOCK, std::errc::operation_would_block},
    {WSAEINPROGRESS, std::errc::operation_in_progress},
    {WSAEALREADY, std::errc::connection_already_in_progress},
    {WSAENOTSOCK, std::errc::not_a_socket},
    {WSAEDESTADDRREQ, std::errc::destination_address_required},
    {WSAEMSGSIZE, std::errc::message_size},
    {WSAEPROTOTYPE, std::errc::wrong_protocol_type},
    {WSAENOPROTOOPT, std::errc::no_protocol_option},
    {WSAEPROTONOSUPPORT, std::errc::protocol_not_supported},
    {WSAEOPNOTSUPP, std::errc::operation_not_supported},
    {WSAEAFNOSUPPORT, std::errc::address_family_not_supported},
    {WSAEADDRINUSE, std::errc::address_in_use},
    {WSAEADDRNOTAVAIL, std::errc::address_not_available},
    {WSAENETDOWN, std::errc::network_down},
    {WSAENETUNREACH, std::errc::network_unreachable},
    {WSAENETRESET, std::errc::network_reset},
    {WSAECONNABORTED, std::errc::connection_aborted},
    {WSAECONNRESET, std::errc::connection_reset},
    {WSAEDISCON, std::errc::connection_reset},
    {WSAENOBUFS, std::errc::no_buffer_space},
    {WSAEISCONN, std::errc::already_connected},
    {WSAENOTCONN, std::errc::not_connected},
    {WSAESHUTDOWN, std::errc::broken_pipe},  // as EPIPE on Linux: a send after ShutdownSend
    {WSAETIMEDOUT, std::errc::timed_out},
    {WSAECONNREFUSED, std::errc::connection_refused},
    {WSAEHOSTDOWN, std::errc::host_unreachable},
    {WSAEHOSTUNREACH, std::errc::host_unreachable},
    // What Network::Resolve promises for a name that nobody knows.
    {WSAHOST_NOT_FOUND, std::errc::address_not_available},
    {WSANO_DATA, std::errc::address_not_available},
    {WSATRY_AGAIN, std::errc::resource_unavailable_try_again},
};

// https://learn.microsoft.com/windows/win32/debug/system-error-codes
constexpr Condition kSystemConditions[] = {
    {ERROR_ACCESS_DENIED, std::errc::permission_denied},
    {ERROR_TOO_MANY_OPEN_FILES, std::errc::too_many_files_open},
    {ERROR_INVALID_HANDLE, std::errc::bad_file_descriptor},
    {ERROR_NOT_ENOUGH_MEMORY, std::errc::not_enough_memory},  // also WSA_NOT_ENOUGH_MEMORY
    {ERROR_OUTOFMEMORY, std::errc::not_enough_memory},
    {ERROR_NOT_SUPPORTED, std::errc::operation_not_supported},
    {ERROR_INVALID_PARAMETER, std::errc::invalid_argument},
    {ERROR_NETNAME_DELETED, std::errc::connection_reset},
    {ERROR_SEM_TIMEOUT, std::errc::timed_out},
    {ERROR_OPERATION_ABORTED, std::errc::operation_canceled},  // also WSA_OPERATION_ABORTED
    {ERROR_CONNECTION_REFUSED, std::errc::connection_refused},
    {ERROR_GRACEFUL_DISCONNECT, std::errc::connection_reset},
    {ERROR_NETWORK_UNREACHABLE, std::errc::network_unreachable},
    {ERROR_HOST_UNREACHABLE, std::errc::host_unreachable},
    {ERROR_PROTOCOL_UNREACHABLE, std::errc::network_unreachable},
    {ERROR_PORT_UNREACHABLE, std::errc::connection_refused},
    {ERROR_CONNECTION_ABORTED, std::errc::connection_aborted},
    {ERROR_NO_SYSTEM_RESOURCES, std::errc::no_buffer_space},
    {ERROR_WORKING_SET_QUOTA, std::errc::no_buffer_space},
    {ERROR_NOT_ENOUGH_QUOTA, std::errc::no_buffer_space},
    {ERROR_COMMITMENT_LIMIT, std::errc::not_enough_memory},
};

struct StatusCode {
    NTSTATUS status;
    int code;
};

// What the TCP driver reports (https://learn.microsoft.com/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55).
// The system's own table (RtlNtStatusToDosError, which GetQueuedCompletionStatus applies) knows less: it folds a reset by the peer and
// our own abort into the single ERROR_NETNAME_DELETED.
constexpr StatusCode kStatusCodes[] = {
    // Ended by us: cancelled, or the socket was closed or aborted (Wine 8 says STATUS_HANDLES_CLOSED).
    {STATUS_CANCELLED, WSA_OPERATION_ABORTED},
    {STATUS_LOCAL_DISCONNECT, WSA_OPERATION_ABORTED},
    {STATUS_FILE_CLOSED, WSA_OPERATION_ABORTED},
    {STATUS_HANDLES_CLOSED, WSA_OPERATION_ABORTED},
    // Ended by the peer or on the way.
    {STATUS_CONNECTION_RESET, WSAECONNRESET},
    {STATUS_CONNECTION_DISCONNECTED, WSAECONNRESET},
    {STATUS_REMOTE_DISCONNECT, WSAECONNRESET},
    {STATUS_LINK_FAILED, WSAECONNRESET},
    {STATUS_GRACEFUL_DISCONNECT, WSAEDISCON},
    {STATUS_CONNECTION_ABORTED, WSAECONNABORTED},
    {STATUS_TRANSACTION_ABORTED, WSAECONNABORTED},
    {STATUS_CONNECTION_REFUSED, WSAECONNREFUSED},
    {STATUS_PORT_UNREACHABLE, WSAECONNREFUSED},
    {STATUS_IO_TIMEOUT, WSAETIMEDOUT},
    {STATUS_LINK_TIMEOUT, WSAETIMEDOUT},
    {STATUS_NETWORK_UNREACHABLE, WSAENETUNREACH},
    {STATUS_PROTOCOL_UNREACHABLE, WSAENETUNREACH},
    {STATUS_HOST_UNREACHABLE, WSAEHOSTUNREACH},
    {STATUS_HOST_DOWN, WSAEHOSTDOWN},
    {STATUS_NETWORK_BUSY, WSAENETDOWN},
    {STATUS_PIPE_DISCONNECTED, WSAESHUTDOWN},
    {STATUS_INVALID_CONNECTION, WSAENOTCONN},
    {STATUS_CONNECTION_ACTIVE, WSAEISCONN},
    {STATUS_ADDRESS_ALREADY_EXISTS, WSAEADDRINUSE},
    {STATUS_INVALID_ADDRESS_COMPONENT, WSAEADDRNOTAVAIL},
    // Resources.
    {STATUS_INSUFFICIENT_RESOURCES, WSAENOBUFS},
    {STATUS_QUOTA_EXCEEDED, WSAENOBUFS},
    {STATUS_PAGEFILE_QUOTA, WSAENOBUFS},
    {STATUS_PAGEFILE_QUOTA_EXCEEDED, WSAENOBUFS},
    {STATUS_WORKING_SET_QUOTA, WSAENOBUFS},
    {STATUS_REMOTE_RESOURCES, WSAENOBUFS},
    {STATUS_TOO_MANY_ADDRESSES, WSAENOBUFS},
    {STATUS_NO_MEMORY, WSA_NOT_ENOUGH_MEMORY},
    {STATUS_COMMITMENT_LIMIT, WSA_NOT_ENOUGH_MEMORY},
    {STATUS_TOO_MANY_OPENED_FILES, WSAEMFILE},
    {STATUS_ACCESS_VIOLATION, WSAEFAULT},
    {STATUS_INVALID_PARAMETER, WSAEINVAL},
};

// ntdll is not linked: its import library also offers memcpy and the like, which must come from the C runtime.
// https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-rtlntstatustodoserror
DWORD SystemCodeOf(NTSTATUS status) noexcept {
    using Translate = ULONG(WINAPI*)(NTSTATUS);
    const HMODULE ntdll = ::GetModuleHandleW(L"ntdll.dll");
    const auto raw = ntdll == nullptr ? nullptr : ::GetProcAddress(ntdll, "RtlNtStatusToDosError");
    // By way of void(*)(): compilers warn of a direct cast between function types.
    const auto translate = reinterpret_cast<Translate>(reinterpret_cast<void (*)()>(raw));
    return translate == nullptr ? DWORD{ERROR_GEN_FAILURE} : translate(status);
}

std::string ToUtf8(const wchar_t* text, int length) {
    const int bytes = ::WideCharToMultiByte(CP_UTF8, 0, text, length, nullptr, 0, nullptr, nullptr);
    std::string utf8(static_cast<std::size_t>(bytes), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, text, length, utf8.data(), bytes, nullptr, nullptr);
    return utf8;
}

class Category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "windows"; }

    [[nodiscard]] std::string message(int code) const override {
        std::array<wchar_t, 512> text{};
        // MAX_WIDTH_MASK: without the line breaks.
        const DWORD length = ::FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK,
                                              nullptr, static_cast<DWORD>(code), 0, text.data(), static_cast<DWORD>(text.size()), nullptr);
        std::string message = ToUtf8(text.data(), static_cast<int>(length));
        message.erase(message.find_last_not_of(" .") + 1);
        return message.empty() ? "Windows error " + std::to_string(code) : message;
    }

    [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override {
        const auto matches = [code](const Condition& entry) { return entry.code == code; };
        if (const auto* found = std::ranges::find_if(kSocketConditions, matches); found != std::end(kSocketConditions)) {
            return std::make_error_condition(found->meaning);
        }
        if (const auto* found = std::ranges::find_if(kSystemConditions, matches); found != std::end(kSystemConditions)) {
            return std::make_error_condition(found->meaning);
        }
        return {code, *this};
    }
};

}  // namespace

const std::error_category& WinErrorCategory() noexcept {
    static const Category category;
    return category;
}

std::error_code MakeWinError(DWORD code) noexcept {
    return {static_cast<int>(code), WinErrorCategory()};
}

std::error_code LastSocketError() noexcept {
    return {::WSAGetLastError(), WinErrorCategory()};
}

std::error_code LastSystemError() noexcept {
    return MakeWinError(::GetLastError());
}

// Not WSAGetOverlappedResult: it wants the socket, which may be closed by now and its number given to another one.
std::error_code ErrorFromStatus(ULONG_PTR status) noexcept {
    const auto native = static_cast<NTSTATUS>(status);
    if (NT_SUCCESS(native)) {
        return {};
    }
    const auto* found = std::ranges::find(kStatusCodes, native, &StatusCode::status);
    return found != std::end(kStatusCodes) ? MakeWinError(static_cast<DWORD>(found->code)) : MakeWinError(SystemCodeOf(native));
}

}  // namespace servercore::platform
