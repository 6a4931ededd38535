// overlapped-event: the program no longer asks whether it may receive; it says where the bytes are to go and carries on. The system does
// the transfer, and sets an event when it is done: completion instead of readiness. Each operation has an OVERLAPPED, a buffer and an event
// that must stay where they are until then. One wait takes 64 events: one with which the accepting thread wakes the worker, and 63
// clients'.
#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "Tools/IoModelLab/Models/Models.h"
#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

constexpr std::size_t kMaxClients = WSA_MAXIMUM_WAIT_EVENTS - 1;
constexpr DWORD kLookMs = static_cast<DWORD>(Stop::kLookEvery.count());

class Event {
public:
    Event() : handle_(::WSACreateEvent()) {
        if (handle_ == WSA_INVALID_EVENT) {
            throw SystemFailure("WSACreateEvent", WSAGetLastError());
        }
    }
    ~Event() { ::WSACloseEvent(handle_); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    [[nodiscard]] WSAEVENT Get() const noexcept { return handle_; }

private:
    const WSAEVENT handle_;
};

// One operation is in flight, always: a receive, or the send of what came.
struct OverlappedClient : Client {
    using Client::Client;
    Event done;
    WSAOVERLAPPED overlapped{};
    bool isSending = false;
    char buffer[kReceiveBytes];
};

class Worker {
public:
    explicit Worker(ServeContext& context) : context_(context), thread_([this] { Run(); }) {}
    ~Worker() {
        leaving_ = true;
        thread_.join();
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // From the accepting thread. False: there is no event left to wait for it.
    bool Add(Socket connection, const Address& peer) {
        {
            const std::lock_guard lock(mutex_);
            if (size_ == kMaxClients) {
                return false;
            }
            ++size_;
            arrived_.push_back(std::make_unique<OverlappedClient>(std::move(connection), peer, context_.GetFraming()));
        }
        context_.Accepted();
        ::WSASetEvent(wake_.Get());
        return true;
    }

private:
    void Run() {
        std::vector<WSAEVENT> events;
        while (!context_.IsStopping() && !leaving_) {
            TakeArrived();
            events.assign(1, wake_.Get());
            for (const auto& client : clients_) {
                events.push_back(client->done.Get());
            }
            HandleDone(events);
        }
        TakeArrived();
        // What is in flight still writes to its buffer: first ask for its end, then wait for it.
        for (const auto& client : clients_) {
            ::CancelIoEx(reinterpret_cast<HANDLE>(client->socket.Get()), &client->overlapped);
            DWORD bytes = 0;
            DWORD flags = 0;
            ::WSAGetOverlappedResult(client->socket.Get(), &client->overlapped, &bytes, TRUE, &flags);
            context_.Stopped();
        }
    }

    void TakeArrived() {
        std::vector<std::unique_ptr<OverlappedClient>> arrived;
        {
            const std::lock_guard lock(mutex_);
            arrived.swap(arrived_);
        }
        for (auto& client : arrived) {
            if (BeginReceive(*client)) {
                clients_.push_back(std::move(client));
            } else {
                const std::lock_guard lock(mutex_);
                --size_;
            }
        }
    }

    // The wait names the first event that is set; those behind it have their turn as well, or a busy client at the front would starve them.
    void HandleDone(const std::vector<WSAEVENT>& events) {
        std::vector<OverlappedClient*> gone;
        DWORD wait = kLookMs;
        for (std::size_t first = 0; first < events.size();) {
            const auto count = static_cast<DWORD>(events.size() - first);
            const DWORD result = ::WSAWaitForMultipleEvents(count, &events[first], FALSE, wait, FALSE);
            if (result == WSA_WAIT_FAILED) {
                context_.Break(ErrorText("WSAWaitForMultipleEvents", WSAGetLastError()));
                break;
            }
            if (result == WSA_WAIT_TIMEOUT) {
                break;
            }
            const std::size_t ready = first + (result - WSA_WAIT_EVENT_0);
            if (ready == 0) {
                ::WSAResetEvent(wake_.Get());
            } else if (!OnDone(*clients_[ready - 1])) {
                gone.push_back(clients_[ready - 1].get());
            }
            first = ready + 1;
            wait = 0;
        }
        std::erase_if(clients_, [&](const auto& client) { return std::ranges::find(gone, client.get()) != gone.end(); });
        const std::lock_guard lock(mutex_);
        size_ -= gone.size();
    }

    // False: the client has gone, and nothing is in flight for it.
    bool OnDone(OverlappedClient& client) {
        DWORD bytes = 0;
        DWORD flags = 0;
        if (::WSAGetOverlappedResult(client.socket.Get(), &client.overlapped, &bytes, FALSE, &flags) == FALSE) {
            return context_.Failed(client, client.isSending ? "WSASend" : "WSARecv", WSAGetLastError());
        }
        if (client.isSending) {
            client.echo.Sent(static_cast<int>(bytes));
        } else if (bytes == 0) {
            return context_.Left(client);
        } else if (!context_.Take(client, client.buffer, static_cast<int>(bytes))) {
            return false;
        }
        return client.echo.HasUnsent() ? BeginSend(client) : BeginReceive(client);
    }

    bool BeginReceive(OverlappedClient& client) {
        WSABUF buffer{.len = kReceiveBytes, .buf = client.buffer};
        DWORD flags = 0;
        Prepare(client, false);
        return HasBegun(client, "WSARecv", ::WSARecv(client.socket.Get(), &buffer, 1, nullptr, &flags, &client.overlapped, nullptr));
    }

    bool BeginSend(OverlappedClient& client) {
        WSABUF buffer{.len = static_cast<ULONG>(client.echo.UnsentBytes()), .buf = const_cast<char*>(client.echo.Unsent())};
        Prepare(client, true);
        return HasBegun(client, "WSASend", ::WSASend(client.socket.Get(), &buffer, 1, nullptr, 0, &client.overlapped, nullptr));
    }

    static void Prepare(OverlappedClient& client, bool isSending) {
        ::WSAResetEvent(client.done.Get());
        client.overlapped = {};
        client.overlapped.hEvent = client.done.Get();
        client.isSending = isSending;
    }

    // Done at once (0) sets the event as well, so that both go one way.
    bool HasBegun(OverlappedClient& client, const char* call, int result) {
        const int error = result == 0 ? WSA_IO_PENDING : WSAGetLastError();
        return error == WSA_IO_PENDING || context_.Failed(client, call, error);
    }

    ServeContext& context_;
    const Event wake_;
    std::vector<std::unique_ptr<OverlappedClient>> clients_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<OverlappedClient>> arrived_;  // guarded by mutex_
    std::size_t size_ = 0;                                    // guarded by mutex_; with those that have arrived
    std::atomic<bool> leaving_ = false;
    std::thread thread_;
};

}  // namespace

void RunOverlappedEvent(ServeContext& context) {
    const Socket listener = context.OpenListener();
    const Stop::Hook wakeAccept(context.GetStop(), [&] { listener.Interrupt(); });
    Worker worker(context);
    while (!context.IsStopping()) {
        Address peer;
        Socket connection(::accept(listener.Get(), peer.Writable(), peer.WritableBytes()));
        if (!connection.IsOpen()) {
            context.AcceptFailed(WSAGetLastError());
        } else if (!worker.Add(std::move(connection), peer)) {
            context.Refused(peer, fmt::format("a wait takes {} events, and all are taken; use another --model", WSA_MAXIMUM_WAIT_EVENTS));
        }
    }
}

}  // namespace iolab
