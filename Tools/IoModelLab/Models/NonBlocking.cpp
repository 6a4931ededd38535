// nonblocking: one thread for everybody. No call waits: what cannot be done now fails with WSAEWOULDBLOCK and is tried again in the next
// turn. Nobody tells the thread when that makes sense, so it tries always, and burns a processor even while nobody says anything.
#include <array>
#include <list>
#include <utility>

#include "Tools/IoModelLab/Models/Models.h"

namespace iolab {

namespace {

using Buffer = std::array<char, kReceiveBytes>;

// All that wait to be accepted.
void AcceptAll(ServeContext& context, const Socket& listener, std::list<Client>& clients) {
    while (true) {
        Address peer;
        Socket connection(::accept(listener.Get(), peer.Writable(), peer.WritableBytes()));
        if (!connection.IsOpen()) {
            if (const int error = WSAGetLastError(); error != WSAEWOULDBLOCK) {
                context.AcceptFailed(error);
            }
            return;
        }
        context.Accepted();
        connection.SetNonBlocking();  // Windows sockets inherit it from the listener, Linux ones do not
        clients.emplace_back(std::move(connection), peer, context.GetFraming());
    }
}

// False: the client has gone.
bool TryReceive(ServeContext& context, Client& client, Buffer& buffer) {
    const int received = recv(client.socket.Get(), buffer.data(), kReceiveBytes, 0);
    if (received == SOCKET_ERROR) {
        const int error = WSAGetLastError();
        return error == WSAEWOULDBLOCK || context.Failed(client, "recv", error);
    }
    if (received == 0) {
        return context.Left(client);
    }
    return context.Take(client, buffer.data(), received);
}

// A short send leaves the rest for the next turn, a refused one all of it.
bool TrySend(ServeContext& context, Client& client) {
    const int sent = send(client.socket.Get(), client.echo.Unsent(), client.echo.UnsentBytes(), 0);
    if (sent == SOCKET_ERROR) {
        const int error = WSAGetLastError();
        return error == WSAEWOULDBLOCK || context.Failed(client, "send", error);
    }
    client.echo.Sent(sent);
    return true;
}

}  // namespace

void RunNonBlocking(ServeContext& context) {
    Socket listener = context.OpenListener();
    listener.SetNonBlocking();
    std::list<Client> clients;
    Buffer buffer;
    while (!context.IsStopping()) {
        AcceptAll(context, listener, clients);
        clients.remove_if([&](Client& client) {
            // Who does not read what it asked for is not asked for more.
            return client.echo.HasUnsent() ? !TrySend(context, client) : !TryReceive(context, client, buffer);
        });
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
        context.Stopped();
    }
}

}  // namespace iolab
