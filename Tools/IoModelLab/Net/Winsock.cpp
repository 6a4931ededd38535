#include "Tools/IoModelLab/Net/Winsock.h"

#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

#ifdef _WIN32

Winsock::Winsock() {
    WSADATA data{};
    // Unlike every other call it returns its error: before it there is no WSAGetLastError.
    if (const int error = ::WSAStartup(MAKEWORD(2, 2), &data); error != 0) {
        throw SystemFailure("WSAStartup", error);
    }
}

Winsock::~Winsock() {
    ::WSACleanup();
}

#else

Winsock::Winsock() = default;
Winsock::~Winsock() = default;

#endif

}  // namespace iolab
