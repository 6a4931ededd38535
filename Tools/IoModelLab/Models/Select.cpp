// select: the system says which sockets are ready, so the thread sleeps while none is. It must be told all of them each time, and looks
// through all of them afterwards; and the sets have a size that was fixed when the program was compiled.
//
// FD_SETSIZE: on Windows a set is an array of sockets, 64 unless the program says otherwise before winsock2.h: here 1024. On Linux it is a
// bit per descriptor number, and glibc fixes it at 1024: a descriptor with a higher number writes behind the set, so it must be refused.
#ifdef _WIN32
#define FD_SETSIZE 1024
#endif

#include <algorithm>
#include <array>
#include <chrono>
#include <list>
#include <utility>

#include <fmt/format.h>

#include "Tools/IoModelLab/Models/Models.h"
#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

using Buffer = std::array<char, kReceiveBytes>;

#ifdef _WIN32
// The listener has a place, too.
bool FitsIntoSet(const Socket& /*socket*/, std::size_t clients) {
    return clients + 1 < FD_SETSIZE;
}
#else
bool FitsIntoSet(const Socket& socket, std::size_t /*clients*/) {
    return socket.Get() < FD_SETSIZE;
}
#endif

void Accept(ServeContext& context, const Socket& listener, std::list<Client>& clients) {
    Address peer;
    Socket connection(::accept(listener.Get(), peer.Writable(), peer.WritableBytes()));
    if (!connection.IsOpen()) {
        // Ready a moment ago is no promise: the client may have gone since.
        if (const int error = WSAGetLastError(); error != WSAEWOULDBLOCK) {
            context.AcceptFailed(error);
        }
        return;
    }
    if (!FitsIntoSet(connection, clients.size())) {
        context.Refused(peer, fmt::format("a set of select has room for FD_SETSIZE = {} sockets; use another --model", FD_SETSIZE));
        return;
    }
    context.Accepted();
    connection.SetNonBlocking();
    clients.emplace_back(std::move(connection), peer, context.GetFraming());
}

// False: the client has gone.
bool Receive(ServeContext& context, Client& client, Buffer& buffer) {
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

bool Send(ServeContext& context, Client& client) {
    const int sent = send(client.socket.Get(), client.echo.Unsent(), client.echo.UnsentBytes(), 0);
    if (sent == SOCKET_ERROR) {
        const int error = WSAGetLastError();
        return error == WSAEWOULDBLOCK || context.Failed(client, "send", error);
    }
    client.echo.Sent(sent);
    return true;
}

// select writes its answer over the question, so that both sets are made anew for every turn: a client with unsent bytes waits to
// be written to, and is read from again when they have left.
SOCKET FillSets(const Socket& listener, const std::list<Client>& clients, fd_set& readSet, fd_set& writeSet) {
    FD_ZERO(&readSet);
    FD_ZERO(&writeSet);
    FD_SET(listener.Get(), &readSet);
    SOCKET highest = listener.Get();
    for (const Client& client : clients) {
        FD_SET(client.socket.Get(), client.echo.HasUnsent() ? &writeSet : &readSet);
        highest = std::max(highest, client.socket.Get());
    }
    return highest;
}

}  // namespace

void RunSelect(ServeContext& context) {
    Socket listener = context.OpenListener();
    listener.SetNonBlocking();
    std::list<Client> clients;
    Buffer buffer;
    while (!context.IsStopping()) {
        fd_set readSet;
        fd_set writeSet;
        const SOCKET highest = FillSets(listener, clients, readSet, writeSet);
        timeval limit{};
        limit.tv_usec = std::chrono::duration_cast<std::chrono::microseconds>(Stop::kLookEvery).count();
        // Windows ignores the first argument; elsewhere it is where the kernel stops looking.
        if (::select(static_cast<int>(highest) + 1, &readSet, &writeSet, nullptr, &limit) == SOCKET_ERROR) {
            throw SystemFailure("select", WSAGetLastError());
        }
        clients.remove_if([&](Client& client) {
            if (FD_ISSET(client.socket.Get(), &readSet)) {
                return !Receive(context, client, buffer) || (client.echo.HasUnsent() && !Send(context, client));
            }
            return FD_ISSET(client.socket.Get(), &writeSet) && !Send(context, client);
        });
        if (FD_ISSET(listener.Get(), &readSet)) {
            Accept(context, listener, clients);
        }
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
        context.Stopped();
    }
}

}  // namespace iolab
