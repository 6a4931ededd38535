// eventselect: as asyncselect, but Windows sets an event object instead of posting a message, so no window is needed, and any thread may
// wait for the events of many sockets. A wait takes 64 events at most: a group is a thread with one event to wake it and up to 63 clients,
// and when all groups are full there is another one.
#include <algorithm>
#include <atomic>
#include <iterator>
#include <list>
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

constexpr std::size_t kClientsPerGroup = WSA_MAXIMUM_WAIT_EVENTS - 1;
constexpr DWORD kLookMs = static_cast<DWORD>(Stop::kLookEvery.count());

class Event {
public:
    Event() : handle_(::WSACreateEvent()) {
        if (handle_ == WSA_INVALID_EVENT) {
            throw SystemFailure("WSACreateEvent", WSAGetLastError());
        }
    }
    Event(Event&& other) noexcept : handle_(std::exchange(other.handle_, WSA_INVALID_EVENT)) {}
    ~Event() {
        if (handle_ != WSA_INVALID_EVENT) {
            ::WSACloseEvent(handle_);
        }
    }
    [[nodiscard]] WSAEVENT Get() const noexcept { return handle_; }

private:
    WSAEVENT handle_;
};

// Makes the socket non-blocking, too. Each kind of event is reported once, until the call that answers it enables it again.
void Watch(const Socket& socket, const Event& event, long kinds) {
    if (::WSAEventSelect(socket.Get(), event.Get(), kinds) == SOCKET_ERROR) {
        throw SystemFailure("WSAEventSelect", WSAGetLastError());
    }
}

struct EventClient : Client {
    using Client::Client;
    Event event;
    bool readLater = false;  // there is something to receive, but the client must take what it asked for first
    bool closing = false;    // FD_CLOSE has come: no FD_READ will, whatever is left to receive
};

class Group {
public:
    explicit Group(ServeContext& context) : context_(context), thread_([this] { Run(); }) {}
    ~Group() {
        leaving_ = true;
        ::WSASetEvent(wake_.Get());
        thread_.join();
    }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    // From the accepting thread. False: full.
    bool Add(std::unique_ptr<EventClient>& client) {
        {
            const std::lock_guard lock(mutex_);
            if (size_ == kClientsPerGroup) {
                return false;
            }
            ++size_;
            arrived_.push_back(std::move(client));
        }
        ::WSASetEvent(wake_.Get());
        return true;
    }

private:
    void Run() {
        std::vector<WSAEVENT> events;
        while (!context_.IsStopping() && !leaving_) {
            events.assign(1, wake_.Get());
            for (const auto& client : clients_) {
                events.push_back(client->event.Get());
            }
            HandleReady(events);
            TakeArrived();
        }
        TakeArrived();
        for (std::size_t i = 0; i < clients_.size(); ++i) {
            context_.Stopped();
        }
    }

    // The wait names the first event that is set; those behind it have their turn as well, or a busy client at the front would starve them.
    void HandleReady(const std::vector<WSAEVENT>& events) {
        std::vector<EventClient*> gone;
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
            } else if (!OnEvent(*clients_[ready - 1])) {
                gone.push_back(clients_[ready - 1].get());
            }
            first = ready + 1;
            wait = 0;
        }
        const auto hasGone = [&](const auto& client) { return std::ranges::find(gone, client.get()) != gone.end(); };
        std::erase_if(clients_, hasGone);
        const std::lock_guard lock(mutex_);
        size_ -= gone.size();
    }

    void TakeArrived() {
        const std::lock_guard lock(mutex_);
        std::ranges::move(arrived_, std::back_inserter(clients_));
        arrived_.clear();
    }

    // False: the client has gone.
    bool OnEvent(EventClient& client) {
        WSANETWORKEVENTS happened{};
        // Says what, each with its own error, and resets the event.
        if (::WSAEnumNetworkEvents(client.socket.Get(), client.event.Get(), &happened) == SOCKET_ERROR) {
            return context_.Failed(client, "WSAEnumNetworkEvents", WSAGetLastError());
        }
        constexpr struct {
            long kind;
            int bit;
            const char* name;
        } kKinds[] = {{FD_READ, FD_READ_BIT, "FD_READ"}, {FD_WRITE, FD_WRITE_BIT, "FD_WRITE"}, {FD_CLOSE, FD_CLOSE_BIT, "FD_CLOSE"}};
        for (const auto& [kind, bit, name] : kKinds) {
            if ((happened.lNetworkEvents & kind) != 0 && happened.iErrorCode[bit] != 0) {
                return context_.Failed(client, name, happened.iErrorCode[bit]);
            }
        }
        client.closing |= (happened.lNetworkEvents & FD_CLOSE) != 0;
        client.readLater |= (happened.lNetworkEvents & (FD_READ | FD_CLOSE)) != 0;
        return Echo(client);
    }

    bool Echo(EventClient& client) {
        if (client.echo.HasUnsent() && !Send(client)) {
            return false;
        }
        while (client.readLater && !client.echo.HasUnsent()) {
            // After FD_CLOSE until recv says that this was all; before, one recv for each FD_READ.
            client.readLater = client.closing;
            if (!Receive(client) || (client.echo.HasUnsent() && !Send(client))) {
                return false;
            }
        }
        return true;
    }

    bool Receive(EventClient& client) {
        const int received = ::recv(client.socket.Get(), buffer_, kReceiveBytes, 0);
        if (received == SOCKET_ERROR) {
            const int error = WSAGetLastError();
            if (error != WSAEWOULDBLOCK) {
                return context_.Failed(client, "recv", error);
            }
            return !client.closing || context_.Left(client);
        }
        if (received == 0) {
            return context_.Left(client);
        }
        return context_.Take(client, buffer_, received);
    }

    bool Send(Client& client) {
        while (client.echo.HasUnsent()) {
            const int sent = ::send(client.socket.Get(), client.echo.Unsent(), client.echo.UnsentBytes(), 0);
            if (sent == SOCKET_ERROR) {
                const int error = WSAGetLastError();
                return error == WSAEWOULDBLOCK || context_.Failed(client, "send", error);
            }
            client.echo.Sent(sent);
        }
        return true;
    }

    ServeContext& context_;
    const Event wake_;
    std::vector<std::unique_ptr<EventClient>> clients_;
    char buffer_[kReceiveBytes];
    std::mutex mutex_;
    std::vector<std::unique_ptr<EventClient>> arrived_;  // guarded by mutex_
    std::size_t size_ = 0;                               // guarded by mutex_; with those that have arrived
    std::atomic<bool> leaving_ = false;
    std::thread thread_;
};

void Accept(ServeContext& context, const Socket& listener, std::list<Group>& groups) {
    Address peer;
    Socket connection(::accept(listener.Get(), peer.Writable(), peer.WritableBytes()));
    if (!connection.IsOpen()) {
        if (const int error = WSAGetLastError(); error != WSAEWOULDBLOCK) {
            context.AcceptFailed(error);
        }
        return;
    }
    context.Accepted();
    auto client = std::make_unique<EventClient>(std::move(connection), peer, context.GetFraming());
    // An accepted socket has the listener's event until it gets its own.
    Watch(client->socket, client->event, FD_READ | FD_WRITE | FD_CLOSE);
    if (std::ranges::none_of(groups, [&](Group& group) { return group.Add(client); })) {
        groups.emplace_back(context).Add(client);
        context.Log(fmt::format("eventselect: group {} of up to {} clients begins", groups.size(), kClientsPerGroup));
    }
}

}  // namespace

void RunEventSelect(ServeContext& context) {
    const Socket listener = context.OpenListener();
    const Event event;
    Watch(listener, event, FD_ACCEPT);
    std::list<Group> groups;
    const WSAEVENT handle = event.Get();
    while (!context.IsStopping()) {
        if (::WSAWaitForMultipleEvents(1, &handle, FALSE, kLookMs, FALSE) != WSA_WAIT_EVENT_0) {
            continue;
        }
        WSANETWORKEVENTS happened{};
        if (::WSAEnumNetworkEvents(listener.Get(), event.Get(), &happened) == SOCKET_ERROR) {
            throw SystemFailure("WSAEnumNetworkEvents", WSAGetLastError());
        }
        if ((happened.lNetworkEvents & FD_ACCEPT) == 0) {
            continue;
        }
        if (happened.iErrorCode[FD_ACCEPT_BIT] != 0) {
            context.AcceptFailed(happened.iErrorCode[FD_ACCEPT_BIT]);
        } else {
            Accept(context, listener, groups);
        }
    }
}

}  // namespace iolab
