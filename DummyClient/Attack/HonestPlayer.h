#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "DummyClient/Report/LatencyRecorder.h"
#include "Protocol/Packets.gen.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Net/PacketSession.h"

namespace loadtest::attack {

// What became of an honest player's messages.
struct HonestCounts {
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    std::uint64_t lost = 0;
    std::uint64_t wrong = 0;  // out of order, doubled or changed

    HonestCounts& operator+=(const HonestCounts& other) noexcept;
};

// A player who keeps to the rules while others attack: logs in, enters a zone, and pings and chats when it is told to. Each answer has to
// come once and in order, and each chat back to its speaker as it was said.
// Owner: its service.  Threads: safe from any.
class HonestPlayer final : public servercore::PacketSession {
public:
    // All of them outlive it. `zone`: which of those that there are, counted round and round from 0, but for the last one where there are
    // several: that is the slow readers'.
    HonestPlayer(servercore::SendBufferPool& buffers, const servercore::Clock& clock, LatencyRecorder::Writer& latencies, std::string name,
                 std::size_t zone);

    // `intended`: when the schedule wanted it sent. Nothing happens while it is not in its zone.
    void SendPing(servercore::TimePoint intended) SC_EXCLUDES(mutex_);
    void SendChat(servercore::TimePoint intended) SC_EXCLUDES(mutex_);
    // Says farewell and closes.
    void Leave() SC_EXCLUDES(mutex_);

    [[nodiscard]] bool IsInZone() const noexcept { return stage_.load() == Stage::InZone; }
    // Its connection ended though it did not leave.
    [[nodiscard]] bool WasDisconnected() const noexcept { return stage_.load() == Stage::Disconnected; }
    [[nodiscard]] bool HasGone() const noexcept { return stage_.load() >= Stage::Disconnected; }
    // Every message is answered.
    [[nodiscard]] bool IsSettled() const SC_EXCLUDES(mutex_);
    // Since the last call; what is not answered by now is lost.
    [[nodiscard]] HonestCounts TakeCounts() SC_EXCLUDES(mutex_);
    // How it ended, once it has.
    [[nodiscard]] servercore::CloseInfo HowItEnded() const SC_EXCLUDES(mutex_);

private:
    enum class Stage : std::uint8_t { Connecting, InZone, Disconnected, Left };

    // The messages of one kind, numbered from 1.
    struct Series {
        std::uint64_t sent = 0;
        std::uint64_t heard = 0;  // the number of the last answer
        std::deque<servercore::TimePoint> underWay;

        std::uint64_t Begin(servercore::TimePoint intended);
    };

    void OnConnected() override;
    void OnPacket(const servercore::PacketView& packet) override SC_EXCLUDES(mutex_);
    void OnConnectFailed(const servercore::CloseInfo& info) override { End(info); }
    void OnDisconnected(const servercore::CloseInfo& info) override { End(info); }

    void OnLoginResult(const servercore::PacketView& packet) SC_REQUIRES(mutex_);
    void OnPong(const servercore::PacketView& packet) SC_REQUIRES(mutex_);
    void OnChat(const servercore::PacketView& packet) SC_REQUIRES(mutex_);
    void OnAnswer(Series& series, std::uint64_t number, bool isAsSent) SC_REQUIRES(mutex_);
    void End(const servercore::CloseInfo& info) SC_EXCLUDES(mutex_);
    template <class Message>
    void Say(const Message& message) {
        (void)Send(game::protocol::MakeSendBuffer(buffers_, message));
    }

    servercore::SendBufferPool& buffers_;
    const servercore::Clock& clock_;
    LatencyRecorder::Writer& latencies_;
    const std::string name_;
    const std::size_t zone_;

    std::atomic<Stage> stage_ = Stage::Connecting;  // written under the lock
    mutable servercore::Mutex mutex_;
    bool isLeaving_ SC_GUARDED_BY(mutex_) = false;
    std::uint32_t playerId_ SC_GUARDED_BY(mutex_) = 0;
    std::uint64_t kept_ SC_GUARDED_BY(mutex_) = 0;  // packets that the server keeps until it knows that they came
    Series pings_ SC_GUARDED_BY(mutex_);
    Series chats_ SC_GUARDED_BY(mutex_);
    HonestCounts counts_ SC_GUARDED_BY(mutex_);
    servercore::CloseInfo end_ SC_GUARDED_BY(mutex_);
};

}  // namespace loadtest::attack
