#include "ServerCore/Platform/Windows/IocpBackend.h"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Platform/Windows/ReceiveTurn.h"
#include "ServerCore/Platform/Windows/WinAddress.h"
#include "ServerCore/Platform/Windows/WinError.h"
#include "ServerCore/Platform/Windows/WinSocket.h"

namespace servercore::platform {

namespace {

// AcceptEx writes each address in a format of its own that needs 16 bytes more than the structure.
// https://learn.microsoft.com/windows/win32/api/mswsock/nf-mswsock-acceptex
constexpr DWORD kAcceptAddressBytes = sizeof(SOCKADDR_STORAGE) + 16;

// How long a wake may go unnoticed when it could not be posted.
constexpr std::chrono::milliseconds kLongestSleep{500};

// How long destruction waits for the next completion of sockets that are closed.
constexpr std::chrono::milliseconds kDrainTimeout{5000};

struct AcceptScratch {
    std::shared_ptr<SocketHandle> listener;
    std::unique_ptr<WinSocket> accepted;
    std::array<std::byte, std::size_t{2} * kAcceptAddressBytes> addresses{};
};

WinSocket& Native(Socket& socket) noexcept {
    return static_cast<WinSocket&>(socket);
}

bool IsLoopback(const NetAddress& address) noexcept {
    return address.Family() == AddressFamily::IPv4 ? address.Bytes()[0] == 127
                                                   : address == NetAddress::Loopback(AddressFamily::IPv6, address.Port());
}

// A closed port on this machine refuses at once instead of after two seconds of repeated SYNs. Systems that do not know the
// request (before Windows 10 1709) keep the wait, so a failure does not matter.
// https://learn.microsoft.com/windows/win32/winsock/sio-tcp-initial-rto
void RefuseFast(SOCKET socket) noexcept {
    TCP_INITIAL_RTO_PARAMETERS parameters{TCP_INITIAL_RTO_UNSPECIFIED_RTT, TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS};
    DWORD bytes = 0;
    ::WSAIoctl(socket, SIO_TCP_INITIAL_RTO, &parameters, sizeof(parameters), nullptr, 0, &bytes, nullptr, nullptr);
}

}  // namespace

// What an operation is and owns while in flight.
struct IocpBackend::Work {
    enum class Kind : std::uint32_t { Accept, Connect, Receive, Send };

    Kind kind;
    std::uint32_t cancels = 0;                  // receive: those of the socket when it was submitted
    std::shared_ptr<SocketHandle> socket = {};  // connect and receive
    std::unique_ptr<AcceptScratch> accept = {};
};

// Lives in NativeOp::storage from submit to completion.
struct IocpBackend::PendingOp : OVERLAPPED {
    explicit PendingOp(Work owned) noexcept : OVERLAPPED{}, work(std::move(owned)) {}

    Work work;
};

Result<std::unique_ptr<IoBackend>> IocpBackend::Create(const SocketExtensions& extensions) {
    // Concurrency 0: as many threads run at once as there are processors. Failure is NULL here, not INVALID_HANDLE_VALUE.
    // https://learn.microsoft.com/windows/win32/fileio/createiocompletionport
    const HANDLE port = ::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0);
    if (port == nullptr) {
        return LastSystemError();
    }
    return std::unique_ptr<IoBackend>(std::make_unique<IocpBackend>(port, extensions));
}

IocpBackend::IocpBackend(HANDLE port, const SocketExtensions& extensions) noexcept : port_(port), extensions_(extensions) {}

IocpBackend::~IocpBackend() {
    Batch batch;
    while (inFlight_ != 0) {
        const std::span<const OVERLAPPED_ENTRY> entries = port_.Dequeue(batch, kDrainTimeout);
        if (entries.empty()) {
            break;
        }
        for (const OVERLAPPED_ENTRY& entry : entries) {
            if (entry.lpOverlapped != nullptr) {
                static_cast<void>(Retire(*static_cast<PendingOp*>(entry.lpOverlapped)));
            }
        }
    }
    SC_ASSERT(inFlight_ == 0);
}

std::error_code IocpBackend::Attach(Socket& socket) {
    WinSocket& native = Native(socket);
    SC_ASSERT(!native.Attached());
    if (const std::error_code error = native.Handle()->SetNonBlocking()) {
        return error;
    }
    const auto handle = reinterpret_cast<HANDLE>(native.Native());
    if (const std::error_code error = port_.Associate(handle)) {
        return error;
    }
    // Saves the kernel from setting an event per operation that nobody waits for; without it everything works as well.
    // https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setfilecompletionnotificationmodes
    ::SetFileCompletionNotificationModes(handle, FILE_SKIP_SET_EVENT_ON_HANDLE);
    native.SetAttached();
    return {};
}

std::error_code IocpBackend::Accept(Socket& listener, IoOperation& operation) {
    WinSocket& native = Native(listener);
    SC_ASSERT(native.Attached());
    auto socket = WinSocket::Open(native.Family());
    if (!socket) {
        return socket.error();
    }
    auto scratch = std::make_unique<AcceptScratch>();
    scratch->listener = native.Handle();
    scratch->accepted = std::move(*socket);
    const SOCKET acceptedSocket = scratch->accepted->Native();
    void* addresses = scratch->addresses.data();

    PendingOp& pending = Begin(operation, Work{.kind = Work::Kind::Accept, .accept = std::move(scratch)});
    // No receive data: with it a client that stays silent would hold the accept.
    DWORD received = 0;
    const BOOL accepted =
        extensions_.acceptEx(native.Native(), acceptedSocket, addresses, 0, kAcceptAddressBytes, kAcceptAddressBytes, &received, &pending);
    return Started(accepted != FALSE, pending);
}

std::error_code IocpBackend::Connect(Socket& socket, const NetAddress& peer, IoOperation& operation) {
    WinSocket& native = Native(socket);
    SC_ASSERT(native.Attached());
    if (peer.Family() != native.Family()) {
        return MakeWinError(WSAEAFNOSUPPORT);
    }
    if (IsLoopback(peer)) {
        RefuseFast(native.Native());
    }
    const NativeAddress address = ToNative(peer);
    PendingOp& pending = Begin(operation, Work{.kind = Work::Kind::Connect, .socket = native.Handle()});
    const BOOL connected = extensions_.connectEx(native.Native(), address.Get(), address.length, nullptr, 0, nullptr, &pending);
    return Started(connected != FALSE, pending);
}

std::error_code IocpBackend::Receive(Socket& socket, IoOperation& operation) {
    WinSocket& native = Native(socket);
    SC_ASSERT(native.Attached());
    SocketHandle& handle = *native.Handle();
    const std::uint32_t cancels = handle.Cancels();
    PendingOp& pending = Begin(operation, Work{.kind = Work::Kind::Receive, .cancels = cancels, .socket = native.Handle()});
    if (ReceiveTurn* turn = ReceiveTurn::Current(); turn != nullptr && turn->TakeOver(handle, pending)) {
        return {};
    }
    return AwaitData(pending, handle, cancels);
}

// On success `pending` may be gone already; the socket's handle is kept by the caller.
std::error_code IocpBackend::AwaitData(PendingOp& pending, SocketHandle& socket, std::uint32_t cancels) noexcept {
    const std::error_code error = socket.SubmitAwaitData(pending, cancels);
    if (error) {
        static_cast<void>(Retire(pending));
    }
    return error;
}

std::error_code IocpBackend::Send(Socket& socket, std::span<const ConstBytes> buffers, IoOperation& operation) {
    WinSocket& native = Native(socket);
    SC_ASSERT(native.Attached());
    SC_VERIFY(!buffers.empty() && buffers.size() <= kMaxGather);
    // On the stack: Winsock copies the array before the call returns.
    // https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsasend
    std::array<WSABUF, kMaxGather> gathered;
    std::ranges::transform(buffers, gathered.begin(), [](ConstBytes bytes) {
        SC_VERIFY(!bytes.empty() && bytes.size() <= std::numeric_limits<ULONG>::max());
        // Winsock has no type for bytes that it only reads.
        auto* start = const_cast<std::byte*>(bytes.data());
        return WSABUF{static_cast<ULONG>(bytes.size()), reinterpret_cast<char*>(start)};
    });
    PendingOp& pending = Begin(operation, Work{.kind = Work::Kind::Send});
    const int failed = ::WSASend(native.Native(), gathered.data(), static_cast<DWORD>(buffers.size()), nullptr, 0, &pending, nullptr);
    return Started(failed == 0, pending);
}

void IocpBackend::Cancel(Socket& socket) {
    Native(socket).Handle()->Cancel();
}

std::size_t IocpBackend::Wait(CompletionHandler& handler, std::chrono::milliseconds timeout) {
    Batch batch;
    std::size_t delivered = 0;
    const std::span<const OVERLAPPED_ENTRY> entries = Dequeue(batch, timeout);
    // The wake first: as long as its flag is set, further wakes are swallowed, and a handler may take its time.
    if (std::ranges::any_of(entries, [](const OVERLAPPED_ENTRY& entry) { return entry.lpOverlapped == nullptr; })) {
        // A read-modify-write, so that it sees what the thread that found Posted here published before its Wake.
        wake_.exchange(WakeState::None);
    }
    {
        ReceiveTurn turn(blocks_);
        for (const OVERLAPPED_ENTRY& entry : entries) {
            if (entry.lpOverlapped != nullptr && Deliver(*entry.lpOverlapped, entry.dwNumberOfBytesTransferred, turn, handler)) {
                ++delivered;
            }
        }
        while (OVERLAPPED* receive = turn.NextFollowUp()) {
            delivered += Deliver(*receive, 0, turn, handler) ? 1U : 0U;
        }
    }
    handler.OnBatchEnd();
    return delivered;
}

void IocpBackend::Wake() {
    if (wake_.exchange(WakeState::Posted) == WakeState::Posted) {
        return;
    }
    if (!port_.Post()) {
        wake_ = WakeState::Unposted;
    }
}

IocpBackend::PendingOp& IocpBackend::Begin(IoOperation& operation, Work work) noexcept {
    static_assert(sizeof(PendingOp) <= sizeof(NativeOp::storage) && alignof(PendingOp) <= alignof(NativeOp));
    static_assert(sizeof(IoOperation) == sizeof(NativeOp), "the operation must begin with the OVERLAPPED");
    ++inFlight_;
    return *new (operation.storage) PendingOp(std::move(work));
}

// On success `pending` may be gone already: its completion runs on any thread that waits (G2).
std::error_code IocpBackend::Started(bool succeeded, PendingOp& pending) noexcept {
    if (succeeded) {
        return {};
    }
    const int code = ::WSAGetLastError();
    if (code == WSA_IO_PENDING) {
        return {};
    }
    // Any other error means that no completion will follow.
    static_cast<void>(Retire(pending));
    return MakeWinError(static_cast<DWORD>(code));
}

IocpBackend::Work IocpBackend::Retire(PendingOp& pending) noexcept {
    Work work = std::move(pending.work);
    pending.~PendingOp();
    --inFlight_;
    return work;
}

BackendStats IocpBackend::Stats() const noexcept {
    return {.receiveBlocks = blocks_.Outstanding(), .timedWaits = port_.ExactTimeouts()};
}

std::span<const OVERLAPPED_ENTRY> IocpBackend::Dequeue(Batch& batch, std::chrono::milliseconds timeout) {
    auto remaining = std::max(timeout, std::chrono::milliseconds::zero());
    while (!TakeUnpostedWake()) {
        const auto slice = std::min(remaining, kLongestSleep);
        const std::span<const OVERLAPPED_ENTRY> entries = port_.Dequeue(batch, slice);
        remaining -= slice;
        if (!entries.empty() || remaining == std::chrono::milliseconds::zero()) {
            return entries;
        }
    }
    return {};
}

bool IocpBackend::TakeUnpostedWake() noexcept {
    auto expected = WakeState::Unposted;
    return wake_ == WakeState::Unposted && wake_.compare_exchange_strong(expected, WakeState::None);
}

bool IocpBackend::Deliver(OVERLAPPED& overlapped, DWORD bytes, ReceiveTurn& turn, CompletionHandler& handler) {
    auto& pending = static_cast<PendingOp&>(overlapped);
    // PendingOp lies at the start of NativeOp, the first base of IoOperation.
    auto& operation = static_cast<IoOperation&>(*reinterpret_cast<NativeOp*>(&pending));
    IoResult result;
    // Not OVERLAPPED_ENTRY::Internal, which is reserved; one batch holds failed operations beside successful ones.
    result.error = ErrorFromStatus(pending.Internal);
    // From here on the operation belongs to its owner again, who may submit it anew from the handler.
    Work work = Retire(pending);
    if (!result.error) {
        switch (work.kind) {
            case Work::Kind::Accept: result.error = FinishAccept(work, result); break;
            case Work::Kind::Connect: result.error = work.socket->UpdateConnectContext(); break;
            case Work::Kind::Receive:
                if (!FinishReceive(operation, work, turn, result)) {
                    return false;
                }
                break;
            case Work::Kind::Send: result.bytes = bytes; break;
        }
    }
    handler.OnCompletion(operation, result);
    turn.SetFull(nullptr);
    return true;
}

// There is something to read, or was: false when it turns out that there is nothing, and the operation waits again.
bool IocpBackend::FinishReceive(IoOperation& operation, const Work& work, ReceiveTurn& turn, IoResult& result) {
    ReceiveBlock& block = turn.Block();
    const Result<std::size_t> read = work.socket->Read(block.bytes);
    if (read) {
        result.bytes = *read;
        result.data = ConstBytes(block.bytes).first(*read);
        turn.SetFull(*read == block.bytes.size() ? work.socket.get() : nullptr);
        return true;
    }
    result.error = read.error();
    if (result.error == std::errc::operation_would_block) {
        PendingOp& pending = Begin(operation, Work{.kind = Work::Kind::Receive, .cancels = work.cancels, .socket = work.socket});
        result.error = AwaitData(pending, *work.socket, work.cancels);
        return static_cast<bool>(result.error);
    }
    return true;
}

std::error_code IocpBackend::FinishAccept(Work& work, IoResult& result) const {
    AcceptScratch& scratch = *work.accept;
    // Fails when the connection died meanwhile. Whatever the code, it is about that connection; some of them (WSAENOTSOCK, WSAEINVAL) would
    // read as if the listener was broken.
    if (scratch.listener->UpdateAcceptContext(scratch.accepted->Native())) {
        return MakeWinError(WSAECONNABORTED);
    }
    sockaddr* local = nullptr;
    sockaddr* peer = nullptr;
    int localLength = 0;
    int peerLength = 0;
    extensions_.getAcceptExSockaddrs(scratch.addresses.data(), 0, kAcceptAddressBytes, kAcceptAddressBytes, &local, &localLength, &peer,
                                     &peerLength);
    if (peer == nullptr) {
        return MakeWinError(WSAEFAULT);
    }
    if (const auto address = FromNative(peer, peerLength)) {
        scratch.accepted->SetPeer(*address);
    }
    result.accepted = std::move(scratch.accepted);
    return {};
}

}  // namespace servercore::platform
