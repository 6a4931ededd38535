#include "ServerCore/Platform/Linux/EpollBackend.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Platform/Linux/EpollSocket.h"
#include "ServerCore/Platform/Linux/EpollTransfer.h"
#include "ServerCore/Platform/Linux/LinuxAddress.h"
#include "ServerCore/Platform/Linux/LinuxError.h"

namespace servercore::platform {

namespace {

constexpr std::uint64_t kWakeToken = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kBatch = 32;
constexpr std::size_t kAcceptsPerTurn = 16;

constexpr std::uint32_t kHangupEvents = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
constexpr std::uint32_t kReadEvents = EPOLLIN | kHangupEvents;
constexpr std::uint32_t kWriteEvents = EPOLLOUT | EPOLLHUP | EPOLLERR;

// The backend whose Wait runs on this thread. Such a thread looks at the queues before it blocks, so it needs no wake.
thread_local const EpollBackend* waitingHere = nullptr;

EpollSlot& SlotOf(Socket& socket) noexcept {
    EpollSlot* slot = static_cast<EpollSocket&>(socket).Slot();
    SC_VERIFY(slot != nullptr);  // Attach comes first
    return *slot;
}

}  // namespace

class EpollBackend::WaitScope {
public:
    explicit WaitScope(EpollBackend& backend) : backend_(backend), block_(backend.blocks_.Take()) {
        SC_VERIFY(waitingHere == nullptr);  // a handler must not call Wait
        waitingHere = &backend;
    }
    ~WaitScope() {
        waitingHere = nullptr;
        backend_.blocks_.Return(std::move(block_));
    }
    WaitScope(const WaitScope&) = delete;
    WaitScope& operator=(const WaitScope&) = delete;

    [[nodiscard]] ReceiveBlock& Block() const noexcept { return *block_; }

private:
    EpollBackend& backend_;
    std::unique_ptr<ReceiveBlock> block_;
};

Result<std::unique_ptr<IoBackend>> EpollBackend::Create() {
    FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.IsOpen()) {
        return LastLinuxError();
    }
    FileDescriptor wakeEvent(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!wakeEvent.IsOpen()) {
        return LastLinuxError();
    }
    // Edge-triggered: each write is an edge of its own, so the counter is never read.
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.u64 = kWakeToken}};
    if (::epoll_ctl(epoll.Get(), EPOLL_CTL_ADD, wakeEvent.Get(), &event) != 0) {
        return LastLinuxError();
    }
    return std::unique_ptr<IoBackend>(new EpollBackend(std::move(epoll), std::move(wakeEvent)));
}

EpollBackend::EpollBackend(FileDescriptor epoll, FileDescriptor wakeEvent) noexcept
    : epoll_(std::move(epoll)), wakeEvent_(std::move(wakeEvent)) {}

EpollBackend::~EpollBackend() {
    SC_VERIFY(slots_.Count() == 0);
    // Slots may still be queued: an event can be faster than the queue. Without sockets they mean nothing.
    SC_VERIFY(!queue_.HasCompleted());
}

std::error_code EpollBackend::Attach(Socket& socket) {
    auto& native = static_cast<EpollSocket&>(socket);
    SC_VERIFY(native.Slot() == nullptr);
    EpollSlot* slot = slots_.Take();
    if (slot == nullptr) {
        return std::make_error_code(std::errc::too_many_files_open);
    }
    std::error_code error;
    {
        MutexLock lock(slot->mutex);
        slot->fd = native.Fd();
        slot->readable = false;
        slot->writable = true;  // optimistic: the first send finds out
        slot->hangup = false;
        slot->sendError = 0;
        // An unconnected socket would report EPOLLHUP at once; it is registered when it connects.
        if (native.InitialState() == EpollSocket::State::Live) {
            error = Register(*slot);
        }
    }
    if (error) {
        Detach(*slot);
        return error;
    }
    native.BindTo(*this, *slot);
    return {};
}

std::error_code EpollBackend::Register(EpollSlot& slot) {
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {}};
    event.data.u64 = (std::uint64_t{slot.generation} << 32U) | slot.index;
    return ::epoll_ctl(epoll_.Get(), EPOLL_CTL_ADD, slot.fd, &event) == 0 ? std::error_code{} : LastLinuxError();
}

std::error_code EpollBackend::Accept(Socket& listener, IoOperation& operation) {
    EpollSlot& slot = SlotOf(listener);
    reserve_.Refill();
    MutexLock lock(slot.mutex);
    EpollOp::Begin(operation);
    slot.accepts.Push(operation);
    if (slot.readable) {
        Requeue(slot);
    }
    return {};
}

std::error_code EpollBackend::Connect(Socket& socket, const NetAddress& peer, IoOperation& operation) {
    EpollSlot& slot = SlotOf(socket);
    const SocketAddress address = ToSocketAddress(peer);
    MutexLock lock(slot.mutex);
    SC_VERIFY(slot.connect == nullptr && slot.receive == nullptr && slot.send == nullptr);
    EpollOp::Begin(operation);
    // An interrupted connect goes on in the background, exactly like one in progress.
    const bool connected = ::connect(slot.fd, address.Get(), address.length) == 0;
    if (!connected && errno != EINPROGRESS && errno != EINTR) {
        return LastLinuxError();
    }
    slot.writable = connected;
    if (const std::error_code error = Register(slot)) {
        return error;
    }
    if (connected) {
        CompleteLater(operation, 0, 0);
    } else {
        slot.connect = &operation;
    }
    return {};
}

std::error_code EpollBackend::Receive(Socket& socket, IoOperation& operation) {
    EpollSlot& slot = SlotOf(socket);
    MutexLock lock(slot.mutex);
    SC_VERIFY(slot.receive == nullptr);
    EpollOp::Begin(operation);
    slot.receive = &operation;
    if (slot.readable) {
        Requeue(slot);
    }
    return {};
}

std::error_code EpollBackend::Send(Socket& socket, std::span<const ConstBytes> buffers, IoOperation& operation) {
    SC_VERIFY(!buffers.empty() && buffers.size() <= kMaxGather);
    EpollSlot& slot = SlotOf(socket);
    MutexLock lock(slot.mutex);
    SC_VERIFY(slot.send == nullptr);
    EpollOp& op = EpollOp::Begin(operation);
    const Result<std::optional<std::size_t>> sent = SendNow(slot, buffers);
    if (!sent) {
        return sent.error();
    }
    if (sent->has_value()) {
        CompleteLater(operation, 0, **sent);
        return {};
    }
    op.unsent = buffers.front().data();
    op.bytes = buffers.front().size();
    slot.send = &operation;
    return {};
}

void EpollBackend::Cancel(Socket& socket) {
    EpollSlot& slot = SlotOf(socket);
    MutexLock lock(slot.mutex);
    CancelAll(slot);
}

void EpollBackend::Detach(EpollSlot& slot) {
    {
        MutexLock lock(slot.mutex);
        CancelAll(slot);
        ++slot.generation;
        slot.fd = -1;
    }
    slots_.Return(slot);
}

void EpollBackend::CancelAll(EpollSlot& slot) {
    for (IoOperation** waiting : {&slot.receive, &slot.send, &slot.connect}) {
        if (IoOperation* operation = std::exchange(*waiting, nullptr)) {
            CompleteLater(*operation, ECANCELED, 0);
        }
    }
    while (IoOperation* operation = slot.accepts.Pop()) {
        CompleteLater(*operation, ECANCELED, 0);
    }
}

void EpollBackend::CompleteLater(IoOperation& operation, int error, std::size_t bytes) {
    EpollOp& op = EpollOp::Of(operation);
    op.error = error;
    op.bytes = bytes;
    queue_.PushCompleted(operation);
    WakeUnlessWaitingHere();
}

void EpollBackend::Requeue(EpollSlot& slot) {
    if (queue_.PushReady(slot)) {
        WakeUnlessWaitingHere();
    }
}

void EpollBackend::WakeUnlessWaitingHere() {
    if (waitingHere != this) {
        Wake();
    }
}

void EpollBackend::Wake() {
    if (wakePending_.exchange(true)) {
        return;
    }
    const std::uint64_t one = 1;
    // Cannot fail: the counter would have to pass 2^64 - 2.
    [[maybe_unused]] const ssize_t written = RetryInterrupted([&] { return ::write(wakeEvent_.Get(), &one, sizeof one); });
    SC_ASSERT(written == sizeof one);
}

std::size_t EpollBackend::Wait(CompletionHandler& handler, std::chrono::milliseconds timeout) {
    std::size_t delivered = 0;
    {
        const WaitScope scope(*this);
        delivered += DrainQueues(handler, scope.Block());
        delivered += PollEvents(handler, scope.Block(), delivered > 0 ? std::chrono::milliseconds::zero() : timeout);
        handler.OnBatchEnd();
        // Sends submitted by OnBatchEnd have mostly finished by now.
        if (const std::size_t more = DrainQueues(handler, scope.Block()); more > 0) {
            delivered += more;
            handler.OnBatchEnd();
        }
    }
    // This thread may never wait again, while another one has already gone to sleep.
    if (blockedWaiters_.load() > 0 && !queue_.IsEmpty()) {
        Wake();
    }
    return delivered;
}

std::size_t EpollBackend::PollEvents(CompletionHandler& handler, ReceiveBlock& block, std::chrono::milliseconds timeout) {
    std::array<epoll_event, kBatch> events;
    const bool mayBlock = timeout > std::chrono::milliseconds::zero();
    if (mayBlock) {
        // Announce before the last look at the queues: whoever queues after that look sees the announcement (both are seq_cst).
        blockedWaiters_.fetch_add(1);
        if (!queue_.IsEmpty()) {
            timeout = std::chrono::milliseconds::zero();
        }
    }
    const int limit = static_cast<int>(std::min<std::chrono::milliseconds::rep>(timeout.count(), std::numeric_limits<int>::max()));
    const int count = ::epoll_wait(epoll_.Get(), events.data(), static_cast<int>(events.size()), limit);
    if (mayBlock) {
        blockedWaiters_.fetch_sub(1);
    }

    std::size_t delivered = 0;
    const std::span harvested(events.data(), static_cast<std::size_t>(std::max(count, 0)));
    // The wake first: as long as its flag is set, further wakes are swallowed, and a handler may take its time. What was queued while
    // they were is looked for right after.
    if (std::ranges::any_of(harvested, [](const epoll_event& event) { return event.data.u64 == kWakeToken; })) {
        wakePending_.store(false);
        delivered += DrainQueues(handler, block);
    }
    for (const epoll_event& event : harvested) {
        if (event.data.u64 == kWakeToken) {
            continue;
        }
        EpollSlot& slot = slots_.At(static_cast<std::uint32_t>(event.data.u64));
        NoteEvents(slot, static_cast<std::uint32_t>(event.data.u64 >> 32U), event.events);
        delivered += RunSlot(slot, handler, block);
    }
    return delivered + DrainQueues(handler, block);
}

std::size_t EpollBackend::DrainQueues(CompletionHandler& handler, ReceiveBlock& block) {
    std::size_t delivered = 0;
    for (std::size_t i = 0; i < kBatch; ++i) {
        IoOperation* operation = queue_.PopCompleted();
        if (operation == nullptr) {
            break;
        }
        const EpollOp& op = EpollOp::Of(*operation);
        IoResult result{
            .error = op.error == 0 ? std::error_code() : LinuxError(op.error), .bytes = op.bytes, .data = {}, .accepted = nullptr};
        handler.OnCompletion(*operation, result);
        ++delivered;
    }
    for (std::size_t i = 0; i < kBatch; ++i) {
        EpollSlot* slot = queue_.PopReady();
        if (slot == nullptr) {
            break;
        }
        delivered += RunSlot(*slot, handler, block);
    }
    return delivered;
}

void EpollBackend::NoteEvents(EpollSlot& slot, std::uint32_t generation, std::uint32_t events) {
    MutexLock lock(slot.mutex);
    if (slot.generation != generation) {
        return;  // harvested before the socket was closed
    }
    slot.readable = slot.readable || (events & kReadEvents) != 0;
    slot.writable = slot.writable || (events & kWriteEvents) != 0;
    slot.hangup = slot.hangup || (events & kHangupEvents) != 0;
}

// Delivers what the socket is ready for, each kind once. What the handler submits meanwhile waits for the next turn, so a busy peer cannot
// hold the thread.
std::size_t EpollBackend::RunSlot(EpollSlot& slot, CompletionHandler& handler, ReceiveBlock& block) {
    std::array<EpollFinished, 2> finished;
    std::size_t count = 0;
    bool accepting = false;
    {
        MutexLock lock(slot.mutex);
        if (FinishConnect(slot, finished[count]) || FinishSend(slot, finished[count])) {
            ++count;
        }
        if (FinishReceive(slot, block, finished[count])) {
            ++count;
        }
        accepting = !slot.accepts.IsEmpty() && slot.readable;
    }
    for (std::size_t i = 0; i < count; ++i) {
        handler.OnCompletion(*finished[i].operation, finished[i].result);
    }
    return accepting ? RunAccepts(slot, handler) : count;
}

std::size_t EpollBackend::RunAccepts(EpollSlot& slot, CompletionHandler& handler) {
    for (std::size_t count = 0; count < kAcceptsPerTurn; ++count) {
        EpollFinished finished;
        {
            MutexLock lock(slot.mutex);
            if (!FinishAccept(slot, reserve_, finished)) {
                return count;
            }
        }
        handler.OnCompletion(*finished.operation, finished.result);
    }
    MutexLock lock(slot.mutex);
    if (!slot.accepts.IsEmpty() && slot.readable) {
        Requeue(slot);
    }
    return kAcceptsPerTurn;
}

}  // namespace servercore::platform
