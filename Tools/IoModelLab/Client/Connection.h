#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "Tools/IoModelLab/Net/Address.h"

namespace iolab {

// A client's connection: both calls wait until they are done, and throw SystemFailure when the connection breaks or the server ends it.
// Owner: the client command.  Threads: one.
class Connection {
public:
    Connection() = default;
    virtual ~Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    virtual void SendAll(std::string_view bytes) = 0;
    [[nodiscard]] virtual std::string ReceiveExactly(std::size_t bytes) = 0;
};

// connect, send, recv.
[[nodiscard]] std::unique_ptr<Connection> ConnectBlocking(const Address& server);

// WSASend and WSARecv with an event each (Windows).
[[nodiscard]] std::unique_ptr<Connection> ConnectOverlapped(const Address& server);

}  // namespace iolab
