#include "ServerCore/Net/IocpCore.h"

#include <iterator>
#include <utility>

#include "ServerCore/Base/Assert.h"

namespace servercore {

namespace {

// Posts of one batch that need one allocation only.
constexpr std::size_t kUsualPosts = 64;

}  // namespace

// What a thread keeps while it dispatches. On its stack: MinGW runs the destructors of thread_local objects after it has freed their
// memory (https://gcc.gnu.org/bugzilla/show_bug.cgi?id=80816), so only a pointer is thread_local.
struct IocpCore::Frame {
    const IocpCore* core = nullptr;
    std::vector<std::shared_ptr<IocpObject>> posted;
};

IocpCore::IocpCore(std::unique_ptr<platform::IoBackend> backend) noexcept : backend_(std::move(backend)) {}

IocpCore::~IocpCore() {
    SC_VERIFY(InFlight() == 0);
}

IocpCore::Frame*& IocpCore::ThisThreadsFrame() noexcept {
    thread_local Frame* frame = nullptr;
    return frame;
}

bool IocpCore::IsDispatchingThread() noexcept {
    return ThisThreadsFrame() != nullptr;
}

std::error_code IocpCore::Attach(platform::Socket& socket) {
    return backend_->Attach(socket);
}

template <class Submit>
std::error_code IocpCore::SubmitEvent(EventType type, IocpEvent& event, std::shared_ptr<IocpObject> owner, Submit submit) {
    // Both before the call: the completion may run before it returns (G2).
    event.Begin(type, std::move(owner));
    inFlight_.fetch_add(1);
    const std::error_code error = submit();
    if (error) {
        inFlight_.fetch_sub(1);
        const std::shared_ptr<IocpObject> released = event.End();
    }
    return error;
}

std::error_code IocpCore::Accept(platform::Socket& listener, IocpEvent& event, std::shared_ptr<IocpObject> owner) {
    return SubmitEvent(EventType::Accept, event, std::move(owner), [&] { return backend_->Accept(listener, event); });
}

std::error_code IocpCore::Connect(platform::Socket& socket, const NetAddress& peer, IocpEvent& event, std::shared_ptr<IocpObject> owner) {
    return SubmitEvent(EventType::Connect, event, std::move(owner), [&] { return backend_->Connect(socket, peer, event); });
}

std::error_code IocpCore::Receive(platform::Socket& socket, IocpEvent& event, std::shared_ptr<IocpObject> owner) {
    return SubmitEvent(EventType::Receive, event, std::move(owner), [&] { return backend_->Receive(socket, event); });
}

std::error_code IocpCore::Send(platform::Socket& socket, std::span<const ConstBytes> buffers, IocpEvent& event,
                               std::shared_ptr<IocpObject> owner) {
    return SubmitEvent(EventType::Send, event, std::move(owner), [&] { return backend_->Send(socket, buffers, event); });
}

void IocpCore::Cancel(platform::Socket& socket) {
    backend_->Cancel(socket);
}

void IocpCore::Post(std::shared_ptr<IocpObject> object) {
    if (Frame* frame = ThisThreadsFrame(); frame != nullptr && frame->core == this) {
        if (frame->posted.capacity() == 0) {
            frame->posted.reserve(kUsualPosts);
        }
        frame->posted.push_back(std::move(object));
        return;
    }
    // Counted like an operation: the object may run, and the service have nothing left to wait for, before Wake is done with the port.
    inFlight_.fetch_add(1);
    {
        MutexLock lock(inboxMutex_);
        inbox_.push_back(std::move(object));
    }
    backend_->Wake();
    inFlight_.fetch_sub(1);
}

std::size_t IocpCore::Dispatch(std::chrono::milliseconds timeout) {
    SC_VERIFY(!IsDispatchingThread());
    Frame frame{.core = this, .posted = {}};
    ThisThreadsFrame() = &frame;
    const std::size_t dispatched = backend_->Wait(*this, timeout);
    SC_ASSERT(frame.posted.empty());
    ThisThreadsFrame() = nullptr;
    return dispatched;
}

void IocpCore::Wake() {
    backend_->Wake();
}

void IocpCore::OnCompletion(platform::IoOperation& operation, platform::IoResult& result) noexcept {
    auto& event = static_cast<IocpEvent&>(operation);  // only SubmitEvent submits
    const std::shared_ptr<IocpObject> owner = event.End();
    inFlight_.fetch_sub(1);
    owner->OnCompleted(event, result);
}

void IocpCore::OnBatchEnd() noexcept {
    std::vector<std::shared_ptr<IocpObject>>& posted = ThisThreadsFrame()->posted;
    TakeInbox(posted);
    // By index: OnPosted may post again.
    for (std::size_t i = 0; i < posted.size(); ++i) {
        const std::shared_ptr<IocpObject> object = std::move(posted[i]);
        object->OnPosted();
    }
    posted.clear();
}

void IocpCore::TakeInbox(std::vector<std::shared_ptr<IocpObject>>& into) {
    MutexLock lock(inboxMutex_);
    into.insert(into.end(), std::make_move_iterator(inbox_.begin()), std::make_move_iterator(inbox_.end()));
    inbox_.clear();
}

}  // namespace servercore
