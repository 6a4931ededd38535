#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace loadtest {

template <class T>
class BotTaskOf;

namespace detail {

// What the coroutines of bots have in common: they begin when they are awaited, and whoever awaited them goes on when they end.
class BotPromiseBase {
public:
    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }

    struct GoOn {
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <class Promise>
        [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
            const std::coroutine_handle<> next = ended.promise().continuation_;
            return next ? next : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };
    [[nodiscard]] GoOn final_suspend() const noexcept { return {}; }

    void unhandled_exception() noexcept { escaped_ = std::current_exception(); }

    void SetContinuation(std::coroutine_handle<> continuation) noexcept { continuation_ = continuation; }
    void RethrowEscaped() const {
        if (escaped_) {
            std::rethrow_exception(escaped_);
        }
    }

private:
    std::coroutine_handle<> continuation_;
    std::exception_ptr escaped_;
};

template <class T>
class BotPromise final : public BotPromiseBase {
public:
    [[nodiscard]] BotTaskOf<T> get_return_object() noexcept;
    void return_value(T value) { value_.emplace(std::move(value)); }
    [[nodiscard]] T Take() { return std::move(*value_); }

private:
    std::optional<T> value_;
};

template <>
class BotPromise<void> final : public BotPromiseBase {
public:
    [[nodiscard]] BotTaskOf<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void Take() const noexcept {}
};

}  // namespace detail

// A coroutine of a bot: what it does from beginning to end (Bot.h), or a part of that, which another one awaits:
//
//     BotTask Shop(MyBot& bot) {
//         co_await bot.Login();  // a BotTask, too
//         ...
//     }
//
// An exception that escapes is thrown where it is awaited. Write no co_await in the condition of an if or a loop: GCC 12 drops the whole
// body of such a coroutine, without a word, when it has no local variable. And no captures: a lambda would be gone before its coroutine.
// Owner: whoever holds it; its frame dies with it.  Threads: one at a time.
template <class T>
class [[nodiscard]] BotTaskOf {
public:
    using promise_type = detail::BotPromise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    explicit BotTaskOf(Handle coroutine) noexcept : coroutine_(coroutine) {}
    BotTaskOf(BotTaskOf&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    BotTaskOf& operator=(BotTaskOf&& other) noexcept {
        std::swap(coroutine_, other.coroutine_);
        return *this;
    }
    ~BotTaskOf() {
        if (coroutine_) {
            coroutine_.destroy();
        }
    }

    struct Awaiter {
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) const noexcept {
            coroutine.promise().SetContinuation(awaiting);
            return coroutine;
        }
        [[nodiscard]] T await_resume() const {
            coroutine.promise().RethrowEscaped();
            return coroutine.promise().Take();
        }

        Handle coroutine;
    };
    [[nodiscard]] Awaiter operator co_await() const& noexcept { return {coroutine_}; }

    // For who runs the outermost one.
    void Start() const { coroutine_.resume(); }
    [[nodiscard]] bool IsDone() const noexcept { return coroutine_.done(); }
    // Once it is done: throws what escaped.
    void RethrowEscaped() const { coroutine_.promise().RethrowEscaped(); }

private:
    Handle coroutine_;
};

using BotTask = BotTaskOf<void>;

namespace detail {

template <class T>
BotTaskOf<T> BotPromise<T>::get_return_object() noexcept {
    return BotTaskOf<T>(BotTaskOf<T>::Handle::from_promise(*this));
}

inline BotTaskOf<void> BotPromise<void>::get_return_object() noexcept {
    return BotTaskOf<void>(BotTaskOf<void>::Handle::from_promise(*this));
}

}  // namespace detail

}  // namespace loadtest
