// iocp: completions go to a queue of their own, the port, and any of several threads takes the next one: no limit to the number of clients,
// no thread that alone may do the work, and Windows keeps as many threads running as there are processors. A thread accepts; twice as many
// as there are processors serve. Plain calls, nothing of ServerCore.
#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "Tools/IoModelLab/Models/Models.h"
#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

// One operation is in flight, always: a receive, or the send of what came. So one thread at a time has the client, and no lock is needed.
struct IocpClient : Client {
    using Client::Client;

    // The port hands back the OVERLAPPED: what belongs to the operation stands behind it.
    struct Operation : WSAOVERLAPPED {
        IocpClient* client;
        bool isSend;
    };
    Operation operation{};
    char buffer[kReceiveBytes];
};

class Port {
public:
    explicit Port(ServeContext& context) : context_(context), port_(::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)) {
        if (port_ == nullptr) {
            throw SystemFailure("CreateIoCompletionPort", static_cast<int>(::GetLastError()));
        }
        const unsigned workers = 2 * std::max(1U, std::thread::hardware_concurrency());
        for (unsigned i = 0; i < workers; ++i) {
            workers_.emplace_back([this] { Work(); });
        }
    }

    ~Port() {
        EndClients();
        // Not by closing the port: a thread that waits there need not notice.
        for (std::size_t i = 0; i < workers_.size(); ++i) {
            ::PostQueuedCompletionStatus(port_, 0, 0, nullptr);
        }
        for (std::thread& worker : workers_) {
            worker.join();
        }
        ::CloseHandle(port_);
    }
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    void Add(Socket connection, const Address& peer) {
        const SOCKET socket = connection.Get();
        auto owned = std::make_unique<IocpClient>(std::move(connection), peer, context_.GetFraming());
        IocpClient& client = *owned;
        client.operation.client = &client;
        {
            const std::lock_guard lock(mutex_);
            clients_[&client] = std::move(owned);
        }
        // From now on each completion of the socket is queued here, with the socket itself as the key.
        if (::CreateIoCompletionPort(reinterpret_cast<HANDLE>(socket), port_, socket, 0) == nullptr) {
            context_.Failed(client, "CreateIoCompletionPort", static_cast<int>(::GetLastError()));
            Remove(client);
        } else if (!BeginReceive(socket, client)) {
            Remove(client);
        }
    }

private:
    void Work() {
        while (true) {
            DWORD bytes = 0;
            ULONG_PTR key = 0;
            LPOVERLAPPED overlapped = nullptr;
            const BOOL succeeded = ::GetQueuedCompletionStatus(port_, &bytes, &key, &overlapped, INFINITE);
            if (overlapped == nullptr) {
                return;  // posted by the destructor; nothing else brings a completion of nothing
            }
            IocpClient& client = *static_cast<IocpClient::Operation*>(overlapped)->client;
            const auto socket = static_cast<SOCKET>(key);
            if (!(succeeded == FALSE ? Fail(socket, client) : OnDone(socket, client, bytes))) {
                Remove(client);
            }
        }
    }

    // The port tells a Windows error; what happened to the connection is what Winsock says.
    bool Fail(SOCKET socket, IocpClient& client) {
        DWORD bytes = 0;
        DWORD flags = 0;
        ::WSAGetOverlappedResult(socket, &client.operation, &bytes, FALSE, &flags);
        return context_.Failed(client, client.operation.isSend ? "WSASend" : "WSARecv", WSAGetLastError());
    }

    // False: the client has gone, and nothing is in flight for it.
    bool OnDone(SOCKET socket, IocpClient& client, DWORD bytes) {
        if (context_.IsStopping()) {
            return context_.Left(client);
        }
        if (client.operation.isSend) {
            client.echo.Sent(static_cast<int>(bytes));
        } else if (bytes == 0) {
            return context_.Left(client);
        } else if (!context_.Take(client, client.buffer, static_cast<int>(bytes))) {
            return false;
        }
        return client.echo.HasUnsent() ? BeginSend(socket, client) : BeginReceive(socket, client);
    }

    // After these have returned, another thread may have the client.
    bool BeginReceive(SOCKET socket, IocpClient& client) {
        WSABUF buffer{.len = kReceiveBytes, .buf = client.buffer};
        DWORD flags = 0;
        static_cast<WSAOVERLAPPED&>(client.operation) = {};
        client.operation.isSend = false;
        return HasBegun(client, "WSARecv", ::WSARecv(socket, &buffer, 1, nullptr, &flags, &client.operation, nullptr));
    }

    bool BeginSend(SOCKET socket, IocpClient& client) {
        WSABUF buffer{.len = static_cast<ULONG>(client.echo.UnsentBytes()), .buf = const_cast<char*>(client.echo.Unsent())};
        static_cast<WSAOVERLAPPED&>(client.operation) = {};
        client.operation.isSend = true;
        return HasBegun(client, "WSASend", ::WSASend(socket, &buffer, 1, nullptr, 0, &client.operation, nullptr));
    }

    // Done at once (0) queues a completion as well.
    bool HasBegun(IocpClient& client, const char* call, int result) {
        const int error = result == 0 ? WSA_IO_PENDING : WSAGetLastError();
        return error == WSA_IO_PENDING || context_.Failed(client, call, error);
    }

    void Remove(IocpClient& client) {
        const std::lock_guard lock(mutex_);
        clients_.erase(&client);
        removed_.notify_all();
    }

    // Cancels what is in flight until all completions have come. Again and again, because a worker may just be beginning another operation.
    void EndClients() {
        std::unique_lock lock(mutex_);
        while (!clients_.empty()) {
            for (const auto& [key, client] : clients_) {
                ::CancelIoEx(reinterpret_cast<HANDLE>(client->socket.Get()), nullptr);
            }
            removed_.wait_for(lock, Stop::kLookEvery, [this] { return clients_.empty(); });
        }
    }

    ServeContext& context_;
    const HANDLE port_;
    std::mutex mutex_;
    std::condition_variable removed_;
    std::unordered_map<IocpClient*, std::unique_ptr<IocpClient>> clients_;  // guarded by mutex_
    std::vector<std::thread> workers_;
};

}  // namespace

void RunIocp(ServeContext& context) {
    const Socket listener = context.OpenListener();
    const Stop::Hook wakeAccept(context.GetStop(), [&] { listener.Interrupt(); });
    Port port(context);
    while (!context.IsStopping()) {
        Address peer;
        Socket connection(::accept(listener.Get(), peer.Writable(), peer.WritableBytes()));
        if (!connection.IsOpen()) {
            context.AcceptFailed(WSAGetLastError());
            continue;
        }
        context.Accepted();
        port.Add(std::move(connection), peer);
    }
}

}  // namespace iolab
