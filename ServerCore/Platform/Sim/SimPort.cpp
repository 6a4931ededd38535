#include "ServerCore/Platform/Sim/SimPort.h"

#include <algorithm>
#include <utility>

#include "ServerCore/Base/Assert.h"
#include "ServerCore/Platform/Sim/SimListener.h"
#include "ServerCore/Platform/Sim/SimStream.h"

namespace servercore::platform {

namespace {

constexpr std::size_t kBatch = 32;

SimSocket& SocketOf(Socket& socket) noexcept {
    return static_cast<SimSocket&>(socket);
}

SimStream& StreamOf(Socket& socket) noexcept {
    return static_cast<SimStream&>(socket);
}

}  // namespace

SimPort::~SimPort() {
    SC_VERIFY(attached_ == 0 && undelivered_ == 0);
    TakeWake();
}

std::error_code SimPort::Attach(Socket& socket) {
    if (SocketOf(socket).IsStream() && kernel_.Strikes(SimFault::OpenWithoutHandles)) {
        return ToErrorCode(SimError::NoHandles);
    }
    SocketOf(socket).BindTo(*this);
    ++attached_;
    return {};
}

std::error_code SimPort::Accept(Socket& listener, IoOperation& operation) {
    SC_VERIFY(SocketOf(listener).Port() == this);  // Attach comes first
    if (kernel_.Strikes(SimFault::SubmitWithoutBuffers)) {
        return ToErrorCode(SimError::NoBuffers);
    }
    static_cast<SimListener&>(listener).Accept(operation);
    return {};
}

std::error_code SimPort::Connect(Socket& socket, const NetAddress& peer, IoOperation& operation) {
    SC_VERIFY(SocketOf(socket).Port() == this);
    if (kernel_.Strikes(SimFault::SubmitWithoutBuffers)) {
        return ToErrorCode(SimError::NoBuffers);
    }
    return StreamOf(socket).Connect(peer, operation);
}

std::error_code SimPort::Receive(Socket& socket, IoOperation& operation) {
    SC_VERIFY(SocketOf(socket).Port() == this);
    if (kernel_.Strikes(SimFault::SubmitWithoutBuffers)) {
        return ToErrorCode(SimError::NoBuffers);
    }
    return ToErrorCode(StreamOf(socket).End().Receive(operation));
}

std::error_code SimPort::Send(Socket& socket, std::span<const ConstBytes> buffers, IoOperation& operation) {
    SC_VERIFY(SocketOf(socket).Port() == this && !buffers.empty() && buffers.size() <= kMaxGather);
    SC_VERIFY(std::ranges::none_of(buffers, [](ConstBytes buffer) { return buffer.empty(); }));
    if (kernel_.Strikes(SimFault::SubmitWithoutBuffers)) {
        return ToErrorCode(SimError::NoBuffers);
    }
    return ToErrorCode(StreamOf(socket).End().Send(buffers, operation));
}

void SimPort::Cancel(Socket& socket) {
    SC_VERIFY(SocketOf(socket).Port() == this);
    SocketOf(socket).CancelAll();
}

void SimPort::Complete(SimCompletion completion) {
    ++undelivered_;
    const bool isCancelled = completion.error == SimError::Cancelled;
    if (!kernel_.Strikes(isCancelled ? SimFault::LateCancel : SimFault::LateCompletion)) {
        Enqueue(std::move(completion));
        return;
    }
    const TimePoint when = kernel_.Now() + kernel_.Random().UpTo(kernel_.Options().maxDelay);
    // Shared only because an action has to be copyable.
    kernel_.Plan(when, [this, late = std::make_shared<SimCompletion>(std::move(completion))] { Enqueue(std::move(*late)); });
}

void SimPort::Enqueue(SimCompletion completion) {
    auto place = ready_.end();
    if (!ready_.empty() && kernel_.Strikes(SimFault::Reorder)) {
        place = ready_.begin() + static_cast<std::ptrdiff_t>(kernel_.Random().Below(ready_.size()));
    }
    ready_.insert(place, std::move(completion));
    kernel_.AddReady();
}

void SimPort::Wake() {
    if (!std::exchange(woken_, true)) {
        kernel_.AddReady();
        kernel_.Note(SimStep::Wake, 0, 0);
    }
}

void SimPort::TakeWake() noexcept {
    if (std::exchange(woken_, false)) {
        kernel_.RemoveReady();
    }
}

std::size_t SimPort::Wait(CompletionHandler& handler, std::chrono::milliseconds timeout) {
    SC_VERIFY(!std::exchange(waiting_, true));  // a handler must not call Wait
    kernel_.RunDue();
    const TimePoint deadline = kernel_.Now() + timeout;
    while (ready_.empty() && !woken_ && kernel_.RunNext(deadline)) {
    }
    TakeWake();
    const std::size_t delivered = DeliverBatch(handler);
    handler.OnBatchEnd();
    waiting_ = false;
    return delivered;
}

std::size_t SimPort::DeliverBatch(CompletionHandler& handler) {
    // What the handlers submit meanwhile may be delivered in this batch, too, but does not make it longer.
    const std::size_t count = std::min(ready_.size(), kBatch);
    for (std::size_t i = 0; i < count; ++i) {
        SimCompletion completion = std::move(ready_.front());
        ready_.pop_front();
        kernel_.RemoveReady();
        --undelivered_;
        kernel_.Note(SimStep::Completion, completion.subject,
                     (std::uint64_t{completion.bytes} << 8U) | static_cast<std::uint64_t>(completion.error));
        IoResult result{.error = ToErrorCode(completion.error),
                        .bytes = completion.bytes,
                        .data = completion.data,
                        .accepted = std::move(completion.accepted)};
        handler.OnCompletion(*completion.operation, result);
    }
    return count;
}

}  // namespace servercore::platform
