#include "ServerCore/Platform/Linux/EpollBackend.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Platform/Linux/EpollSocket.h"
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

// The system call, again after a signal.
template <class Call>
auto RetryInterrupted(Call call) noexcept {
    auto result = call();
    while (result < 0 && errno == EINTR) {
        result = call();
    }
    return result;
}

}  // namespace

// An operation on its way to the handler.
struct EpollBackend::Finished {
    IoOperation* operation = nullptr;
    IoResult result;
};

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
    MutexLock lock(queueMutex_);
    SC_VERIFY(completed_.IsEmpty());
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
        CompleteLater(operation, {}, 0);
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
    std::array<iovec, kMaxGather> vectors;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        vectors[i] = {.iov_base = const_cast<std::byte*>(buffers[i].data()), .iov_len = buffers[i].size()};
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = buffers.size();

    EpollSlot& slot = SlotOf(socket);
    MutexLock lock(slot.mutex);
    SC_VERIFY(slot.send == nullptr);
    EpollOp& op = EpollOp::Begin(operation);
    if (slot.writable) {
        const ssize_t sent = RetryInterrupted([fd = slot.fd, &message] { return ::sendmsg(fd, &message, MSG_NOSIGNAL); });
        if (sent >= 0) {
            CompleteLater(operation, {}, static_cast<std::size_t>(sent));
            return {};
        }
        if (!WouldBlock(errno)) {
            return NoteSendError(slot, errno);
        }
        slot.writable = false;
    }
    op.unsent = buffers.front();
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
    const std::error_code cancelled = LinuxError(ECANCELED);
    for (IoOperation** waiting : {&slot.receive, &slot.send, &slot.connect}) {
        if (IoOperation* operation = std::exchange(*waiting, nullptr)) {
            CompleteLater(*operation, cancelled, 0);
        }
    }
    while (IoOperation* operation = slot.accepts.Pop()) {
        CompleteLater(*operation, cancelled, 0);
    }
}

void EpollBackend::CompleteLater(IoOperation& operation, std::error_code error, std::size_t bytes) {
    EpollOp& op = EpollOp::Of(operation);
    op.error = error;
    op.bytes = bytes;
    {
        MutexLock lock(queueMutex_);
        completed_.Push(operation);
    }
    WakeUnlessWaitingHere();
}

void EpollBackend::Requeue(EpollSlot& slot) {
    {
        MutexLock lock(queueMutex_);
        if (slot.isQueued) {
            return;
        }
        slot.isQueued = true;
        slot.nextReady = nullptr;
        if (lastReady_ == nullptr) {
            firstReady_ = &slot;
        } else {
            lastReady_->nextReady = &slot;
        }
        lastReady_ = &slot;
    }
    WakeUnlessWaitingHere();
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
    if (blockedWaiters_.load() > 0 && HasQueued()) {
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
        if (HasQueued()) {
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
        IoOperation* operation = PopCompleted();
        if (operation == nullptr) {
            break;
        }
        const EpollOp& op = EpollOp::Of(*operation);
        IoResult result{.error = op.error, .bytes = op.bytes, .data = {}, .accepted = nullptr};
        handler.OnCompletion(*operation, result);
        ++delivered;
    }
    for (std::size_t i = 0; i < kBatch; ++i) {
        EpollSlot* slot = PopSlot();
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
    std::array<Finished, 2> finished;
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
        Finished finished;
        {
            MutexLock lock(slot.mutex);
            if (!FinishAccept(slot, finished)) {
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

bool EpollBackend::FinishConnect(EpollSlot& slot, Finished& finished) {
    if (slot.connect == nullptr || !slot.writable) {
        return false;
    }
    int code = 0;
    socklen_t size = sizeof code;
    ::getsockopt(slot.fd, SOL_SOCKET, SO_ERROR, &code, &size);
    finished.operation = std::exchange(slot.connect, nullptr);
    finished.result.error = code == 0 ? std::error_code{} : LinuxError(code);
    return true;
}

bool EpollBackend::FinishSend(EpollSlot& slot, Finished& finished) {
    if (slot.send == nullptr || !slot.writable) {
        return false;
    }
    const ConstBytes unsent = EpollOp::Of(*slot.send).unsent;
    const ssize_t sent = RetryInterrupted([fd = slot.fd, unsent] { return ::send(fd, unsent.data(), unsent.size(), MSG_NOSIGNAL); });
    if (sent < 0 && WouldBlock(errno)) {
        slot.writable = false;
        return false;
    }
    if (sent < 0) {
        finished.result.error = NoteSendError(slot, errno);
    } else {
        finished.result.bytes = static_cast<std::size_t>(sent);
    }
    finished.operation = std::exchange(slot.send, nullptr);
    return true;
}

// The kernel reports a reset once, to whichever call comes first; a receive after that call would get 0 bytes, the end of the stream.
std::error_code EpollBackend::NoteSendError(EpollSlot& slot, int code) {
    const bool isOnlyOfThisSend = code == EPIPE || code == ENOBUFS || code == ENOMEM;
    if (!isOnlyOfThisSend) {
        slot.sendError = code;
    }
    return LinuxError(code);
}

bool EpollBackend::FinishReceive(EpollSlot& slot, ReceiveBlock& block, Finished& finished) {
    if (slot.receive == nullptr || !slot.readable) {
        return false;
    }
    const ssize_t received = RetryInterrupted([fd = slot.fd, &block] { return ::recv(fd, block.bytes.data(), block.bytes.size(), 0); });
    if (received < 0 && WouldBlock(errno)) {
        slot.readable = false;
        return false;
    }
    if (received < 0) {
        finished.result.error = LastLinuxError();
    } else if (received == 0 && slot.sendError != 0) {
        finished.result.error = LinuxError(slot.sendError);
    } else {
        finished.result.bytes = static_cast<std::size_t>(received);
        finished.result.data = ConstBytes(block.bytes).first(finished.result.bytes);
        // A short read emptied the socket, so the next bytes bring a new edge (epoll(7), question 9) - unless the FIN or the error behind
        // these bytes was announced together with them.
        if (finished.result.bytes < block.bytes.size() && !slot.hangup) {
            slot.readable = false;
        }
    }
    finished.operation = std::exchange(slot.receive, nullptr);
    return true;
}

bool EpollBackend::FinishAccept(EpollSlot& slot, Finished& finished) {
    if (slot.accepts.IsEmpty() || !slot.readable) {
        return false;
    }
    FileDescriptor accepted(RetryInterrupted([fd = slot.fd] { return ::accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); }));
    if (accepted.IsOpen()) {
        finished.result.accepted = std::make_unique<EpollSocket>(std::move(accepted), EpollSocket::State::Live);
    } else if (WouldBlock(errno)) {
        slot.readable = false;
        return false;
    } else {
        finished.result.error = LastLinuxError();
        // One connection for one failed accept, so that whoever counts the failures has counted the clients.
        const bool isFull = errno == EMFILE || errno == ENFILE;
        if (isFull && reserve_.RefuseOne(slot.fd) == ReserveDescriptor::Refusal::NobodyWaits) {
            finished.result.error.clear();
            slot.readable = false;
            return false;
        }
    }
    finished.operation = slot.accepts.Pop();
    return true;
}

bool EpollBackend::HasQueued() {
    MutexLock lock(queueMutex_);
    return !completed_.IsEmpty() || firstReady_ != nullptr;
}

IoOperation* EpollBackend::PopCompleted() {
    MutexLock lock(queueMutex_);
    return completed_.Pop();
}

EpollSlot* EpollBackend::PopSlot() {
    MutexLock lock(queueMutex_);
    EpollSlot* slot = firstReady_;
    if (slot != nullptr) {
        firstReady_ = slot->nextReady;
        if (firstReady_ == nullptr) {
            lastReady_ = nullptr;
        }
        slot->isQueued = false;
    }
    return slot;
}

}  // namespace servercore::platform
