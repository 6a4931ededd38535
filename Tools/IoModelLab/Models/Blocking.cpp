// blocking: one thread, which waits in accept, then in recv and send with that client until it leaves. Meanwhile everybody else waits in
// the listener's queue: connected, as far as they know, but unheard.
#include <array>
#include <utility>

#include "Tools/IoModelLab/Models/Models.h"

namespace iolab {

namespace {

using Buffer = std::array<char, kReceiveBytes>;

bool SendAll(ServeContext& context, Client& client) {
    while (client.echo.HasUnsent()) {
        // Waits until the system has taken all of it; but a signal, or a stop, may cut it short.
        const int sent = send(client.socket.Get(), client.echo.Unsent(), client.echo.UnsentBytes(), 0);
        if (sent == SOCKET_ERROR) {
            return context.Failed(client, "send", WSAGetLastError());
        }
        client.echo.Sent(sent);
    }
    return true;
}

// False: the client has gone.
bool EchoOnce(ServeContext& context, Client& client, Buffer& buffer) {
    const int received = recv(client.socket.Get(), buffer.data(), kReceiveBytes, 0);
    if (received == SOCKET_ERROR) {
        return context.Failed(client, "recv", WSAGetLastError());
    }
    if (received == 0) {
        return context.Left(client);
    }
    return context.Take(client, buffer.data(), received) && SendAll(context, client);
}

}  // namespace

void RunBlocking(ServeContext& context) {
    const Socket listener = context.OpenListener();
    const Stop::Hook wakeAccept(context.GetStop(), [&] { listener.Interrupt(); });
    Buffer buffer;
    while (!context.IsStopping()) {
        Address peer;
        Socket connection(::accept(listener.Get(), peer.Writable(), peer.WritableBytes()));
        if (!connection.IsOpen()) {
            context.AcceptFailed(WSAGetLastError());
            continue;
        }
        context.Accepted();
        Client client(std::move(connection), peer, context.GetFraming());
        const Stop::Hook wakeClient(context.GetStop(), [&] { client.socket.Interrupt(); });
        while (EchoOnce(context, client, buffer)) {
        }
    }
}

}  // namespace iolab
