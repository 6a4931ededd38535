#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <utility>

#include "ServerCore/Job/JobQueue.h"

namespace servercore {

// A coroutine that runs as jobs: the part up to the next co_await is one job. To be posted to the queue where it begins:
//
//     JobTask Buy(std::shared_ptr<Shop> shop, std::shared_ptr<Player> player) {
//         const Price price = shop->PriceNow();  // a job of the shop's queue
//         co_await player->queue->Switch();
//         player->Pay(price);                    // a job of the player's queue
//     }
//     shop->queue->Post(Buy(shop, player));
//
// An exception that escapes is one of the job that it escapes from. Who drops the job drops the coroutine: its frame is destroyed, with all
// that it holds, where it is suspended. Captures are parameters: a lambda with captures would be gone before its coroutine. And no co_await
// in the condition of an if or a loop: GCC 12 drops the whole body of such a coroutine, without a word, when it has no local variable.
// Owner: whoever holds it; then the queue.  Threads: one at a time.
class [[nodiscard]] JobTask {
public:
    class promise_type {
    public:
        [[nodiscard]] JobTask get_return_object() noexcept { return JobTask(Handle::from_promise(*this)); }
        [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
        [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }  // the frame destroys itself
        void return_void() const noexcept {}
        void unhandled_exception() noexcept { *escaped_ = std::current_exception(); }

        // Whoever resumes it must be able to: before it is posted. Or it was not after all.
        void SetSuspended(bool isSuspended) noexcept { isSuspended_ = isSuspended; }

    private:
        friend class JobTask;

        bool isSuspended_ = true;
        std::exception_ptr* escaped_ = nullptr;  // of the step that runs
    };
    using Handle = std::coroutine_handle<promise_type>;

    // The rest of a coroutine. Precondition: it is suspended, or about to be.
    explicit JobTask(Handle coroutine) noexcept : coroutine_(coroutine) {}
    JobTask(JobTask&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    JobTask& operator=(JobTask&&) = delete;
    ~JobTask();

    // Once: runs it to its next co_await or its end.
    void operator()();

private:
    Handle coroutine_;
};

// Moves a coroutine to a queue. What it does when the queue refuses it is the derived class's.
class SwitchBase {
public:
    explicit SwitchBase(JobQueue& queue) noexcept : queue_(queue) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    [[nodiscard]] bool await_suspend(JobTask::Handle coroutine);

protected:
    [[nodiscard]] JobQueue::PostResult GetResult() const noexcept { return result_; }

private:
    JobQueue& queue_;
    JobQueue::PostResult result_ = JobQueue::PostResult::Queued;
};

// See JobQueue::TrySwitch.
class [[nodiscard]] TrySwitchAwaiter final : public SwitchBase {
public:
    using SwitchBase::SwitchBase;
    [[nodiscard]] JobQueue::PostResult await_resume() const noexcept { return GetResult(); }
};

// What a coroutine ends with, unless it catches it, when a queue refuses it.
class SwitchRefused final : public std::exception {
public:
    explicit SwitchRefused(JobQueue::PostResult result) noexcept : result_(result) {}

    [[nodiscard]] JobQueue::PostResult Result() const noexcept { return result_; }
    [[nodiscard]] const char* what() const noexcept override { return "a job queue is full, stale or closed, and refuses a coroutine"; }

private:
    JobQueue::PostResult result_;
};

// See JobQueue::Switch. An exception, and not a value that could be overlooked: the code that follows is written for the other queue.
class [[nodiscard]] SwitchAwaiter final : public SwitchBase {
public:
    using SwitchBase::SwitchBase;
    void await_resume() const {
        if (GetResult() != JobQueue::PostResult::Queued) {
            throw SwitchRefused(GetResult());
        }
    }
};

}  // namespace servercore
