#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <system_error>
#include <vector>

#include "ServerCore/Platform/IoOperation.h"
#include "ServerCore/Platform/Socket.h"

namespace servercore::test {

// How an operation ended. A refused submit is an outcome too: the seam lets most errors come either way.
struct Outcome {
    std::error_code error;
    std::size_t bytes = 0;
    std::vector<std::byte> data;
    std::unique_ptr<platform::Socket> accepted;
    bool refused = false;
};

// An operation that knows whether it is in flight. A completion at any other time fails the test: a second one, or one after a
// refused submit.
// Owner: PortRunner, so that a failing test leaves no dangling operation.  Threads: safe from any, but see Last.
class TestOperation final : public platform::IoOperation {
public:
    // Runs on the dispatching thread and may submit the operation again.
    using Callback = std::function<void(Outcome&)>;

    explicit TestOperation(Callback callback) : callback_(std::move(callback)) {}

    // Until the completion has been delivered and the callback has returned.
    [[nodiscard]] bool IsInFlight() const noexcept { return busy_.load() > 0; }

    // Precondition: not in flight. An operation with a callback gives its completions to that alone.
    [[nodiscard]] Outcome& Last() noexcept { return last_; }

    // For PortRunner.
    void Begin();
    void Refuse(std::error_code error);
    void Complete(platform::IoResult& result);

private:
    const Callback callback_;
    std::atomic<bool> isArmed_ = false;  // submitted, not completed yet
    std::atomic<int> busy_ = 0;          // armed, plus callbacks that are running
    Outcome last_;
};

}  // namespace servercore::test
