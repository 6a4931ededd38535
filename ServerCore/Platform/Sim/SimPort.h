#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "ServerCore/Platform/IoBackend.h"
#include "ServerCore/Platform/Sim/SimError.h"
#include "ServerCore/Platform/Sim/SimKernel.h"

namespace servercore::platform {

// How an operation ended, on its way to the handler.
struct SimCompletion {
    IoOperation* operation = nullptr;
    std::uint64_t subject = 0;  // the socket's number, for the trace
    SimError error = SimError::None;
    std::size_t bytes = 0;
    std::vector<std::byte> data;
    std::unique_ptr<Socket> accepted;
};

// A completion port of the simulation. Waiting for more than nothing is what moves time.
// Owner: IocpCore, or a test.  Threads: confined to the simulation's.
class SimPort final : public IoBackend {
public:
    explicit SimPort(SimKernel& kernel) noexcept : kernel_(kernel) {}
    ~SimPort() override;

    [[nodiscard]] std::error_code Attach(Socket& socket) override;
    [[nodiscard]] std::error_code Accept(Socket& listener, IoOperation& operation) override;
    [[nodiscard]] std::error_code Connect(Socket& socket, const NetAddress& peer, IoOperation& operation) override;
    [[nodiscard]] std::error_code Receive(Socket& socket, IoOperation& operation) override;
    [[nodiscard]] std::error_code Send(Socket& socket, std::span<const ConstBytes> buffers, IoOperation& operation) override;
    void Cancel(Socket& socket) override;
    std::size_t Wait(CompletionHandler& handler, std::chrono::milliseconds timeout) override;
    void Wake() override;

    // For sockets. The completion is delivered by a later Wait.
    void Complete(SimCompletion completion);
    void Detach() noexcept { --attached_; }

private:
    void Enqueue(SimCompletion completion);
    void TakeWake() noexcept;
    std::size_t DeliverBatch(CompletionHandler& handler);

    SimKernel& kernel_;
    std::deque<SimCompletion> ready_;
    std::size_t undelivered_ = 0;  // ready, or late
    std::size_t attached_ = 0;
    bool woken_ = false;
    bool waiting_ = false;
};

}  // namespace servercore::platform
