#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "Protocol/Packets.gen.h"
#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Buffer/SendBuffer.h"
#include "ServerCore/Net/PacketFramer.h"
#include "ServerCore/Net/Session.h"

namespace loadtest::attack {

class Attacker;

// What an attack does when something happens to one of its attackers. Called on the threads of the attackers' service, never twice at once
// for the same one.
class AttackerEvents {
public:
    // It has come as far as its plan says: the attack may begin.
    virtual void OnReady(Attacker& /*attacker*/) {}
    // From then on.
    virtual void OnPacket(Attacker& /*attacker*/, const servercore::PacketView& /*packet*/) {}

protected:
    ~AttackerEvents() = default;
};

// How far an attacker goes by the rules before it attacks.
enum class Approach : std::uint8_t { Connected, Greeted, LoggedIn, InZone };

// One hostile connection: by the rules up to a point, from then on whatever bytes the attack sends. It believes nothing of what it
// receives, and ends only when the server or the attack ends it.
// Owner: its service.  Threads: safe from any, but for Token, ZoneCount, X and Y: the callbacks', and everybody's once it is Gone.
class Attacker final : public servercore::Session, private servercore::PacketSink {
public:
    enum class Stage : std::uint8_t { Approaching, Ready, Gone };

    struct Plan {
        std::size_t number = 0;
        Approach approach = Approach::Connected;
        std::string name{};      // for the login
        std::uint32_t zone = 0;  // 0: the last that there is
        std::string token{};     // for the attack's own use
    };

    // All of them outlive it.
    Attacker(AttackerEvents& events, servercore::SendBufferPool& buffers, const servercore::Clock& clock, Plan plan);

    // False: not sent, the connection is gone.
    bool SendBytes(servercore::ConstBytes bytes);
    template <class Message>
    bool Say(const Message& message) {
        return IsQueued(Send(game::protocol::MakeSendBuffer(buffers_, message)));
    }

    [[nodiscard]] const Plan& GetPlan() const noexcept { return plan_; }
    [[nodiscard]] Stage GetStage() const noexcept { return stage_.load(); }
    [[nodiscard]] bool WasReady() const noexcept { return readyAt_.load() != 0; }
    [[nodiscard]] servercore::TimePoint ReadyAt() const noexcept;
    // What the server has sent since it was ready.
    [[nodiscard]] std::uint64_t BytesReceived() const noexcept { return bytesReceived_.load(std::memory_order_relaxed); }

    // Once it is Gone.
    [[nodiscard]] servercore::TimePoint EndedAt() const noexcept { return endedAt_; }
    [[nodiscard]] const servercore::CloseInfo& HowItEnded() const noexcept { return end_; }
    [[nodiscard]] bool WasClosedByServer() const noexcept;

    // From the answer to the login.
    [[nodiscard]] const std::string& Token() const noexcept { return token_; }
    [[nodiscard]] std::uint32_t ZoneCount() const noexcept { return zoneCount_; }
    // Where it stands in its zone, from S_ZoneEntered.
    [[nodiscard]] std::int32_t X() const noexcept { return x_; }
    [[nodiscard]] std::int32_t Y() const noexcept { return y_; }

private:
    void OnConnected() override;
    void OnConnectFailed(const servercore::CloseInfo& info) override { End(info); }
    void OnReceived(servercore::ConstBytes bytes) override;
    void OnDisconnected(const servercore::CloseInfo& info) override { End(info); }
    [[nodiscard]] bool OnFramedPacket(const servercore::PacketView& packet) override;

    void GoOn(const servercore::PacketView& packet);
    void OnLoginResult(const servercore::PacketView& packet);
    void OnZoneEntered(const servercore::PacketView& packet);
    void BecomeReady();
    void End(const servercore::CloseInfo& info);

    AttackerEvents& events_;
    servercore::SendBufferPool& buffers_;
    const servercore::Clock& clock_;
    const Plan plan_;

    // Confined to the callbacks, but see above.
    servercore::PacketFramer framer_;
    bool isGarbled_ = false;  // what came is no stream of packets
    std::string token_;
    std::uint32_t zoneCount_ = 0;
    std::int32_t x_ = 0;
    std::int32_t y_ = 0;
    servercore::CloseInfo end_;
    servercore::TimePoint endedAt_{};

    std::atomic<Stage> stage_ = Stage::Approaching;  // Gone is stored last: what is above may be read then
    std::atomic<servercore::TimePoint::rep> readyAt_ = 0;
    std::atomic<std::uint64_t> bytesReceived_ = 0;
};

}  // namespace loadtest::attack
