// The blocking client: every call waits until it is done.
#include "Tools/IoModelLab/Client/Connection.h"
#include "Tools/IoModelLab/Net/Errors.h"
#include "Tools/IoModelLab/Net/Socket.h"

namespace iolab {

namespace {

class BlockingConnection final : public Connection {
public:
    explicit BlockingConnection(const Address& server) : socket_(ConnectTo(server)) {}

    void SendAll(std::string_view bytes) override {
        while (!bytes.empty()) {
            const int sent = send(socket_.Get(), bytes.data(), static_cast<int>(bytes.size()), 0);
            if (sent == SOCKET_ERROR) {
                throw SystemFailure("send", WSAGetLastError());
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    std::string ReceiveExactly(std::size_t bytes) override {
        std::string received(bytes, '\0');
        // TCP returns what there is, which may be a part.
        for (std::size_t done = 0; done < bytes;) {
            const int more = recv(socket_.Get(), &received[done], static_cast<int>(bytes - done), 0);
            if (more == SOCKET_ERROR) {
                throw SystemFailure("recv", WSAGetLastError());
            }
            if (more == 0) {
                throw SystemFailure("recv: the server has closed the connection");
            }
            done += static_cast<std::size_t>(more);
        }
        return received;
    }

private:
    const Socket socket_;
};

}  // namespace

std::unique_ptr<Connection> ConnectBlocking(const Address& server) {
    return std::make_unique<BlockingConnection>(server);
}

}  // namespace iolab
