#pragma once

#include <cstddef>
#include <memory>
#include <system_error>

#include "ServerCore/Base/Bytes.h"

namespace servercore::platform {

class Socket;

// Room for what a backend keeps per operation in flight; on Windows it begins with the OVERLAPPED. The backends guard size and
// alignment with a static_assert; the build says how much it is on which system. It is the first base of IoOperation, so that its address
// is the OVERLAPPED's.
struct NativeOp {
    alignas(8) std::byte storage[SERVERCORE_NATIVE_OP_BYTES];
};

// One asynchronous operation. Owner: the code that submits it, which keeps it alive, in place and untouched from a successful submit
// until its completion is delivered (guarantee G1 in IoBackend.h). It may be submitted again once it has completed.
class IoOperation : public NativeOp {
public:
    IoOperation() = default;
    IoOperation(const IoOperation&) = delete;
    IoOperation& operator=(const IoOperation&) = delete;

protected:
    ~IoOperation() = default;  // never deleted through this type
};

// How an operation ended.
struct IoResult {
    // Empty on success. Compare with std::errc: operation_canceled (cancel or close), connection_reset, connection_refused,
    // timed_out, not_enough_memory / no_buffer_space / too_many_files_open (resources), ...
    std::error_code error;

    // Send: bytes taken by the operating system; may be fewer than submitted (G4).  Receive: data.size(); 0 without an error is the
    // end of the stream.
    std::size_t bytes = 0;

    // Receive only: what arrived. Valid until the completion handler returns.
    ConstBytes data;

    // Accept only: the connection, not yet attached to any backend.
    std::unique_ptr<Socket> accepted;
};

}  // namespace servercore::platform
