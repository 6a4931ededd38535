#include "ServerCore/Net/IocpCore.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "ServerCore/Base/Assert.h"

namespace servercore {

namespace {

// So that a crowd of timers that expire together does not keep the sockets waiting.
constexpr std::size_t kTimersPerBatch = 256;
constexpr std::size_t kTimersPerLock = 32;

// What the backend throws for lack of memory becomes a shortage like any other: the caller has a way back for those.
template <class Call>
std::error_code ErrorOf(Call call) {
    try {
        return call();
    } catch (const std::bad_alloc&) {
        return std::make_error_code(std::errc::not_enough_memory);
    }
}

}  // namespace

// What a thread keeps while it dispatches. On its stack: MinGW runs the destructors of thread_local objects after it has freed their
// memory (https://gcc.gnu.org/bugzilla/show_bug.cgi?id=80816), so only a pointer is thread_local.
struct IocpCore::Frame {
    const IocpCore* core = nullptr;
    WorkerActivity* activity = nullptr;
    PostedList posted;
    TurnList turns;            // given to PostTurn before this batch
    std::size_t callsRun = 0;  // of turns and timers
};

IocpCore::IocpCore(std::unique_ptr<platform::IoBackend> backend, const Clock& clock, std::chrono::milliseconds tick) noexcept
    : backend_(std::move(backend)), clock_(clock), tick_(tick), wheel_(clock.Now()) {}

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

WorkerActivity& IocpCore::ThisThreadsActivity() noexcept {
    SC_ASSERT(IsDispatchingThread());
    return *ThisThreadsFrame()->activity;
}

bool IocpCore::DispatchesHere() const noexcept {
    const Frame* frame = ThisThreadsFrame();
    return frame != nullptr && frame->core == this;
}

// --- Submitting --------------------------------------------------------------------------------------------------------

std::error_code IocpCore::Attach(platform::Socket& socket) {
    return ErrorOf([&] { return backend_->Attach(socket); });
}

template <class Submit>
std::error_code IocpCore::SubmitEvent(EventType type, IocpEvent& event, std::shared_ptr<IocpObject> owner, Submit submit) {
    // Both before the call: the completion may run before it returns (G2).
    event.Begin(type, std::move(owner));
    inFlight_.fetch_add(1);
    const std::error_code error = ErrorOf(submit);
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

// --- Posts, ticks and timers -------------------------------------------------------------------------------------------

void IocpCore::Post(std::shared_ptr<IocpObject> object) noexcept {
    if (DispatchesHere()) {
        ThisThreadsFrame()->posted.Push(std::move(object));
    } else {
        PutIntoInbox([&]() SC_REQUIRES(inboxMutex_) { inbox_.Push(std::move(object)); });
    }
}

void IocpCore::PostTurn(std::shared_ptr<IocpObject> object) noexcept {
    PutIntoInbox([&]() SC_REQUIRES(inboxMutex_) { turns_.Push(std::move(object)); });
}

// Counted like an operation: the object may run, and the service have nothing left to wait for, before Wake is done with the port.
template <class Put>
void IocpCore::PutIntoInbox(Put put) {
    inFlight_.fetch_add(1);
    {
        MutexLock lock(inboxMutex_);
        put();
    }
    if (!DispatchesHere()) {  // such a thread looks before it waits
        backend_->Wake();
    }
    inFlight_.fetch_sub(1);
}

void IocpCore::PostAtTick(std::shared_ptr<IocpObject> object) noexcept {
    SC_ASSERT(tick_ > Duration::zero());
    TimePoint before = TimePoint::max();
    TimePoint next = TimePoint::max();
    {
        MutexLock lock(timerMutex_);
        atTick_.Push(std::move(object));
        before = nextTick_;
        if (nextTick_ == TimePoint::max()) {
            const Duration now = clock_.Now().time_since_epoch();
            nextTick_ = TimePoint(now - now % tick_ + tick_);
        }
        next = nextTick_;
    }
    WakeFor(next, before);
}

void IocpCore::ArmTimer(IocpTimer& timer, TimePoint time) noexcept {
    TimePoint before = TimePoint::max();
    {
        MutexLock lock(timerMutex_);
        if (timer.IsArmed() && timer.time_ <= time) {
            return;
        }
        before = wheel_.NextExpiry().value_or(TimePoint::max());
        timer.time_ = time;
        wheel_.Arm(timer, time);
    }
    WakeFor(time, before);
}

void IocpCore::CancelTimer(IocpTimer& timer) noexcept {
    MutexLock lock(timerMutex_);
    wheel_.Cancel(timer);
}

// Those who wait now do so until `before`. A thread that dispatches this core looks again before it waits.
void IocpCore::WakeFor(TimePoint time, TimePoint before) {
    if (time < before && !DispatchesHere()) {
        backend_->Wake();
    }
}

void IocpCore::RunTick(TimePoint now) {
    TickList ready = [&] {
        MutexLock lock(timerMutex_);
        if (now < nextTick_) {
            return TickList();
        }
        nextTick_ = TimePoint::max();
        return std::move(atTick_);
    }();
    while (const std::shared_ptr<IocpObject> object = ready.Pop()) {
        object->OnTick();
    }
}

void IocpCore::RunTimers(TimePoint now) {
    for (std::size_t done = 0; done < kTimersPerBatch; done += kTimersPerLock) {
        std::array<std::shared_ptr<IocpObject>, kTimersPerLock> expired;
        std::size_t count = 0;
        {
            MutexLock lock(timerMutex_);
            const auto take = [&](TimerNode& node) { expired[count++] = static_cast<IocpTimer&>(node).owner_.shared_from_this(); };
            wheel_.Advance(now, take, expired.size());
        }
        if (count == 0) {
            return;
        }
        for (const std::shared_ptr<IocpObject>& object : std::span(expired).first(count)) {
            ++ThisThreadsFrame()->callsRun;
            object->OnTimer(now);
        }
    }
}

// --- Dispatching -------------------------------------------------------------------------------------------------------

std::size_t IocpCore::Dispatch(std::chrono::milliseconds timeout) {
    WorkerActivity nobodyLooks;
    return Dispatch(timeout, nobodyLooks);
}

std::size_t IocpCore::Dispatch(std::chrono::milliseconds timeout, WorkerActivity& activity) {
    SC_VERIFY(!IsDispatchingThread());
    Frame frame{.core = this, .activity = &activity, .posted = {}, .turns = {}};
    ThisThreadsFrame() = &frame;
    {
        MutexLock lock(inboxMutex_);
        frame.turns.Append(turns_);
    }
    const bool mayWait = frame.turns.IsEmpty();
    const std::size_t completions = backend_->Wait(*this, mayWait ? WaitTime(timeout) : std::chrono::milliseconds::zero());
    SC_ASSERT(frame.posted.IsEmpty() && frame.turns.IsEmpty());
    ThisThreadsFrame() = nullptr;
    return completions + frame.callsRun;
}

std::chrono::milliseconds IocpCore::WaitTime(std::chrono::milliseconds atMost) {
    using std::chrono::milliseconds;
    if (atMost == milliseconds::zero()) {
        return atMost;
    }
    TimePoint next;
    {
        MutexLock lock(timerMutex_);
        next = std::min(nextTick_, wheel_.NextExpiry().value_or(TimePoint::max()));
    }
    if (next == TimePoint::max()) {
        return atMost;
    }
    const Duration until = std::max(next - clock_.Now(), Duration::zero());
    return until >= atMost ? atMost : std::chrono::ceil<milliseconds>(until);
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
    const TimePoint now = clock_.Now();
    RunTimers(now);
    RunTick(now);
    Frame& frame = *ThisThreadsFrame();
    while (const std::shared_ptr<IocpObject> object = frame.turns.Pop()) {
        ++frame.callsRun;
        object->OnTurn();
    }
    {
        MutexLock lock(inboxMutex_);
        frame.posted.Append(inbox_);
    }
    while (const std::shared_ptr<IocpObject> object = frame.posted.Pop()) {
        object->OnPosted();  // may post again
    }
}

}  // namespace servercore
