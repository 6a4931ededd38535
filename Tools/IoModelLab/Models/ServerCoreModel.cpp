// servercore: the same service on the engine, as a title would write it: callbacks of a session, no socket in sight. Underneath are
// completion ports on Windows, and on Linux epoll presented as one.
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Net/Session.h"
#include "ServerCore/Platform/Network.h"
#include "Tools/IoModelLab/Models/Models.h"
#include "Tools/IoModelLab/Net/Errors.h"

namespace iolab {

namespace {

class EchoSession final : public servercore::Session {
public:
    EchoSession(ServeContext& context, servercore::SendBufferPool& buffers) : context_(context), buffers_(buffers) {}

private:
    void OnConnected() override {
        Address peer;
        static_cast<void>(peer.Set(PeerAddress().HostString(), PeerAddress().Port()));
        client_.emplace(Socket(), peer, context_.GetFraming());
        context_.Accepted();
    }

    void OnReceived(servercore::ConstBytes bytes) override {
        if (!context_.Take(*client_, reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size()))) {
            brokeFraming_ = true;
            Abort(servercore::CloseReason::MalformedPacket);
            return;
        }
        if (client_->echo.HasUnsent()) {
            servercore::SendBufferRef answer = buffers_.Allocate(static_cast<std::size_t>(client_->echo.UnsentBytes()));
            std::memcpy(answer->Writable().data(), client_->echo.Unsent(), answer->Size());
            client_->echo.Sent(client_->echo.UnsentBytes());
            Send(std::move(answer));
        }
    }

    // Who does not read is not read from.
    void OnSendBacklog(bool isHigh) override { isHigh ? PauseReceiving() : ResumeReceiving(); }

    void OnDisconnected(const servercore::CloseInfo& info) override {
        using servercore::CloseReason;
        if (brokeFraming_) {
            return;
        }
        if (info.reason == CloseReason::ServiceStopping) {
            context_.Stopped();
        } else if (info.reason == CloseReason::PeerClosed) {
            context_.Left(*client_);
        } else {
            context_.Failed(*client_, ToString(info.reason), info.error.value());
        }
    }

    ServeContext& context_;
    servercore::SendBufferPool& buffers_;
    std::optional<Client> client_;  // from OnConnected on; without a socket, which is the session's
    bool brokeFraming_ = false;
};

servercore::ServiceConfig Config() {
    servercore::ServiceConfig config;
    config.name = "servercore";
    config.maxSessions = 100'000;
    // Deadlines that the other models do not have.
    config.limits.firstPacketTimeout = std::chrono::milliseconds(0);
    config.limits.packetTimeout = std::chrono::milliseconds(0);
    config.limits.idleTimeout = std::chrono::milliseconds(0);
    config.limits.sendAge = std::chrono::milliseconds(0);
    config.stopTimeout = std::chrono::milliseconds(1000);
    return config;
}

}  // namespace

void RunServerCore(ServeContext& context) {
    const auto network = servercore::platform::OpenSystemNetwork();
    const auto address = servercore::NetAddress::Parse(context.ListenAddress().ToString());
    if (!network || !address) {
        throw SystemFailure("servercore: " + (network ? address.error() : network.error()).message());
    }
    const servercore::SteadyClock clock;
    auto log = servercore::Logger::ToStandardError("servercore", servercore::LogLevel::Warning);
    servercore::SendBufferPool* buffers = nullptr;
    servercore::ServerService service(
        **network, Config(), [&] { return std::make_shared<EchoSession>(context, *buffers); }, clock, log);
    buffers = &service.Buffers();
    if (const std::error_code error = service.Start({.address = *address, .options = {}})) {
        throw SystemFailure("cannot listen at " + context.ListenAddress().ToString() + ": " + error.message());
    }
    const Stop::Hook stop(context.GetStop(), [&] { service.Stop(); });
    context.SayReady(service.ListenAddress().ToString());
    while (service.Wait(std::chrono::hours(1)) != servercore::WaitResult::Stopped) {
    }
}

}  // namespace iolab
