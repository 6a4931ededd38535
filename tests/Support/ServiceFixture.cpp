#include "tests/Support/ServiceFixture.h"

#include <stdexcept>
#include <system_error>
#include <utility>

namespace servercore::test {

ServiceFixture::ServiceFixture() {
    config.workers = 0;
    config.limits.firstPacketTimeout = 0ms;
    config.limits.idleTimeout = 0ms;
}

void ServiceFixture::TearDown() {
    // They refer to variables of the test, which are gone.
    script = {};
    network.beforeCall = {};
    network.afterCall = {};
    EndService();
}

ServerService& ServiceFixture::StartServer(std::size_t acceptDepth, SessionFactory factory) {
    if (!factory) {
        factory = [this] { return sessions.emplace_back(std::make_shared<RecordingSession>(script)); };
    }
    auto server = std::make_unique<ServerService>(network, config, std::move(factory), clock, log);
    ServerService& result = *server;
    service = std::move(server);
    const NetAddress address = NetAddress::Any(AddressFamily::IPv4, 7777);
    if (const std::error_code error = result.Start({.address = address, .options = {}, .acceptDepth = acceptDepth})) {
        throw std::system_error(error);
    }
    return result;
}

ClientService& ServiceFixture::StartClient() {
    auto client = std::make_unique<ClientService>(network, config, clock, log);
    ClientService& result = *client;
    service = std::move(client);
    if (const std::error_code error = result.Start()) {
        throw std::system_error(error);
    }
    return result;
}

ServiceFixture::Link ServiceFixture::Accept(const NetAddress& peer) {
    const std::size_t before = sessions.size();
    FakeSocket& wire = network.Listener().AcceptFrom(peer);
    Dispatch();
    return {.session = sessions.size() > before ? sessions.back() : nullptr, .wire = &wire};
}

ServiceFixture::Link ServiceFixture::BeginConnect(const NetAddress& peer) {
    const std::size_t index = network.Count(Call::OpenStream);
    auto session = std::make_shared<RecordingSession>(script);
    const Result<SessionId> id = static_cast<ClientService&>(*service).Connect(peer, session);
    if (!id) {
        throw std::system_error(id.error());
    }
    Dispatch();
    return {.session = std::move(session), .wire = &network.Stream(index)};
}

ServiceFixture::Link ServiceFixture::Connect() {
    Link link = BeginConnect();
    link.wire->FinishConnect();
    Dispatch();
    return link;
}

void ServiceFixture::Dispatch() {
    for (int round = 0; round < 1000; ++round) {
        if (service->Dispatch(0ms) == 0 && network.IsIdle()) {
            return;
        }
    }
    ADD_FAILURE() << "the service keeps itself awake";
}

void ServiceFixture::Advance(Duration by) {
    clock.Advance(by);
    Dispatch();
}

void ServiceFixture::FinishPeer(const Link& link) {
    for (;;) {
        if (link.wire->IsSending()) {
            link.wire->TakeSend();
        } else if (link.wire->IsReceiving() && link.wire->Saw(Call::ShutdownSend)) {
            link.wire->EndStream();
        } else {
            return;
        }
        Dispatch();
    }
}

void ServiceFixture::EndService() {
    if (service == nullptr) {
        return;
    }
    service->Stop();
    Dispatch();
    Advance(config.stopTimeout);
    Advance(kUpkeep);
    EXPECT_EQ(service->SessionCount(), 0U);
    const Ledger ledger = service->GetLedger();
    EXPECT_TRUE(ledger.IsBalanced()) << ledger.ToString();
    if (service->SessionCount() == 0) {
        service.reset();
    } else {
        static_cast<void>(service.release());  // its destructor would wait for ever; the test has failed already
    }
}

}  // namespace servercore::test
