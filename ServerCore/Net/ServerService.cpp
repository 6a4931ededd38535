#include "ServerCore/Net/ServerService.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

namespace servercore {

ServerService::ServerService(platform::Network& network, ServiceConfig config, SessionFactory factory, const Clock& clock, Logger& log)
    : Service(network, std::move(config), clock, log), factory_(std::move(factory)) {}

ServerService::~ServerService() {
    StopAndJoin();
}

// --- Listening ---------------------------------------------------------------------------------------------------------

std::error_code ServerService::Start(const ListenConfig& listen) {
    listen_ = listen;
    address_ = listen.address;
    if (const std::error_code error = OpenPorts()) {
        return error;
    }
    if (const std::error_code error = OpenWithRetries(listen.bindRetry)) {
        return error;
    }
    StartWorkers();
    return {};
}

std::error_code ServerService::OpenWithRetries(std::chrono::milliseconds budget) {
    BackOff backOff;
    std::chrono::milliseconds waited{0};
    for (;;) {
        const std::error_code error = Open();
        if (error != std::errc::address_in_use || waited >= budget) {
            return error;
        }
        const std::chrono::milliseconds pause = std::min(backOff.Next(), budget - waited);
        Log().Warning("{} is in use; trying again in {} ms, for another {} ms", address_.ToString(), pause.count(),
                      (budget - waited).count());
        if (WaitForStop(pause)) {
            return std::make_error_code(std::errc::operation_canceled);
        }
        waited += pause;
    }
}

// A listener on address_, which is the real one afterwards: a rebuild has to get the same port.
std::error_code ServerService::Open() {
    Result<std::unique_ptr<platform::Socket>> socket = GetNetwork().OpenListener(address_, listen_.options);
    if (!socket) {
        return socket.error();
    }
    const Result<NetAddress> address = (*socket)->LocalAddress();
    if (!address) {
        return address.error();
    }
    ListenerHost& host = *this;
    auto listener = std::make_shared<Listener>(FirstCore(), host, *std::move(socket), listen_.acceptDepth, GetClock(), Log());
    if (const std::error_code error = listener->Start()) {
        return error;
    }
    if (address_ != *address) {
        address_ = *address;
    }
    MutexLock lock(listenerMutex_);
    if (listener_ != nullptr) {
        formerFailures_ += listener_->Failures();
        ++rebuilds_;
    }
    listener_ = std::move(listener);
    return {};
}

// Where the broken socket has come back with all its accepts: the port is free then.
void ServerService::Rebuild(TimePoint now) {
    if (now < rebuildAt_) {
        return;
    }
    // Never reset: a socket that breaks again and again is no reason to be quick.
    const BackOff::Pause pause = rebuildBackOff_.Next();
    rebuildAt_ = now + pause;
    if (const std::error_code error = Open()) {
        Log().Error("cannot listen on {} again: {} (error {}); trying again in {} ms", address_.ToString(), error.message(), error.value(),
                    pause.count());
    } else {
        Log().Warning("listening on {} again", address_.ToString());
    }
}

std::shared_ptr<Listener> ServerService::CurrentListener() const {
    MutexLock lock(listenerMutex_);
    return listener_;
}

// --- Admission ---------------------------------------------------------------------------------------------------------

void ServerService::OnAccepted(std::unique_ptr<platform::Socket> socket) {
    NetAddress peer;
    AdmittedPlace place;
    Admission verdict = Admit(*socket, peer, place);
    std::shared_ptr<Session> session;
    if (verdict == Admission::Admitted) {
        session = MakeSession();
        if (session == nullptr) {
            Gate().Leave(peer, place);
            verdict = Admission::NoSession;
        } else if (!AddSession(session, std::move(socket), peer, place)) {
            verdict = Admission::NoSession;
        }
    }
    admissions_[static_cast<std::size_t>(verdict)].fetch_add(1, std::memory_order_relaxed);
    if (verdict == Admission::Admitted) {
        session->BeginAccepted();
    } else if (socket != nullptr) {
        socket->AbortOnClose();  // no TIME_WAIT for a connection that never was
    }
}

// After Admitted the caller owes the gate a Leave.
Admission ServerService::Admit(platform::Socket& socket, NetAddress& peer, AdmittedPlace& place) {
    const Result<NetAddress> address = socket.PeerAddress();
    if (!address) {
        return Admission::PeerGone;
    }
    peer = *address;
    try {
        return IsStopping() ? Admission::Stopping : Gate().TryEnter(peer, GetClock().Now(), place);
    } catch (const std::bad_alloc&) {
        return Admission::NoSession;
    }
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

// --- For Service -------------------------------------------------------------------------------------------------------

void ServerService::Upkeep(TimePoint now) {
    const std::shared_ptr<Listener> listener = CurrentListener();
    if (listener == nullptr || IsStopping()) {
        return;
    }
    if (!listener->IsBroken()) {
        listener->Resume(now);
    } else if (listener->IsStopped()) {
        Rebuild(now);
    }
}

void ServerService::StopAccepting() {
    if (const std::shared_ptr<Listener> listener = CurrentListener()) {
        listener->Stop();
    }
}

bool ServerService::HasStoppedAccepting() const {
    const std::shared_ptr<Listener> listener = CurrentListener();
    return listener == nullptr || listener->IsStopped();
}

void ServerService::AddTo(Ledger& ledger) const {
    for (std::size_t i = 0; i < kAdmissionCount; ++i) {
        ledger.admissions[i] = admissions_[i].load(std::memory_order_relaxed);
    }
    ledger.hostsForgotten = Gate().ForgottenHosts();
    MutexLock lock(listenerMutex_);
    ledger.listenerRebuilds = rebuilds_;
    ledger.acceptsFailed = formerFailures_;
    if (listener_ != nullptr) {
        ledger.acceptsFailed += listener_->Failures();
        ledger.acceptsInFlight = listener_->Armed();
    }
}

}  // namespace servercore
