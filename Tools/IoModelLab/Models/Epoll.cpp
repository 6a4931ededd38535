// epoll: the kernel keeps the set between the calls, and a call returns only what is ready, so that a turn costs as much as there is to do,
// not as much as there are clients. Level-triggered: what is not taken up now is reported again.
#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <list>
#include <utility>

#include "Tools/IoModelLab/Models/Models.h"
#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

constexpr int kEventsPerTurn = 64;
using Buffer = std::array<char, kReceiveBytes>;

struct EpollClient : Client {
    using Client::Client;
    std::list<EpollClient>::iterator place;
    std::uint32_t watchedFor = 0;
};

// A descriptor; sockets are descriptors on Linux, and this one is closed like them.
Socket OpenEpoll() {
    Socket epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.IsOpen()) {
        throw SystemFailure("epoll_create1", errno);
    }
    return epoll;
}

void Watch(const Socket& epoll, int operation, int fd, std::uint32_t events, void* context) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = context;
    if (::epoll_ctl(epoll.Get(), operation, fd, &event) != 0) {
        throw SystemFailure("epoll_ctl", errno);
    }
}

void Accept(ServeContext& context, const Socket& epoll, const Socket& listener, std::list<EpollClient>& clients) {
    Address peer;
    Socket connection(::accept(listener.Get(), peer.Writable(), peer.WritableBytes()));
    if (!connection.IsOpen()) {
        if (errno != EWOULDBLOCK) {
            context.AcceptFailed(errno);
        }
        return;
    }
    context.Accepted();
    connection.SetNonBlocking();
    EpollClient& client = clients.emplace_back(std::move(connection), peer, context.GetFraming());
    client.place = std::prev(clients.end());
    client.watchedFor = EPOLLIN;
    Watch(epoll, EPOLL_CTL_ADD, client.socket.Get(), EPOLLIN, &client);
}

// False: the client has gone.
bool Receive(ServeContext& context, Client& client, Buffer& buffer) {
    const int received = recv(client.socket.Get(), buffer.data(), kReceiveBytes, 0);
    if (received < 0) {
        return errno == EWOULDBLOCK || context.Failed(client, "recv", errno);
    }
    if (received == 0) {
        return context.Left(client);
    }
    return context.Take(client, buffer.data(), received);
}

bool Send(ServeContext& context, Client& client) {
    const int sent = send(client.socket.Get(), client.echo.Unsent(), client.echo.UnsentBytes(), 0);
    if (sent < 0) {
        return errno == EWOULDBLOCK || context.Failed(client, "send", errno);
    }
    client.echo.Sent(sent);
    return true;
}

bool Serve(ServeContext& context, const Socket& epoll, EpollClient& client, Buffer& buffer) {
    if (!client.echo.HasUnsent() && !Receive(context, client, buffer)) {
        return false;
    }
    if (client.echo.HasUnsent() && !Send(context, client)) {
        return false;
    }
    // Told only when it changes: most answers leave at once, and cost no epoll_ctl.
    const std::uint32_t wanted = client.echo.HasUnsent() ? EPOLLOUT : EPOLLIN;
    if (wanted != client.watchedFor) {
        Watch(epoll, EPOLL_CTL_MOD, client.socket.Get(), wanted, &client);
        client.watchedFor = wanted;
    }
    return true;
}

}  // namespace

void RunEpoll(ServeContext& context) {
    Socket listener = context.OpenListener();
    listener.SetNonBlocking();
    const Socket epoll = OpenEpoll();
    Watch(epoll, EPOLL_CTL_ADD, listener.Get(), EPOLLIN, nullptr);
    std::list<EpollClient> clients;
    std::array<epoll_event, kEventsPerTurn> events;
    Buffer buffer;
    while (!context.IsStopping()) {
        const int ready = ::epoll_wait(epoll.Get(), events.data(), kEventsPerTurn, static_cast<int>(Stop::kLookEvery.count()));
        if (ready < 0 && errno != EINTR) {
            throw SystemFailure("epoll_wait", errno);
        }
        for (int i = 0; i < ready; ++i) {
            auto* client = static_cast<EpollClient*>(events[static_cast<std::size_t>(i)].data.ptr);
            if (client == nullptr) {
                Accept(context, epoll, listener, clients);
            } else if (!Serve(context, epoll, *client, buffer)) {
                clients.erase(client->place);  // closing the socket takes it out of the set
            }
        }
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
        context.Stopped();
    }
}

}  // namespace iolab
