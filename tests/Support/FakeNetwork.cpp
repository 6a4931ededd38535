#include "tests/Support/FakeNetwork.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace servercore::test {

namespace {

struct Finished {
    platform::IoOperation* operation = nullptr;
    platform::IoResult result;
    std::string data;
};

std::string AsString(ConstBytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

// The completion port. Its state is guarded by the network's mutex.
class FakePort final : public platform::IoBackend {
public:
    explicit FakePort(FakeNetwork& network) : network_(network) {
        const std::lock_guard lock(network_.mutex_);
        network_.ports_.push_back(this);
    }
    ~FakePort() override {
        const std::lock_guard lock(network_.mutex_);
        std::erase(network_.ports_, this);
        EXPECT_TRUE(ready_.empty()) << "the port was closed over undelivered completions";
        EXPECT_EQ(attached_, 0) << "the port was closed before a socket that is attached to it";
    }

    std::error_code Attach(platform::Socket& socket) override;
    std::error_code Accept(platform::Socket& listener, platform::IoOperation& operation) override;
    std::error_code Connect(platform::Socket& socket, const NetAddress& peer, platform::IoOperation& operation) override;
    std::error_code Receive(platform::Socket& socket, platform::IoOperation& operation) override;
    std::error_code Send(platform::Socket& socket, std::span<const ConstBytes> buffers, platform::IoOperation& operation) override;
    void Cancel(platform::Socket& socket) override;
    std::size_t Wait(platform::CompletionHandler& handler, std::chrono::milliseconds timeout) override;
    void Wake() override;

    void Push(Finished finished) {
        ready_.push_back(std::move(finished));
        network_.changed_.notify_all();
    }
    void Detach() noexcept { --attached_; }
    [[nodiscard]] bool IsIdle() const noexcept { return ready_.empty() && !woken_; }

private:
    template <class Start>
    std::error_code Submit(Call call, platform::Socket& socket, Start start);

    FakeNetwork& network_;
    std::deque<Finished> ready_;
    bool woken_ = false;
    int attached_ = 0;
};

// What the engine holds.
class FakeHandle final : public platform::Socket {
public:
    FakeHandle(FakeNetwork& network, FakeSocket& socket) : network_(network), socket_(socket) {}
    ~FakeHandle() override {
        static_cast<void>(network_.Enter(Call::Close, &socket_));
        socket_.Locked([this] {
            socket_.CancelAll();
            if (socket_.port_ != nullptr) {
                socket_.port_->Detach();
            }
        });
        network_.Leave(Call::Close, &socket_);
    }

    std::error_code ShutdownSend() override { return network_.Enter(Call::ShutdownSend, &socket_); }
    void AbortOnClose() override { static_cast<void>(network_.Enter(Call::AbortOnClose, &socket_)); }
    std::error_code SetOption(platform::SocketOption option, int value) override {
        const std::error_code error = network_.Enter(Call::SetOption, &socket_);
        if (!error) {
            socket_.Locked([&] { socket_.options_[option] = value; });
        }
        return error;
    }
    Result<int> GetOption(platform::SocketOption option) const override {
        return socket_.Locked([&] { return socket_.options_[option]; });
    }
    Result<NetAddress> LocalAddress() const override { return Address(Call::LocalAddress, socket_.local_); }
    Result<NetAddress> PeerAddress() const override { return Address(Call::PeerAddress, socket_.peer_); }

    [[nodiscard]] FakeSocket& Record() const noexcept { return socket_; }

private:
    [[nodiscard]] Result<NetAddress> Address(Call call, const NetAddress& address) const {
        if (const std::error_code error = network_.Enter(call, &socket_)) {
            return error;
        }
        return socket_.Locked([&] { return address; });
    }

    FakeNetwork& network_;
    FakeSocket& socket_;
};

// --- FakePort ----------------------------------------------------------------------------------------------------------

template <class Start>
std::error_code FakePort::Submit(Call call, platform::Socket& socket, Start start) {
    FakeSocket& record = static_cast<FakeHandle&>(socket).Record();
    std::error_code error = network_.Enter(call, &record);
    if (!error) {
        const std::lock_guard lock(network_.mutex_);
        EXPECT_EQ(record.port_, this) << "an operation on a socket that is not attached to this port";
        start(record);
    }
    network_.Leave(call, &record);
    return error;
}

std::error_code FakePort::Attach(platform::Socket& socket) {
    FakeSocket& record = static_cast<FakeHandle&>(socket).Record();
    if (const std::error_code error = network_.Enter(Call::Attach, &record)) {
        return error;
    }
    const std::lock_guard lock(network_.mutex_);
    EXPECT_EQ(std::exchange(record.port_, this), nullptr) << "attached twice";
    ++attached_;
    return {};
}

std::error_code FakePort::Accept(platform::Socket& listener, platform::IoOperation& operation) {
    return Submit(Call::Accept, listener, [&](FakeSocket& record) { record.accepts_.push_back(&operation); });
}

std::error_code FakePort::Connect(platform::Socket& socket, const NetAddress& peer, platform::IoOperation& operation) {
    return Submit(Call::Connect, socket, [&](FakeSocket& record) {
        EXPECT_EQ(std::exchange(record.connect_, &operation), nullptr);
        record.peer_ = peer;
    });
}

std::error_code FakePort::Receive(platform::Socket& socket, platform::IoOperation& operation) {
    return Submit(Call::Receive, socket, [&](FakeSocket& record) {
        EXPECT_EQ(std::exchange(record.receive_, &operation), nullptr) << "a second receive in flight (G3)";
    });
}

std::error_code FakePort::Send(platform::Socket& socket, std::span<const ConstBytes> buffers, platform::IoOperation& operation) {
    EXPECT_TRUE(!buffers.empty() && buffers.size() <= kMaxGather) << buffers.size() << " buffers in one send";
    EXPECT_TRUE(std::none_of(buffers.begin(), buffers.end(), [](ConstBytes buffer) { return buffer.empty(); }));
    return Submit(Call::Send, socket, [&](FakeSocket& record) {
        EXPECT_EQ(std::exchange(record.send_, &operation), nullptr) << "a second send in flight (G3)";
        record.offered_.assign(buffers.begin(), buffers.end());
    });
}

void FakePort::Cancel(platform::Socket& socket) {
    FakeSocket& record = static_cast<FakeHandle&>(socket).Record();
    static_cast<void>(network_.Enter(Call::Cancel, &record));
    {
        const std::lock_guard lock(network_.mutex_);
        EXPECT_EQ(record.port_, this) << "cancel on a socket that is not attached to this port";
        record.CancelAll();
    }
    network_.Leave(Call::Cancel, &record);
}

std::size_t FakePort::Wait(platform::CompletionHandler& handler, std::chrono::milliseconds timeout) {
    std::deque<Finished> batch;
    {
        std::unique_lock lock(network_.mutex_);
        network_.changed_.wait_for(lock, timeout, [this] { return woken_ || !ready_.empty(); });
        woken_ = false;
        batch.swap(ready_);
    }
    for (Finished& finished : batch) {
        finished.result.data = std::as_bytes(std::span(finished.data));
        handler.OnCompletion(*finished.operation, finished.result);
    }
    handler.OnBatchEnd();
    return batch.size();
}

void FakePort::Wake() {
    static_cast<void>(network_.Enter(Call::Wake, nullptr));
    {
        const std::lock_guard lock(network_.mutex_);
        woken_ = true;
        network_.changed_.notify_all();
    }
    network_.Leave(Call::Wake, nullptr);
}

// --- FakeSocket --------------------------------------------------------------------------------------------------------

platform::IoOperation* FakeSocket::TakeFromFlight(platform::IoOperation*& slot, const char* what) {
    if (slot == nullptr) {
        throw std::logic_error(std::string("the engine has no ") + what + " in flight");
    }
    return std::exchange(slot, nullptr);
}

void FakeSocket::Finish(platform::IoOperation& operation, std::error_code error, std::size_t bytes) {
    port_->Push({.operation = &operation, .result = {.error = error, .bytes = bytes, .data = {}, .accepted = nullptr}, .data = {}});
}

FakeSocket& FakeSocket::AcceptFrom(const NetAddress& peer) {
    return *Locked([&] {
        platform::IoOperation* oldest = accepts_.empty() ? nullptr : accepts_.front();
        platform::IoOperation* operation = TakeFromFlight(oldest, "accept");
        accepts_.pop_front();
        FakeSocket& accepted = network_.AddSocket(local_, peer);
        auto handle = std::make_unique<FakeHandle>(network_, accepted);
        port_->Push({.operation = operation, .result = {.error = {}, .bytes = 0, .data = {}, .accepted = std::move(handle)}, .data = {}});
        return &accepted;
    });
}

void FakeSocket::FailAccept(std::error_code error) {
    Locked([&] {
        platform::IoOperation* oldest = accepts_.empty() ? nullptr : accepts_.front();
        Finish(*TakeFromFlight(oldest, "accept"), error, 0);
        accepts_.pop_front();
    });
}

void FakeSocket::FinishConnect(std::error_code error) {
    Locked([&] { Finish(*TakeFromFlight(connect_, "connect"), error, 0); });
}

void FakeSocket::Deliver(std::string_view bytes) {
    Locked([&] {
        platform::IoOperation* operation = TakeFromFlight(receive_, "receive");
        port_->Push({.operation = operation,
                     .result = {.error = {}, .bytes = bytes.size(), .data = {}, .accepted = nullptr},
                     .data = std::string(bytes)});
    });
}

void FakeSocket::FailReceive(std::error_code error) {
    Locked([&] { Finish(*TakeFromFlight(receive_, "receive"), error, 0); });
}

void FakeSocket::TakeSend(std::size_t atMost) {
    FailSend({}, atMost);
}

void FakeSocket::FailSend(std::error_code error, std::size_t taken) {
    Locked([&] {
        platform::IoOperation* operation = TakeFromFlight(send_, "send");
        std::string bytes;
        for (const ConstBytes buffer : offered_) {
            bytes += AsString(buffer);
        }
        offered_.clear();
        taken = std::min(taken, bytes.size());
        taken_.append(bytes, 0, taken);
        Finish(*operation, error, taken);
    });
}

std::string FakeSocket::Offered() const {
    return Locked([this] {
        std::string bytes;
        for (const ConstBytes buffer : offered_) {
            bytes += AsString(buffer);
        }
        return bytes;
    });
}

std::size_t FakeSocket::Count(Call call) const {
    return Locked([&] { return static_cast<std::size_t>(std::count(calls_.begin(), calls_.end(), call)); });
}

void FakeSocket::CancelAll() {
    const std::error_code cancelled = std::make_error_code(std::errc::operation_canceled);
    for (platform::IoOperation** slot : {&connect_, &receive_, &send_}) {
        if (platform::IoOperation* operation = std::exchange(*slot, nullptr)) {
            Finish(*operation, cancelled, 0);
        }
    }
    for (platform::IoOperation* operation : std::exchange(accepts_, {})) {
        Finish(*operation, cancelled, 0);
    }
    offered_.clear();
}

// --- FakeNetwork -------------------------------------------------------------------------------------------------------

std::error_code FakeNetwork::Enter(Call call, FakeSocket* socket) {
    {
        const std::lock_guard lock(mutex_);
        ++counts_[call];
        if (socket != nullptr) {
            socket->calls_.push_back(call);
        }
    }
    if (const Hook hook = beforeCall) {  // a copy: a hook may replace itself
        hook(call, socket);
    }
    const std::lock_guard lock(mutex_);
    const auto failure = failures_.find(call);
    if (failure == failures_.end() || failure->second.times == 0) {
        return {};
    }
    if (failure->second.skip > 0) {
        --failure->second.skip;
        return {};
    }
    --failure->second.times;
    return failure->second.error;
}

void FakeNetwork::Leave(Call call, FakeSocket* socket) const {
    if (const Hook hook = afterCall) {
        hook(call, socket);
    }
}

void FakeNetwork::Fail(Call call, std::error_code error, std::size_t times, std::size_t skip) {
    const std::lock_guard lock(mutex_);
    failures_[call] = {.error = error, .skip = skip, .times = times};
}

FakeSocket& FakeNetwork::AddSocket(const NetAddress& local, const NetAddress& peer) {
    return sockets_.emplace_back(*this, mutex_, local, peer);
}

Result<std::unique_ptr<platform::IoBackend>> FakeNetwork::OpenPort() {
    if (const std::error_code error = Enter(Call::OpenPort, nullptr)) {
        return error;
    }
    return std::unique_ptr<platform::IoBackend>(std::make_unique<FakePort>(*this));
}

Result<std::unique_ptr<platform::Socket>> FakeNetwork::OpenListener(const NetAddress& address, const platform::ListenOptions&) {
    if (const std::error_code error = Enter(Call::OpenListener, nullptr)) {
        return error;
    }
    const std::lock_guard lock(mutex_);
    listeners_.push_back(&AddSocket(address.Port() != 0 ? address : address.WithPort(nextPort_++), {}));
    return std::unique_ptr<platform::Socket>(std::make_unique<FakeHandle>(*this, *listeners_.back()));
}

Result<std::unique_ptr<platform::Socket>> FakeNetwork::OpenStream(AddressFamily family, const std::optional<NetAddress>& local) {
    if (const std::error_code error = Enter(Call::OpenStream, nullptr)) {
        return error;
    }
    const std::lock_guard lock(mutex_);
    streams_.push_back(&AddSocket(local.value_or(NetAddress::Loopback(family, nextPort_++)), {}));
    return std::unique_ptr<platform::Socket>(std::make_unique<FakeHandle>(*this, *streams_.back()));
}

Result<std::vector<NetAddress>> FakeNetwork::Resolve(const std::string&, std::uint16_t) {
    return std::make_error_code(std::errc::address_not_available);
}

bool FakeNetwork::IsIdle() const {
    const std::lock_guard lock(mutex_);
    return std::all_of(ports_.begin(), ports_.end(), [](const FakePort* port) { return port->IsIdle(); });
}

FakeSocket& FakeNetwork::Listener(std::size_t index) {
    const std::lock_guard lock(mutex_);
    return *listeners_.at(index);
}

FakeSocket& FakeNetwork::Stream(std::size_t index) {
    const std::lock_guard lock(mutex_);
    return *streams_.at(index);
}

std::size_t FakeNetwork::Count(Call call) const {
    const std::lock_guard lock(mutex_);
    const auto count = counts_.find(call);
    return count == counts_.end() ? 0 : count->second;
}

}  // namespace servercore::test
