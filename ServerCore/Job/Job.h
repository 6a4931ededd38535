#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "ServerCore/Base/Assert.h"

namespace servercore {

// Something to do. Captures a SessionId or a weak reference to what it works on, never a raw `this` that may be gone by then.
//
// Keeps what it captures inside itself, so that making, moving and posting one allocates nothing. What does not fit does not compile; the
// room is that of the largest job a game usually has: a shared owner, a channel, a name and some numbers.
// Owner: a value; moved, not copied.  Threads: one at a time.
class Job {
public:
    static constexpr std::size_t kCaptureBytes = 88;

    Job() noexcept = default;
    Job(std::nullptr_t) noexcept {}  // NOLINT(google-explicit-constructor): like a pointer

    template <class Callable, class Function = std::decay_t<Callable>,
              class = std::enable_if_t<!std::is_same_v<Function, Job> && std::is_invocable_v<Function&>>>
    Job(Callable&& callable) : operations_(&kOperationsOf<Function>) {  // NOLINT(google-explicit-constructor): a lambda is a job
        static_assert(sizeof(Function) <= kCaptureBytes,
                      "this job captures more than Job::kCaptureBytes: capture a std::shared_ptr or std::unique_ptr to the large part");
        static_assert(alignof(Function) <= alignof(std::max_align_t), "this job captures something with a larger alignment than Job has");
        static_assert(std::is_nothrow_move_constructible_v<Function>, "what a job captures must move without throwing");
        ::new (static_cast<void*>(captured_)) Function(std::forward<Callable>(callable));
    }

    Job(Job&& other) noexcept { TakeFrom(other); }
    Job& operator=(Job&& other) noexcept {
        if (this != &other) {
            Reset();
            TakeFrom(other);
        }
        return *this;
    }
    ~Job() { Reset(); }

    // Whether there is anything to do.
    [[nodiscard]] explicit operator bool() const noexcept { return operations_ != nullptr; }

    // May be called again, if the function bears it. Precondition: not empty.
    void operator()() {
        SC_ASSERT(operations_ != nullptr);
        operations_->run(captured_);
    }

private:
    struct Operations {
        void (*run)(void* captured);
        void (*moveTo)(void* captured, void* room) noexcept;  // and destroys the original
        void (*destroy)(void* captured) noexcept;
    };

    template <class Function>
    [[nodiscard]] static Function& As(void* captured) noexcept {
        return *std::launder(static_cast<Function*>(captured));
    }

    template <class Function>
    static constexpr Operations kOperationsOf{
        .run = [](void* captured) { static_cast<void>(As<Function>(captured)()); },
        .moveTo =
            [](void* captured, void* room) noexcept {
                Function& original = As<Function>(captured);
                ::new (room) Function(std::move(original));
                original.~Function();
            },
        .destroy = [](void* captured) noexcept { As<Function>(captured).~Function(); },
    };

    void TakeFrom(Job& other) noexcept {
        if (other.operations_ != nullptr) {
            other.operations_->moveTo(other.captured_, captured_);
            operations_ = std::exchange(other.operations_, nullptr);
        }
    }

    // Empty before the captured things go: their destructors may look.
    void Reset() noexcept {
        if (const Operations* operations = std::exchange(operations_, nullptr)) {
            operations->destroy(captured_);
        }
    }

    alignas(std::max_align_t) std::byte captured_[kCaptureBytes];
    const Operations* operations_ = nullptr;
};

static_assert(sizeof(Job) == 96, "a job and when it was posted stay within two cache lines");

}  // namespace servercore
