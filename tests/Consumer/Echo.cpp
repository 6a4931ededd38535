// A title's first program: an echo server and its client in one process. It ends with 0 when the echo has come back and all is given back.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Net/PacketSession.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Platform/Network.h"

namespace {

using namespace servercore;

constexpr std::uint16_t kPacketId = 1;
constexpr std::string_view kText = "hello, title";
constexpr std::chrono::seconds kPatience(60);

SendBufferRef MakePacket(SendBufferPool& buffers, ConstBytes body) {
    SendBufferRef packet = buffers.Allocate(kPacketHeaderBytes + body.size());
    WritePacket(packet->Writable(), kPacketId, body);
    return packet;
}

class EchoSession final : public PacketSession {
public:
    explicit EchoSession(SendBufferPool& buffers) : buffers_(buffers) {}

private:
    void OnPacket(const PacketView& packet) override { (void)Send(MakePacket(buffers_, packet.body)); }

    SendBufferPool& buffers_;
};

// Greets, compares the echo and closes; its end stops the client's service.
class Greeter final : public PacketSession {
public:
    Greeter(ClientService& service, std::atomic<bool>& echoed) : service_(service), echoed_(echoed) {}

private:
    void OnConnected() override { (void)Send(MakePacket(service_.Buffers(), AsBytes())); }
    void OnPacket(const PacketView& packet) override {
        const ConstBytes expected = AsBytes();
        echoed_ = std::equal(packet.body.begin(), packet.body.end(), expected.begin(), expected.end());
        Close();
    }
    void OnDisconnected(const CloseInfo&) override { service_.Stop(); }
    void OnConnectFailed(const CloseInfo&) override { service_.Stop(); }

    static ConstBytes AsBytes() { return std::as_bytes(std::span(kText)); }

    ClientService& service_;
    std::atomic<bool>& echoed_;
};

bool HasStopped(Service& service) {
    return service.Wait(kPatience) == WaitResult::Stopped && service.GetLedger().IsBalanced();
}

}  // namespace

int main() {
    const auto network = platform::OpenSystemNetwork();
    const auto loopback = NetAddress::Parse("127.0.0.1:0");
    if (!network || !loopback) {
        return std::puts("no network"), 1;
    }
    const SteadyClock clock;
    Logger log = Logger::ToStandardError("title", LogLevel::Info);
    SendBufferPool* buffers = nullptr;
    ServerService server(
        **network, {}, [&] { return std::make_shared<EchoSession>(*buffers); }, clock, log);
    buffers = &server.Buffers();
    ClientService client(**network, {}, clock, log);
    if (server.Start({.address = *loopback, .options = {}}) || client.Start()) {
        return std::puts("cannot start"), 1;
    }
    std::atomic<bool> echoed = false;
    if (!client.Connect(server.ListenAddress(), std::make_shared<Greeter>(client, echoed))) {
        return std::puts("cannot connect"), 1;
    }
    const bool clientStopped = HasStopped(client);
    server.Stop();
    const bool serverStopped = HasStopped(server);
    std::puts(echoed && clientStopped && serverStopped ? "the echo came back"
                                                       : "the echo did not come back, or something is not given back");
    return echoed && clientStopped && serverStopped ? 0 : 1;
}
