#include "tests/Memory/SparedNetwork.h"

#include <utility>

#include "tests/Memory/FailingAllocation.h"

namespace servercore::test {

namespace {

using platform::IoOperation;
using platform::Socket;

class SparedSocket final : public Socket {
public:
    explicit SparedSocket(std::unique_ptr<Socket> socket) noexcept : socket_(std::move(socket)) {}
    ~SparedSocket() override {
        const SparedAllocations spared;
        socket_.reset();
    }

    std::error_code ShutdownSend() override {
        const SparedAllocations spared;
        return socket_->ShutdownSend();
    }
    void AbortOnClose() override { socket_->AbortOnClose(); }
    std::error_code SetOption(platform::SocketOption option, int value) override { return socket_->SetOption(option, value); }
    Result<int> GetOption(platform::SocketOption option) const override { return socket_->GetOption(option); }
    Result<NetAddress> LocalAddress() const override { return socket_->LocalAddress(); }
    Result<NetAddress> PeerAddress() const override { return socket_->PeerAddress(); }

    [[nodiscard]] static Socket& Of(Socket& socket) noexcept { return *static_cast<SparedSocket&>(socket).socket_; }

private:
    std::unique_ptr<Socket> socket_;
};

std::unique_ptr<Socket> Spare(std::unique_ptr<Socket> socket) {
    return socket == nullptr ? nullptr : std::make_unique<SparedSocket>(std::move(socket));
}

// The engine's handler, whose allocations count although the backend that calls it is spared.
class ExposedHandler final : public platform::CompletionHandler {
public:
    explicit ExposedHandler(CompletionHandler& handler) noexcept : handler_(handler) {}

    void OnCompletion(IoOperation& operation, platform::IoResult& result) noexcept override {
        result.accepted = Spare(std::move(result.accepted));
        const SparedAllocations exposed(false);
        handler_.OnCompletion(operation, result);
    }
    void OnBatchEnd() noexcept override {
        const SparedAllocations exposed(false);
        handler_.OnBatchEnd();
    }

private:
    CompletionHandler& handler_;
};

class SparedPort final : public platform::IoBackend {
public:
    explicit SparedPort(std::unique_ptr<IoBackend> port) noexcept : port_(std::move(port)) {}

    std::error_code Attach(Socket& socket) override {
        return Take([&] { return port_->Attach(SparedSocket::Of(socket)); });
    }
    std::error_code Accept(Socket& listener, IoOperation& operation) override {
        return Take([&] { return port_->Accept(SparedSocket::Of(listener), operation); });
    }
    std::error_code Connect(Socket& socket, const NetAddress& peer, IoOperation& operation) override {
        return Take([&] { return port_->Connect(SparedSocket::Of(socket), peer, operation); });
    }
    std::error_code Receive(Socket& socket, IoOperation& operation) override {
        return Take([&] { return port_->Receive(SparedSocket::Of(socket), operation); });
    }
    std::error_code Send(Socket& socket, std::span<const ConstBytes> buffers, IoOperation& operation) override {
        return Take([&] { return port_->Send(SparedSocket::Of(socket), buffers, operation); });
    }
    void Cancel(Socket& socket) override {
        const SparedAllocations spared;
        port_->Cancel(SparedSocket::Of(socket));
    }
    std::size_t Wait(platform::CompletionHandler& handler, std::chrono::milliseconds timeout) override {
        const SparedAllocations spared;
        ExposedHandler exposed(handler);
        return port_->Wait(exposed, timeout);
    }
    void Wake() override {
        const SparedAllocations spared;
        port_->Wake();
    }

private:
    template <class Call>
    std::error_code Take(Call call) {
        FailingAllocation::Count();
        const SparedAllocations spared;
        return call();
    }

    std::unique_ptr<IoBackend> port_;
};

}  // namespace

Result<std::unique_ptr<platform::IoBackend>> SparedNetwork::OpenPort() {
    const SparedAllocations spared;
    Result<std::unique_ptr<platform::IoBackend>> port = network_.OpenPort();
    if (!port) {
        return port.error();
    }
    return std::unique_ptr<platform::IoBackend>(std::make_unique<SparedPort>(*std::move(port)));
}

Result<std::unique_ptr<Socket>> SparedNetwork::OpenListener(const NetAddress& address, const platform::ListenOptions& options) {
    const SparedAllocations spared;
    Result<std::unique_ptr<Socket>> socket = network_.OpenListener(address, options);
    if (!socket) {
        return socket.error();
    }
    return Spare(*std::move(socket));
}

Result<std::unique_ptr<Socket>> SparedNetwork::OpenStream(AddressFamily family, const std::optional<NetAddress>& local) {
    FailingAllocation::Count();
    const SparedAllocations spared;
    Result<std::unique_ptr<Socket>> socket = network_.OpenStream(family, local);
    if (!socket) {
        return socket.error();
    }
    return Spare(*std::move(socket));
}

Result<std::vector<NetAddress>> SparedNetwork::Resolve(const std::string& host, std::uint16_t port) {
    const SparedAllocations spared;
    return network_.Resolve(host, port);
}

}  // namespace servercore::test
