// poll: select with an array in the place of the sets: any number of descriptors with any numbers, and the question is not overwritten by
// the answer. Still the kernel is handed the whole array for each turn, and both sides look through all of it.
#include <poll.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "Tools/IoModelLab/Models/Models.h"
#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

using Buffer = std::array<char, kReceiveBytes>;

void Accept(ServeContext& context, const Socket& listener, std::vector<pollfd>& watched, std::vector<std::unique_ptr<Client>>& clients) {
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
    watched.push_back({.fd = connection.Get(), .events = POLLIN, .revents = 0});
    clients.push_back(std::make_unique<Client>(std::move(connection), peer, context.GetFraming()));
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

// A client with unsent bytes waits for room to send, and is read from again when they have left.
bool Serve(ServeContext& context, Client& client, pollfd& watch, Buffer& buffer) {
    if (!client.echo.HasUnsent() && !Receive(context, client, buffer)) {
        return false;
    }
    if (client.echo.HasUnsent() && !Send(context, client)) {
        return false;
    }
    watch.events = client.echo.HasUnsent() ? POLLOUT : POLLIN;
    return true;
}

}  // namespace

void RunPoll(ServeContext& context) {
    Socket listener = context.OpenListener();
    listener.SetNonBlocking();
    // Entry i + 1 is of client i; the first is the listener's.
    std::vector<pollfd> watched{{.fd = listener.Get(), .events = POLLIN, .revents = 0}};
    std::vector<std::unique_ptr<Client>> clients;
    Buffer buffer;
    while (!context.IsStopping()) {
        if (::poll(watched.data(), watched.size(), static_cast<int>(Stop::kLookEvery.count())) < 0 && errno != EINTR) {
            throw SystemFailure("poll", errno);
        }
        // Backwards, because the last one takes the place of one that has gone. Errors and the end of the stream are in revents even though
        // nobody asked for them, and recv or send says which it is.
        for (std::size_t i = clients.size(); i-- > 0;) {
            if (watched[i + 1].revents != 0 && !Serve(context, *clients[i], watched[i + 1], buffer)) {
                watched[i + 1] = watched.back();
                watched.pop_back();
                std::swap(clients[i], clients.back());
                clients.pop_back();
            }
        }
        if (watched.front().revents != 0) {
            Accept(context, listener, watched, clients);
        }
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
        context.Stopped();
    }
}

}  // namespace iolab
