// The event-based overlapped client: WSASend and WSARecv return at once with WSA_IO_PENDING, the event says when they are done, and
// WSAGetOverlappedResult how they went. A client with a window to draw could wait for that among its messages.
#include "Tools/IoModelLab/Client/Connection.h"
#include "Tools/IoModelLab/Net/Errors.h"
#include "Tools/IoModelLab/Net/Socket.h"

namespace iolab {

namespace {

class OverlappedConnection final : public Connection {
public:
    explicit OverlappedConnection(const Address& server) : socket_(ConnectTo(server)), done_(::WSACreateEvent()) {
        if (done_ == WSA_INVALID_EVENT) {
            throw SystemFailure("WSACreateEvent", WSAGetLastError());
        }
    }
    ~OverlappedConnection() override { ::WSACloseEvent(done_); }

    void SendAll(std::string_view bytes) override {
        while (!bytes.empty()) {
            WSABUF buffer{.len = static_cast<ULONG>(bytes.size()), .buf = const_cast<char*>(bytes.data())};
            WSAOVERLAPPED overlapped = Begin();
            const int result = ::WSASend(socket_.Get(), &buffer, 1, nullptr, 0, &overlapped, nullptr);
            bytes.remove_prefix(Finish("WSASend", result, overlapped));
        }
    }

    std::string ReceiveExactly(std::size_t bytes) override {
        std::string received(bytes, '\0');
        for (std::size_t done = 0; done < bytes;) {
            WSABUF buffer{.len = static_cast<ULONG>(bytes - done), .buf = &received[done]};
            DWORD flags = 0;
            WSAOVERLAPPED overlapped = Begin();
            const int result = ::WSARecv(socket_.Get(), &buffer, 1, nullptr, &flags, &overlapped, nullptr);
            const std::size_t more = Finish("WSARecv", result, overlapped);
            if (more == 0) {
                throw SystemFailure("WSARecv: the server has closed the connection");
            }
            done += more;
        }
        return received;
    }

private:
    [[nodiscard]] WSAOVERLAPPED Begin() const {
        ::WSAResetEvent(done_);
        WSAOVERLAPPED overlapped{};
        overlapped.hEvent = done_;
        return overlapped;
    }

    // The OVERLAPPED and the buffer must stay until here.
    [[nodiscard]] std::size_t Finish(const char* call, int result, WSAOVERLAPPED& overlapped) const {
        if (result == SOCKET_ERROR && WSAGetLastError() != WSA_IO_PENDING) {
            throw SystemFailure(call, WSAGetLastError());
        }
        ::WSAWaitForMultipleEvents(1, &done_, FALSE, WSA_INFINITE, FALSE);
        DWORD bytes = 0;
        DWORD flags = 0;
        if (::WSAGetOverlappedResult(socket_.Get(), &overlapped, &bytes, FALSE, &flags) == FALSE) {
            throw SystemFailure(call, WSAGetLastError());
        }
        return bytes;
    }

    const Socket socket_;
    const WSAEVENT done_;
};

}  // namespace

std::unique_ptr<Connection> ConnectOverlapped(const Address& server) {
    return std::make_unique<OverlappedConnection>(server);
}

}  // namespace iolab
