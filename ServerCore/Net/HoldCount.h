#pragma once

#include <atomic>

namespace servercore {

// Keeps an object from ending: counts the operations in flight and the calls under way on it, and remembers whether a post to its core is
// on its way. Both in one number, because they change in one step: once a post that is on its way may end the object, and with it the
// service, the core must not be touched.
//
// Owner: Session.  Threads: safe from any.
class HoldCount {
public:
    // Once; before it there are no holds to take.
    void Start(int holds) noexcept { state_.store(holds * kOneHold); }

    // False: the object has ended, or is about to.
    [[nodiscard]] bool TryTake() noexcept {
        int state = state_.load();
        while (state >= kOneHold) {
            if (state_.compare_exchange_weak(state, state + kOneHold)) {
                return true;
            }
        }
        return false;
    }

    // The caller has a hold already.
    void Take() noexcept { state_.fetch_add(kOneHold); }

    // True: it was the last one, and the caller must post the object; TakePosted will then find no hold left.
    [[nodiscard]] bool Release() noexcept {
        int before = state_.load();
        while (!state_.compare_exchange_weak(before, before == kOneHold ? kPosted : before - kOneHold)) {
        }
        return before == kOneHold;
    }

    // True: no post is on its way, and the caller must post the object. The caller has a hold.
    [[nodiscard]] bool RequestPost() noexcept { return (state_.fetch_or(kPosted) & kPosted) == 0; }

    // The post has arrived; whoever asks from now on posts again.
    void TakePosted() noexcept { state_.fetch_and(~kPosted); }

private:
    static constexpr int kPosted = 1;
    static constexpr int kOneHold = 2;

    std::atomic<int> state_ = 0;
};

}  // namespace servercore
