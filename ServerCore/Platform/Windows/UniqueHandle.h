#pragma once

#include <memory>

#include "ServerCore/Platform/Windows/WinSdk.h"

namespace servercore::platform {

struct HandleCloser {
    void operator()(HANDLE handle) const noexcept { ::CloseHandle(handle); }
};

// A handle to close; nullptr is none. Not for what fails with INVALID_HANDLE_VALUE, and not for sockets.
using UniqueHandle = std::unique_ptr<void, HandleCloser>;

}  // namespace servercore::platform
