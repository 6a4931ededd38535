#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <system_error>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Platform/IoOperation.h"
#include "ServerCore/Platform/NetAddress.h"
#include "ServerCore/Platform/Socket.h"

namespace servercore::platform {

// Receives completions on the thread that waits. Must not throw.
//
// Must not block either: no lock held for long, no sleep, no file, no database. The rest of the batch waits behind a handler (on Linux even
// events that other threads could serve), and one slow handler per waiting thread stops every connection of the port. What takes longer
// than some ten microseconds belongs into a job on threads of its own. A handler must not call Wait.
class CompletionHandler {
public:
    virtual void OnCompletion(IoOperation& operation, IoResult& result) noexcept = 0;

    // After the completions of one batch, on the same thread: the place to submit what was collected meanwhile.
    virtual void OnBatchEnd() noexcept = 0;

protected:
    ~CompletionHandler() = default;
};

// What a backend can tell about itself, for metrics and tests: a snapshot.
struct BackendStats {
    // Receive blocks that its threads have taken from the pool and not returned: at most one per thread that is inside Wait, however many
    // receives are in flight.
    std::size_t receiveBlocks = 0;
    // Waits whose timeout a timer of the backend has ended, because those of the system's waits are too coarse. Always 0 on Linux.
    std::uint64_t timedWaits = 0;
};

// THE SEAM: a completion port. Everything above relies on these guarantees and no more; tests/Contract checks them on each backend.
//
//  G1  A submit that succeeds gives exactly one completion, also after cancel or close; one that fails gives none.
//  G2  A completion may run on any thread that waits, and before the submit call returns: after a success, touch neither the
//      operation nor its buffers.
//  G3  The caller keeps at most one receive and one send (or one connect) in flight per socket. Accepts may be many.
//  G4  A send may be short; the caller submits the rest. End of stream is 0 bytes, not an error.
//  G5  Errors arrive as std::error_code that compares with std::errc; the code's value() is the operating system's own.
//  G6  Wake is thread-safe and coalesced. Tricks like skip-on-success, zero-byte receives or re-arming stay inside a backend.
//
// A receive brings no buffer: the backend receives into a block of the thread that waits and lends it to the handler, so a receive in
// flight holds none (BackendStats::receiveBlocks).
//
// Owner: IocpCore.  Threads: every verb from any thread; any number of threads may wait at once.
// Destruction: no thread may be waiting, and every socket attached must already be closed.
class IoBackend {
public:
    IoBackend() = default;
    virtual ~IoBackend() = default;
    IoBackend(const IoBackend&) = delete;
    IoBackend& operator=(const IoBackend&) = delete;

    // Binds the socket to this port until it is closed. Once per socket, before any operation on it.
    [[nodiscard]] virtual std::error_code Attach(Socket& socket) = 0;

    [[nodiscard]] virtual std::error_code Accept(Socket& listener, IoOperation& operation) = 0;

    [[nodiscard]] virtual std::error_code Connect(Socket& socket, const NetAddress& peer, IoOperation& operation) = 0;

    [[nodiscard]] virtual std::error_code Receive(Socket& socket, IoOperation& operation) = 0;

    // At most kMaxGather buffers, none empty. The span itself is read before the call returns; the bytes that its elements refer to must
    // stay valid until the completion.
    [[nodiscard]] virtual std::error_code Send(Socket& socket, std::span<const ConstBytes> buffers, IoOperation& operation) = 0;

    // Every operation in flight on the socket completes soon, with operation_canceled unless it had finished already. Where a send was in
    // flight nobody knows how much of it left: the stream is then good for closing only.
    virtual void Cancel(Socket& socket) = 0;

    // Waits until there is at least one completion, a wake or the timeout (which it never ends before; up to 20 ms it is kept to within
    // about a millisecond, where the system can); delivers one bounded batch of completions to the handler, then OnBatchEnd (called also
    // when the batch is empty). Returns the number delivered.
    virtual std::size_t Wait(CompletionHandler& handler, std::chrono::milliseconds timeout) = 0;

    // Makes at least one present or future Wait return early. Wakes that nobody has taken up yet count as one.
    virtual void Wake() = 0;

    // No verb. Everything stays 0 in a backend that keeps no count.
    [[nodiscard]] virtual BackendStats Stats() const noexcept { return {}; }

    static constexpr std::size_t kMaxGather = 64;
};

}  // namespace servercore::platform
