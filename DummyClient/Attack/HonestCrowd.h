#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "DummyClient/Attack/AttackSettings.h"
#include "DummyClient/Attack/HonestPlayer.h"
#include "DummyClient/Report/Histogram.h"
#include "DummyClient/Report/LatencyRecorder.h"
#include "ServerCore/Net/ClientService.h"

namespace loadtest::attack {

// How the honest players fared for a while.
struct HonestPhase {
    LatencyFigures latency;  // from when the schedule wanted a message sent
    HonestCounts counts;
    std::size_t disconnects = 0;
    std::string whyDisconnected;  // the first of them; empty when there are none

    [[nodiscard]] std::uint64_t Lost() const noexcept { return counts.lost + counts.wrong; }
};

// The honest population: it plays on one absolute schedule, from a thread of its own, whatever the attackers cost this program.
// Owner: AttackRun.  Threads: its owner's.
class HonestCrowd {
public:
    struct Options {
        std::size_t players = 50;
        double rate = 10;       // pings per second and player
        double chatEvery = 10;  // seconds between two chats of a player
        std::string tag;        // of their names
    };
    // Sleeps; true: give up.
    using Pause = std::function<bool(std::chrono::milliseconds)>;

    HonestCrowd(const servercore::NetAddress& server, const Surroundings& surroundings, Options options);
    // They leave.
    ~HonestCrowd();
    HonestCrowd(const HonestCrowd&) = delete;
    HonestCrowd& operator=(const HonestCrowd&) = delete;

    // All connect and enter, then they begin to play. What went wrong, for people; empty when all are in.
    [[nodiscard]] std::string Enter(const Pause& pause);

    [[nodiscard]] std::size_t Online() const;
    // The worst of a hundred since the last call of this or of TakePhase, in microseconds.
    [[nodiscard]] std::int64_t RecentP99Us();

    // A phase ends and the next one begins: waits until everything is answered, for some seconds at most.
    [[nodiscard]] HonestPhase TakePhase(const Pause& pause);

private:
    void Play();
    [[nodiscard]] std::size_t CountDisconnected() const;

    const Options options_;
    const servercore::Clock& clock_;
    const servercore::NetAddress server_;
    LatencyRecorder latencies_;
    servercore::ClientService service_;
    std::vector<std::shared_ptr<HonestPlayer>> players_;
    std::size_t disconnectedBefore_ = 0;
    std::atomic<bool> isPlaying_ = false;
    std::atomic<bool> isSending_ = false;  // the player thread is in the middle of it
    std::atomic<bool> isEnding_ = false;
    std::thread thread_;
};

}  // namespace loadtest::attack
