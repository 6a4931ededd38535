#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

#include "ServerCore/Platform/Network.h"

namespace servercore::test {

class FakeNetwork;
class FakePort;

// What the engine can ask of the network and its sockets.
enum class Call {
    OpenPort,
    OpenListener,
    OpenStream,
    Attach,
    Accept,
    Connect,
    Receive,
    Send,
    Cancel,
    ShutdownSend,
    AbortOnClose,
    Close,
    SetOption,
    LocalAddress,
    PeerAddress,
    Wake
};

// A socket as the test sees it: the far end of a stream, or the line of clients before a listener. What the test makes complete is
// delivered by the next Wait. Completing what is not in flight throws, which fails the test.
// Owner: FakeNetwork, also after the engine has closed its side.  Threads: safe from any.
class FakeSocket {
public:
    FakeSocket(FakeNetwork& network, std::mutex& mutex, const NetAddress& local, const NetAddress& peer)
        : network_(network), mutex_(mutex), local_(local), peer_(peer) {}
    FakeSocket(const FakeSocket&) = delete;
    FakeSocket& operator=(const FakeSocket&) = delete;

    // Listeners: the oldest accept in flight ends.
    FakeSocket& AcceptFrom(const NetAddress& peer);
    void FailAccept(std::error_code error);

    // Streams.
    void FinishConnect(std::error_code error = {});
    void Deliver(std::string_view bytes);
    void EndStream() { Deliver({}); }
    void FailReceive(std::error_code error);
    void TakeSend(std::size_t atMost = std::numeric_limits<std::size_t>::max());
    void FailSend(std::error_code error, std::size_t taken = 0);

    [[nodiscard]] std::size_t Accepting() const {
        return Locked([this] { return accepts_.size(); });
    }
    [[nodiscard]] bool IsConnecting() const {
        return Locked([this] { return connect_ != nullptr; });
    }
    [[nodiscard]] bool IsReceiving() const {
        return Locked([this] { return receive_ != nullptr; });
    }
    [[nodiscard]] bool IsSending() const {
        return Locked([this] { return send_ != nullptr; });
    }

    // The bytes of the send in flight, and in how many buffers they came.
    [[nodiscard]] std::string Offered() const;
    [[nodiscard]] std::size_t Gathered() const {
        return Locked([this] { return offered_.size(); });
    }
    // The bytes taken so far.
    [[nodiscard]] std::string Taken() const {
        return Locked([this] { return taken_; });
    }

    // What the engine asked of this socket, in order.
    [[nodiscard]] std::vector<Call> Calls() const {
        return Locked([this] { return calls_; });
    }
    [[nodiscard]] std::size_t Count(Call call) const;
    [[nodiscard]] bool Saw(Call call) const { return Count(call) > 0; }
    [[nodiscard]] std::map<platform::SocketOption, int> Options() const {
        return Locked([this] { return options_; });
    }

    void SetLocalAddress(const NetAddress& address) {
        Locked([&] { local_ = address; });
    }

private:
    friend class FakeNetwork;
    friend class FakePort;
    friend class FakeHandle;

    template <class Function>
    auto Locked(Function function) const -> std::invoke_result_t<Function> {
        const std::lock_guard lock(mutex_);
        return function();
    }
    [[nodiscard]] platform::IoOperation* TakeFromFlight(platform::IoOperation*& slot, const char* what);
    void Finish(platform::IoOperation& operation, std::error_code error, std::size_t bytes);
    void CancelAll();

    FakeNetwork& network_;
    std::mutex& mutex_;  // the network's; guards all below
    FakePort* port_ = nullptr;
    NetAddress local_;
    NetAddress peer_;
    std::deque<platform::IoOperation*> accepts_;
    platform::IoOperation* connect_ = nullptr;
    platform::IoOperation* receive_ = nullptr;
    platform::IoOperation* send_ = nullptr;
    std::vector<ConstBytes> offered_;
    std::string taken_;
    std::vector<Call> calls_;
    std::map<platform::SocketOption, int> options_;
};

// A network in memory whose every event the test decides. It holds the engine to the seam's rules: a second receive in flight, an operation
// on a socket that is not attached, an empty buffer and the like fail the test.
// Owner: the test; outlives services.  Threads: safe from any, but for setting the hooks.
class FakeNetwork final : public platform::Network {
public:
    static constexpr std::size_t kAlways = std::numeric_limits<std::size_t>::max();

    [[nodiscard]] std::string_view Name() const noexcept override { return "fake"; }
    [[nodiscard]] Result<std::unique_ptr<platform::IoBackend>> OpenPort() override;
    [[nodiscard]] Result<std::unique_ptr<platform::Socket>> OpenListener(const NetAddress& address,
                                                                         const platform::ListenOptions& options) override;
    [[nodiscard]] Result<std::unique_ptr<platform::Socket>> OpenStream(AddressFamily family,
                                                                       const std::optional<NetAddress>& local = std::nullopt) override;
    [[nodiscard]] Result<std::vector<NetAddress>> Resolve(const std::string& host, std::uint16_t port) override;

    // The next `times` calls fail, after `skip` that do not. Only for calls that can fail.
    void Fail(Call call, std::error_code error, std::size_t times = kAlways, std::size_t skip = 0);
    void Fail(Call call, std::errc error, std::size_t times = kAlways, std::size_t skip = 0) {
        Fail(call, std::make_error_code(error), times, skip);
    }

    // Before a call has any effect, and before it returns. On the calling thread, without a lock. The socket is null where there is none.
    using Hook = std::function<void(Call, FakeSocket*)>;
    Hook beforeCall;
    Hook afterCall;

    // Opened by the engine, oldest first; accepted ones are not among them.
    [[nodiscard]] FakeSocket& Listener(std::size_t index = 0);
    [[nodiscard]] FakeSocket& Stream(std::size_t index = 0);
    [[nodiscard]] std::size_t Count(Call call) const;

    // No port has anything to deliver, or a wake that nobody has taken up.
    [[nodiscard]] bool IsIdle() const;

    // Internal, for the parts of the fake.
    [[nodiscard]] std::error_code Enter(Call call, FakeSocket* socket);
    void Leave(Call call, FakeSocket* socket) const;

private:
    friend class FakeSocket;
    friend class FakePort;

    struct Failure {
        std::error_code error;
        std::size_t skip = 0;
        std::size_t times = 0;
    };

    FakeSocket& AddSocket(const NetAddress& local, const NetAddress& peer);  // locked

    mutable std::mutex mutex_;  // guards all below, and all sockets and ports
    std::condition_variable changed_;
    std::deque<FakeSocket> sockets_;
    std::vector<FakeSocket*> listeners_;
    std::vector<FakeSocket*> streams_;
    std::vector<const FakePort*> ports_;
    std::map<Call, Failure> failures_;
    std::map<Call, std::size_t> counts_;
    std::uint16_t nextPort_ = 50000;
};

}  // namespace servercore::test
