// overlapped-routine: no event, hence no 64: when an operation is done, Windows queues a call of a function of ours (a completion routine,
// an APC) to the thread that began it, and runs it when that thread waits alertably. No other thread can ever take the work over.
//
// In one variant the thread itself accepts, in turns with the alertable wait, and a new client is only seen when the wait ends. In the
// other one a second thread accepts and hands over, for the receives must be begun by the thread that is to run the routines.
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

// How long a new client waits at most, where the thread accepts by itself.
constexpr DWORD kTurnMs = 5;
constexpr DWORD kLookMs = static_cast<DWORD>(Stop::kLookEvery.count());

class RoutineClients;

// One operation is in flight, always: a receive, or the send of what came.
struct RoutineClient : Client {
    using Client::Client;

    // The routine gets nothing but the OVERLAPPED: what it needs stands behind it.
    struct Operation : WSAOVERLAPPED {
        RoutineClient* client;
    };
    Operation operation{};
    RoutineClients* owner = nullptr;
    char buffer[kReceiveBytes];
};

// Confined to the thread that waits alertably.
class RoutineClients {
public:
    explicit RoutineClients(ServeContext& context) : context_(context) {}

    void Add(Socket connection, const Address& peer) {
        auto client = std::make_unique<RoutineClient>(std::move(connection), peer, context_.GetFraming());
        client->operation.client = client.get();
        client->owner = this;
        if (BeginReceive(*client)) {
            RoutineClient* key = client.get();
            clients_[key] = std::move(client);
        }
    }

    // What is in flight still writes to its buffer: asks for its end, and lets the routines come.
    void End() {
        for (const auto& [key, client] : clients_) {
            ::CancelIoEx(reinterpret_cast<HANDLE>(client->socket.Get()), nullptr);
        }
        while (!clients_.empty()) {
            ::SleepEx(kLookMs, TRUE);
        }
    }

private:
    static void CALLBACK OnReceived(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD /*flags*/) {
        RoutineClient& client = *static_cast<RoutineClient::Operation*>(overlapped)->client;
        client.owner->EndUnless(client, client.owner->Receive(client, error, bytes));
    }

    static void CALLBACK OnSent(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD /*flags*/) {
        RoutineClient& client = *static_cast<RoutineClient::Operation*>(overlapped)->client;
        client.owner->EndUnless(client, client.owner->Send(client, error, bytes));
    }

    void EndUnless(RoutineClient& client, bool goesOn) {
        if (!goesOn) {
            clients_.erase(&client);
        }
    }

    // False: the client has gone, and nothing is in flight for it.
    bool Receive(RoutineClient& client, DWORD error, DWORD bytes) {
        if (error != 0) {
            return context_.Failed(client, "WSARecv", static_cast<int>(error));
        }
        if (bytes == 0 || context_.IsStopping()) {
            return context_.Left(client);
        }
        return context_.Take(client, client.buffer, static_cast<int>(bytes)) && BeginNext(client);
    }

    bool Send(RoutineClient& client, DWORD error, DWORD bytes) {
        if (error != 0) {
            return context_.Failed(client, "WSASend", static_cast<int>(error));
        }
        if (context_.IsStopping()) {
            return context_.Left(client);
        }
        client.echo.Sent(static_cast<int>(bytes));
        return BeginNext(client);
    }

    bool BeginNext(RoutineClient& client) { return client.echo.HasUnsent() ? BeginSend(client) : BeginReceive(client); }

    bool BeginReceive(RoutineClient& client) {
        WSABUF buffer{.len = kReceiveBytes, .buf = client.buffer};
        DWORD flags = 0;
        static_cast<WSAOVERLAPPED&>(client.operation) = {};
        return HasBegun(client, "WSARecv", ::WSARecv(client.socket.Get(), &buffer, 1, nullptr, &flags, &client.operation, &OnReceived));
    }

    bool BeginSend(RoutineClient& client) {
        WSABUF buffer{.len = static_cast<ULONG>(client.echo.UnsentBytes()), .buf = const_cast<char*>(client.echo.Unsent())};
        static_cast<WSAOVERLAPPED&>(client.operation) = {};
        return HasBegun(client, "WSASend", ::WSASend(client.socket.Get(), &buffer, 1, nullptr, 0, &client.operation, &OnSent));
    }

    // Done at once (0) calls the routine as well, at the next alertable wait.
    bool HasBegun(RoutineClient& client, const char* call, int result) {
        const int error = result == 0 ? WSA_IO_PENDING : WSAGetLastError();
        return error == WSA_IO_PENDING || context_.Failed(client, call, error);
    }

    ServeContext& context_;
    std::unordered_map<RoutineClient*, std::unique_ptr<RoutineClient>> clients_;
};

// What one thread has accepted and another one is to serve.
class Handover {
public:
    Handover() : arrived_(::WSACreateEvent()) {
        if (arrived_ == WSA_INVALID_EVENT) {
            throw SystemFailure("WSACreateEvent", WSAGetLastError());
        }
    }
    ~Handover() { ::WSACloseEvent(arrived_); }
    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;

    void Put(Socket connection, const Address& peer) {
        {
            const std::lock_guard lock(mutex_);
            connections_.emplace_back(std::move(connection), peer);
        }
        ::WSASetEvent(arrived_);
    }

    [[nodiscard]] std::vector<std::pair<Socket, Address>> TakeAll() {
        ::WSAResetEvent(arrived_);
        const std::lock_guard lock(mutex_);
        return std::exchange(connections_, {});
    }

    [[nodiscard]] WSAEVENT Arrived() const noexcept { return arrived_; }

private:
    const WSAEVENT arrived_;
    std::mutex mutex_;
    std::vector<std::pair<Socket, Address>> connections_;  // guarded by mutex_
};

// The thread that begins all operations, and therefore runs all routines.
void ServeHandedOver(ServeContext& context, Handover& handover) {
    RoutineClients clients(context);
    const WSAEVENT arrived = handover.Arrived();
    while (!context.IsStopping()) {
        // Ends when somebody has arrived, or when routines have run (WSA_WAIT_IO_COMPLETION).
        if (::WSAWaitForMultipleEvents(1, &arrived, FALSE, kLookMs, TRUE) == WSA_WAIT_EVENT_0) {
            for (auto& [connection, peer] : handover.TakeAll()) {
                clients.Add(std::move(connection), peer);
            }
        }
    }
    clients.End();
    for (std::size_t i = handover.TakeAll().size(); i > 0; --i) {
        context.Stopped();
    }
}

}  // namespace

void RunOverlappedRoutine(ServeContext& context) {
    Socket listener = context.OpenListener();
    listener.SetNonBlocking();
    RoutineClients clients(context);
    while (!context.IsStopping()) {
        Address peer;
        Socket connection(::accept(listener.Get(), peer.Writable(), peer.WritableBytes()));
        if (connection.IsOpen()) {
            context.Accepted();
            clients.Add(std::move(connection), peer);
        } else if (const int error = WSAGetLastError(); error != WSAEWOULDBLOCK) {
            context.AcceptFailed(error);
        } else {
            ::SleepEx(kTurnMs, TRUE);
        }
    }
    clients.End();
}

void RunOverlappedRoutineHandover(ServeContext& context) {
    const Socket listener = context.OpenListener();
    const Stop::Hook wakeAccept(context.GetStop(), [&] { listener.Interrupt(); });
    Handover handover;
    std::thread server([&] { ServeHandedOver(context, handover); });
    while (!context.IsStopping()) {
        Address peer;
        Socket connection(::accept(listener.Get(), peer.Writable(), peer.WritableBytes()));
        if (!connection.IsOpen()) {
            context.AcceptFailed(WSAGetLastError());
            continue;
        }
        context.Accepted();
        handover.Put(std::move(connection), peer);
    }
    server.join();
}

}  // namespace iolab
