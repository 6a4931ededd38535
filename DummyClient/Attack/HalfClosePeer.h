#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <system_error>

#include "DummyClient/Attack/AttackSettings.h"
#include "DummyClient/Attack/Packets.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Net/PacketFramer.h"
#include "ServerCore/Platform/IoBackend.h"
#include "ServerCore/Platform/Network.h"
#include "ServerCore/Platform/Socket.h"

namespace loadtest::attack {

// A connection that sends all it has to say, then FIN, and only then reads: what a Session does not do. Straight on the seam.
// Owner: HalfCloseAttack.  Threads: confined to the one that waits on its port. Must not be destroyed while IsBusy.
class HalfClosePeer final : private servercore::PacketSink {
public:
    // `pings`: how many it asks. `port` and `clock` outlive it.
    HalfClosePeer(servercore::platform::IoBackend& port, const servercore::Clock& clock, std::string_view name, std::uint64_t pings);

    // Fails as the seam does; then nothing is under way.
    [[nodiscard]] std::error_code Begin(servercore::platform::Network& network, const AttackSettings& settings);
    // A completion of one of its operations.
    static void OnCompletion(servercore::platform::IoOperation& operation, const servercore::platform::IoResult& result) noexcept;

    // Closes; what is under way completes soon.
    void Close() noexcept { socket_.reset(); }
    [[nodiscard]] bool IsBusy() const noexcept { return operation_.isInFlight; }

    [[nodiscard]] bool HasFinished() const noexcept { return finishedAt_ != servercore::TimePoint(); }  // its FIN is sent
    [[nodiscard]] bool HasEnded() const noexcept { return hasEnded_; }
    // The server's FIN came, and behind the answer to the last ping.
    [[nodiscard]] bool IsServed() const noexcept { return hasEnded_ && !error_ && answered_ == pings_ && !isOutOfOrder_; }
    [[nodiscard]] std::uint64_t Answered() const noexcept { return answered_; }
    // From its FIN to the server's, or to now.
    [[nodiscard]] servercore::Duration Waited(servercore::TimePoint now) const noexcept;

private:
    // One at a time: connect, sends, receives.
    struct Operation final : servercore::platform::IoOperation {
        explicit Operation(HalfClosePeer& peer) noexcept : owner(peer) {}
        HalfClosePeer& owner;
        bool isInFlight = false;
    };

    [[nodiscard]] bool OnFramedPacket(const servercore::PacketView& packet) override;
    void OnDone(const servercore::platform::IoResult& result);
    void SendRest();
    void Receive();
    void Submitted(std::error_code error);
    void End(std::error_code error);

    servercore::platform::IoBackend& port_;
    const servercore::Clock& clock_;
    const std::uint64_t pings_;
    std::unique_ptr<servercore::platform::Socket> socket_;
    Operation operation_;
    ByteList bytes_;
    std::size_t sent_ = 0;
    bool isConnected_ = false;
    servercore::PacketFramer framer_;
    std::uint64_t answered_ = 0;
    bool isOutOfOrder_ = false;
    bool hasEnded_ = false;
    std::error_code error_;
    servercore::TimePoint finishedAt_{};
    servercore::TimePoint endedAt_{};
};

}  // namespace loadtest::attack
