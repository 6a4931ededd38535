#pragma once

#include <utility>

#include "Tools/IoModelLab/Net/Address.h"
#include "Tools/IoModelLab/Net/EchoBuffer.h"
#include "Tools/IoModelLab/Net/Socket.h"

namespace iolab {

// What every model keeps of a client. Its beginning turns Nagle's algorithm off, its end closes the socket.
// Owner: the model.  Threads: the model's.
struct Client {
    Client(Socket connection, const Address& address, const Framing& framing)
        : socket(std::move(connection)), peer(address), echo(framing) {
        SendWithoutDelay(socket);
    }

    Socket socket;
    const Address peer;
    EchoBuffer echo;
};

}  // namespace iolab
