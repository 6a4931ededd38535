#include "ServerCore/Net/ServerService.h"

#include <exception>
#include <utility>

namespace servercore {

ServerService::ServerService(platform::Network& network, ServiceConfig config, SessionFactory factory, const Clock& clock, Logger& log)
    : Service(network, std::move(config), clock, log), factory_(std::move(factory)) {}

ServerService::~ServerService() {
    StopAndJoin();
}

std::error_code ServerService::Start(const ListenConfig& listen) {
    Result<std::unique_ptr<platform::Socket>> socket = GetNetwork().OpenListener(listen.address, listen.options);
    if (!socket) {
        return socket.error();
    }
    const Result<NetAddress> address = (*socket)->LocalAddress();
    if (!address) {
        return address.error();
    }
    address_ = *address;
    if (const std::error_code error = OpenPorts()) {
        return error;
    }
    ListenerHost& host = *this;
    listener_ = std::make_shared<Listener>(FirstCore(), host, *std::move(socket), listen.acceptDepth, GetClock(), Log());
    if (const std::error_code error = listener_->Start()) {
        listener_.reset();  // it has nothing to stop, and would never report that it has
        return error;
    }
    StartWorkers();
    return {};
}

ListenerHost::Answer ServerService::OnAccepted(std::unique_ptr<platform::Socket> socket) {
    const Result<NetAddress> peer = socket->PeerAddress();
    if (!peer) {
        return Answer::GoOn;  // gone already
    }
    const ConnectionGate::Verdict verdict = IsStopping() ? ConnectionGate::Verdict::ServiceFull : Gate().TryEnter(*peer);
    if (verdict != ConnectionGate::Verdict::Admitted) {
        CountRefused();
        socket->AbortOnClose();  // no TIME_WAIT for a connection that never was
        return verdict == ConnectionGate::Verdict::ServiceFull ? Answer::Full : Answer::GoOn;
    }
    std::shared_ptr<Session> session = MakeSession();
    if (session == nullptr) {
        Gate().Leave(*peer);
        CountRefused();
        socket->AbortOnClose();
        return Answer::GoOn;
    }
    AddSession(std::move(session), std::move(socket), *peer, Origin::Accepted);
    return Answer::GoOn;
}

std::shared_ptr<Session> ServerService::MakeSession() {
    try {
        return factory_();
    } catch (const std::exception& exception) {
        Log().Error("the session factory threw: {}", exception.what());
    } catch (...) {
        Log().Error("the session factory threw");
    }
    return nullptr;
}

void ServerService::Upkeep(TimePoint now) {
    if (listener_ != nullptr) {
        listener_->Resume(now);
    }
}

void ServerService::StopAccepting() {
    if (listener_ != nullptr) {
        listener_->Stop();
    }
}

bool ServerService::HasStoppedAccepting() const {
    return listener_ == nullptr || listener_->IsStopped();
}

void ServerService::AddTo(Ledger& ledger) const {
    ledger.acceptsFailed = listener_ == nullptr ? 0 : listener_->Failures();
}

}  // namespace servercore
