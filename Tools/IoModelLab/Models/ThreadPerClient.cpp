// thread: the blocking model once per client. A thread accepts, and starts another one for each client, which waits for nobody else. What
// it costs is a stack per client, and a switch between threads for each message.
#include <array>
#include <atomic>
#include <list>
#include <thread>
#include <utility>

#include "Tools/IoModelLab/Models/Models.h"
#include "Tools/IoModelLab/Net/Errors.h"

#ifdef _WIN32
#include <process.h>
#endif

namespace iolab {

namespace {

bool SendAll(ServeContext& context, Client& client) {
    while (client.echo.HasUnsent()) {
        const int sent = send(client.socket.Get(), client.echo.Unsent(), client.echo.UnsentBytes(), 0);
        if (sent == SOCKET_ERROR) {
            return context.Failed(client, "send", WSAGetLastError());
        }
        client.echo.Sent(sent);
    }
    return true;
}

// False: the client has gone.
bool EchoOnce(ServeContext& context, Client& client, char* buffer) {
    const int received = recv(client.socket.Get(), buffer, kReceiveBytes, 0);
    if (received == SOCKET_ERROR) {
        return context.Failed(client, "recv", WSAGetLastError());
    }
    if (received == 0) {
        return context.Left(client);
    }
    return context.Take(client, buffer, received) && SendAll(context, client);
}

// A client and its thread. Destroying it waits for the thread.
class ClientThread {
public:
    ClientThread(ServeContext& context, Socket connection, const Address& peer)
        : context_(context), client_(std::move(connection), peer, context.GetFraming()) {
#ifdef _WIN32
        // Not CreateThread: the C run-time has things of its own to set up for each thread.
        thread_ = reinterpret_cast<HANDLE>(_beginthreadex(nullptr, 0, &ClientThread::Main, this, 0, nullptr));
        if (thread_ == nullptr) {
            throw SystemFailure(ErrorText("_beginthreadex", static_cast<int>(::GetLastError())));
        }
#else
        thread_ = std::thread([this] { Run(); });
#endif
    }

    ~ClientThread() {
#ifdef _WIN32
        ::WaitForSingleObject(thread_, INFINITE);
        ::CloseHandle(thread_);
#else
        thread_.join();
#endif
    }
    ClientThread(const ClientThread&) = delete;
    ClientThread& operator=(const ClientThread&) = delete;

    [[nodiscard]] bool HasEnded() const noexcept {
        return ended_.load();
    }

private:
    void Run() {
        {
            const Stop::Hook wake(context_.GetStop(), [this] { client_.socket.Interrupt(); });
            std::array<char, kReceiveBytes> buffer;
            while (EchoOnce(context_, client_, buffer.data())) {
            }
        }
        client_.socket = Socket();
        ended_ = true;
    }

#ifdef _WIN32
    static unsigned __stdcall Main(void* self) {
        static_cast<ClientThread*>(self)->Run();
        return 0;
    }
    HANDLE thread_ = nullptr;
#else
    std::thread thread_;
#endif
    ServeContext& context_;
    Client client_;
    std::atomic<bool> ended_ = false;
};

}  // namespace

void RunThreadPerClient(ServeContext& context) {
    const Socket listener = context.OpenListener();
    const Stop::Hook wakeAccept(context.GetStop(), [&] { listener.Interrupt(); });
    std::list<ClientThread> threads;
    while (!context.IsStopping()) {
        Address peer;
        Socket connection(::accept(listener.Get(), peer.Writable(), peer.WritableBytes()));
        if (!connection.IsOpen()) {
            context.AcceptFailed(WSAGetLastError());
            continue;
        }
        threads.remove_if([](const ClientThread& thread) { return thread.HasEnded(); });
        try {
            threads.emplace_back(context, std::move(connection), peer);
            context.Accepted();
        } catch (const std::exception& error) {
            context.Refused(peer, error.what());
        }
    }
}

}  // namespace iolab
