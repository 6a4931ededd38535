#include "ServerCore/Platform/Linux/EpollTransfer.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Platform/IoBackend.h"
#include "ServerCore/Platform/Linux/EpollSocket.h"
#include "ServerCore/Platform/Linux/LinuxError.h"

namespace servercore::platform {

namespace {

// The kernel reports a reset once, to whichever call comes first; a receive after that call would get 0 bytes, the end of the stream.
std::error_code NoteSendError(EpollSlot& slot, int code) SC_REQUIRES(slot.mutex);

std::error_code NoteSendError(EpollSlot& slot, int code) {
    const bool isOnlyOfThisSend = code == EPIPE || code == ENOBUFS || code == ENOMEM;
    if (!isOnlyOfThisSend) {
        slot.sendError = code;
    }
    return LinuxError(code);
}

}  // namespace

Result<std::optional<std::size_t>> SendNow(EpollSlot& slot, std::span<const ConstBytes> buffers) {
    if (!slot.writable) {
        return std::optional<std::size_t>();
    }
    std::array<iovec, IoBackend::kMaxGather> vectors;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        vectors[i] = {.iov_base = const_cast<std::byte*>(buffers[i].data()), .iov_len = buffers[i].size()};
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = buffers.size();
    const ssize_t sent = RetryInterrupted([fd = slot.fd, &message] { return ::sendmsg(fd, &message, MSG_NOSIGNAL); });
    if (sent >= 0) {
        return std::optional(static_cast<std::size_t>(sent));
    }
    if (!WouldBlock(errno)) {
        return NoteSendError(slot, errno);
    }
    slot.writable = false;
    return std::optional<std::size_t>();
}

bool FinishConnect(EpollSlot& slot, EpollFinished& finished) {
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

bool FinishSend(EpollSlot& slot, EpollFinished& finished) {
    if (slot.send == nullptr || !slot.writable) {
        return false;
    }
    const EpollOp& op = EpollOp::Of(*slot.send);
    const ssize_t sent = RetryInterrupted([fd = slot.fd, &op] { return ::send(fd, op.unsent, op.bytes, MSG_NOSIGNAL); });
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

bool FinishReceive(EpollSlot& slot, ReceiveBlock& block, EpollFinished& finished) {
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

bool FinishAccept(EpollSlot& slot, ReserveDescriptor& reserve, EpollFinished& finished) {
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
        if (isFull && reserve.RefuseOne(slot.fd) == ReserveDescriptor::Refusal::NobodyWaits) {
            finished.result.error.clear();
            slot.readable = false;
            return false;
        }
    }
    finished.operation = slot.accepts.Pop();
    return true;
}

}  // namespace servercore::platform
