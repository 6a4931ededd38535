// A path of 50 ms there and back: sends follow each other, they do not wait for the peer. All times are those of the simulation.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>

#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Net/PacketSession.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Platform/Sim/SimNetwork.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;

constexpr Duration kOneWay = 25ms;
constexpr std::size_t kPacketBytes = 1024;

// Notes how long each packet was on its way.
class Listening final : public PacketSession {
public:
    Listening(const Clock& clock) : clock_(clock) {}

    std::size_t packets = 0;
    Duration slowest{};

private:
    void OnPacket(const PacketView& packet) override {
        TimePoint::rep sent = 0;
        std::memcpy(&sent, packet.body.data(), sizeof sent);
        slowest = std::max(slowest, clock_.Now() - TimePoint(Duration(sent)));
        ++packets;
    }

    const Clock& clock_;
};

class Speaking final : public PacketSession {
    void OnPacket(const PacketView& /*packet*/) override {}
};

class LongPath : public ::testing::Test {
protected:
    LongPath()
        : server_(
              network_, Config(), [this] { return speaking_ = std::make_shared<Speaking>(); }, network_.GetClock(), log_),
          client_(network_, Config(), network_.GetClock(), log_) {
        EXPECT_FALSE(server_.Start({.address = NetAddress::Loopback(AddressFamily::IPv4, 0), .options = {}}));
        EXPECT_FALSE(client_.Start());
        EXPECT_TRUE(client_.Connect(server_.ListenAddress(), listening_));
        while (speaking_ == nullptr || speaking_->State() != SessionState::Open) {
            Pass(1ms);
        }
    }
    ~LongPath() override {
        client_.Stop();
        server_.Stop();
        while (client_.Wait(0ms) != WaitResult::Stopped || server_.Wait(0ms) != WaitResult::Stopped) {
            Pass(1ms);
        }
    }

    static ServiceConfig Config() {
        ServiceConfig config;
        config.workers = 0;  // the test dispatches
        config.limits.firstPacketTimeout = 0ms;
        config.limits.sendSoftBytes = 0;
        config.limits.sendHardBytes = std::size_t{16} * 1024 * 1024;
        return config;
    }

    void Pass(Duration time) {
        while (server_.Dispatch(0ms) + client_.Dispatch(0ms) > 0) {
        }
        network_.Advance(time);
    }
    void Speak() {
        SendBufferRef packet = server_.Buffers().Allocate(kPacketBytes);
        const MutableBytes bytes = packet->Writable();
        WritePacketHeader(bytes, 1);
        const TimePoint::rep now = network_.GetClock().Now().time_since_epoch().count();
        std::memcpy(bytes.subspan(kPacketHeaderBytes).data(), &now, sizeof now);
        EXPECT_EQ(speaking_->Send(std::move(packet)), SendResult::Queued);
    }

    Logger log_ = Logger::Silent();
    const platform::SimOptions options_{.latency = kOneWay};
    platform::SimNetwork network_{options_};
    std::shared_ptr<Speaking> speaking_;
    const std::shared_ptr<Listening> listening_ = std::make_shared<Listening>(network_.GetClock());
    ServerService server_;
    ClientService client_;
};

TEST_F(LongPath, APacketEachMillisecondArrivesAfterTheWayItself) {
    constexpr std::size_t kPackets = 2000;
    for (std::size_t i = 0; i < kPackets; ++i) {
        Speak();
        Pass(1ms);
    }
    for (Duration passed{}; passed <= kOneWay; passed += 1ms) {
        Pass(1ms);
    }
    EXPECT_EQ(listening_->packets, kPackets);
    EXPECT_LE(listening_->slowest, kOneWay + kOneWay / 10) << "one send in flight for each round trip would make a queue";
}

TEST_F(LongPath, AQueueOfMegabytesFillsThePath) {
    constexpr std::size_t kPackets = 8192;
    for (std::size_t i = 0; i < kPackets; ++i) {
        Speak();
    }
    const TimePoint begin = network_.GetClock().Now();
    while (listening_->packets < kPackets && network_.GetClock().Now() - begin < 1min) {
        Pass(100us);
    }
    // The path holds so many bytes, and they leave it after one way.
    const Duration best = kOneWay * static_cast<std::int64_t>(kPackets * kPacketBytes / options_.maxSendBufferBytes);
    EXPECT_EQ(listening_->packets, kPackets);
    EXPECT_LE(network_.GetClock().Now() - begin, best + best / 10);
}

}  // namespace
}  // namespace servercore::test
