// asyncselect: Windows tells a window what happens to a socket, one message per event, between the messages about mouse and keyboard. Made
// for programs that wait for messages anyway. All sockets share one queue and the thread that owns the window.
//
// Each kind of event is reported once, until the call that answers it enables it again: recv enables FD_READ, and a send that fails with
// WSAEWOULDBLOCK enables FD_WRITE.
#include <memory>
#include <unordered_map>
#include <utility>

#include "Tools/IoModelLab/Models/Models.h"
#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

constexpr UINT kSocketMessage = WM_APP;
constexpr UINT kStopMessage = WM_APP + 1;
constexpr const wchar_t* kClassName = L"IoModelLab.AsyncSelect";

struct WindowClient : Client {
    using Client::Client;
    bool readLater = false;  // there is something to receive, but the client must take what it asked for first
    bool closing = false;    // FD_CLOSE has come: no FD_READ will, whatever is left to receive
};

class Server {
public:
    explicit Server(ServeContext& context) : context_(context), listener_(context.OpenListener()), window_(MakeWindow()) {
        // Sets the listener, and the sockets it accepts, to non-blocking, too.
        Watch(listener_, FD_ACCEPT);
    }
    ~Server() { ::DestroyWindow(window_); }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void Run() {
        const Stop::Hook wake(context_.GetStop(), [this] { ::PostMessageW(window_, kStopMessage, 0, 0); });
        MSG message{};
        while (!context_.IsStopping() && ::GetMessageW(&message, nullptr, 0, 0) > 0) {
            ::DispatchMessageW(&message);
        }
        for (std::size_t i = 0; i < clients_.size(); ++i) {
            context_.Stopped();
        }
    }

private:
    static LRESULT CALLBACK OnMessage(HWND window, UINT message, WPARAM socket, LPARAM event) {
        if (message != kSocketMessage) {
            return ::DefWindowProcW(window, message, socket, event);
        }
        auto* server = reinterpret_cast<Server*>(::GetWindowLongPtrW(window, GWLP_USERDATA));
        server->OnSocket(static_cast<SOCKET>(socket), WSAGETSELECTEVENT(event), WSAGETSELECTERROR(event));
        return 0;
    }

    // A window that only gets messages: it is never shown and needs no desktop.
    HWND MakeWindow() {
        WNDCLASSW windowClass{};
        windowClass.lpfnWndProc = &Server::OnMessage;
        windowClass.hInstance = ::GetModuleHandleW(nullptr);
        windowClass.lpszClassName = kClassName;
        ::RegisterClassW(&windowClass);
        const HWND window = ::CreateWindowExW(0, kClassName, L"", 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, windowClass.hInstance, nullptr);
        if (window == nullptr) {
            throw SystemFailure("CreateWindowEx", static_cast<int>(::GetLastError()));
        }
        ::SetWindowLongPtrW(window, GWLP_USERDATA, reinterpret_cast<LONG_PTR>(this));
        return window;
    }

    void Watch(const Socket& socket, long events) {
        if (::WSAAsyncSelect(socket.Get(), window_, kSocketMessage, events) == SOCKET_ERROR) {
            throw SystemFailure("WSAAsyncSelect", WSAGetLastError());
        }
    }

    void OnSocket(SOCKET handle, int event, int error) {
        if (event == FD_ACCEPT) {
            error == 0 ? Accept() : context_.AcceptFailed(error);
            return;
        }
        const auto found = clients_.find(handle);
        if (found == clients_.end()) {
            return;  // a message that was in the queue when the socket was closed
        }
        WindowClient& client = *found->second;
        if (!(error == 0 ? OnEvent(client, event) : context_.Failed(client, EventName(event), error))) {
            clients_.erase(found);
        }
    }

    static const char* EventName(int event) { return event == FD_READ ? "FD_READ" : event == FD_WRITE ? "FD_WRITE" : "FD_CLOSE"; }

    void Accept() {
        Address peer;
        Socket connection(::accept(listener_.Get(), peer.Writable(), peer.WritableBytes()));
        if (!connection.IsOpen()) {
            if (const int error = WSAGetLastError(); error != WSAEWOULDBLOCK) {
                context_.AcceptFailed(error);
            }
            return;
        }
        context_.Accepted();
        Watch(connection, FD_READ | FD_WRITE | FD_CLOSE);
        const SOCKET handle = connection.Get();
        clients_[handle] = std::make_unique<WindowClient>(std::move(connection), peer, context_.GetFraming());
    }

    // False: the client has gone.
    bool OnEvent(WindowClient& client, int event) {
        client.closing |= event == FD_CLOSE;
        client.readLater |= event != FD_WRITE;
        if (client.echo.HasUnsent() && !Send(client)) {
            return false;
        }
        while (client.readLater && !client.echo.HasUnsent()) {
            // After FD_CLOSE until recv says that this was all; before, one recv for each FD_READ.
            client.readLater = client.closing;
            if (!Receive(client) || (client.echo.HasUnsent() && !Send(client))) {
                return false;
            }
        }
        return true;
    }

    bool Receive(WindowClient& client) {
        const int received = ::recv(client.socket.Get(), buffer_, kReceiveBytes, 0);
        if (received == SOCKET_ERROR) {
            const int error = WSAGetLastError();
            if (error != WSAEWOULDBLOCK) {
                return context_.Failed(client, "recv", error);
            }
            // Nothing after FD_CLOSE: there never will be.
            return !client.closing || context_.Left(client);
        }
        if (received == 0) {
            return context_.Left(client);
        }
        return context_.Take(client, buffer_, received);
    }

    bool Send(Client& client) {
        while (client.echo.HasUnsent()) {
            const int sent = ::send(client.socket.Get(), client.echo.Unsent(), client.echo.UnsentBytes(), 0);
            if (sent == SOCKET_ERROR) {
                const int error = WSAGetLastError();
                return error == WSAEWOULDBLOCK || context_.Failed(client, "send", error);
            }
            client.echo.Sent(sent);  // a short one is no WSAEWOULDBLOCK, and enables no FD_WRITE: go on
        }
        return true;
    }

    ServeContext& context_;
    Socket listener_;
    const HWND window_;
    std::unordered_map<SOCKET, std::unique_ptr<WindowClient>> clients_;
    char buffer_[kReceiveBytes];
};

}  // namespace

void RunAsyncSelect(ServeContext& context) {
    Server(context).Run();
}

}  // namespace iolab
