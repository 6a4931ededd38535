#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Platform/Network.h"

namespace iolab {

class LoadSession;

// How the echoes of one measurement went.
struct LoadFigures {
    std::uint64_t echoes = 0;
    double seconds = 0;
    double p50Microseconds = 0;
    double p99Microseconds = 0;
};

// Many clients at once, each of which sends a frame of kFrameBytes and the next one when it has come back. On ServerCore, with one thread:
// the same load for every model on every system.
// Owner: compare.  Threads: the owner's; the sessions have the service's worker.
class EchoLoad {
public:
    static constexpr std::size_t kFrameBytes = 64;

    // Throws SystemFailure.
    explicit EchoLoad(servercore::platform::Network& network);
    ~EchoLoad();
    EchoLoad(const EchoLoad&) = delete;
    EchoLoad& operator=(const EchoLoad&) = delete;

    // All connect. False: not all of them within the patience.
    [[nodiscard]] bool Connect(const servercore::NetAddress& server, std::size_t clients);

    // One echo of each client: every client is served. False: some are not, within the patience.
    [[nodiscard]] bool EchoOnce();

    // All clients echo for so long, or longer until each could have had an answer. What was under way at the end is waited for, and not
    // counted. The percentiles are 0 when it never comes.
    [[nodiscard]] LoadFigures Run(std::chrono::duration<double> time);

    // Connections that failed, or ended before the load did.
    [[nodiscard]] std::size_t Lost() const noexcept { return lost_.load(); }

private:
    friend class LoadSession;

    template <class Condition>
    [[nodiscard]] bool WaitUntil(Condition condition) const;

    const servercore::SteadyClock clock_;
    servercore::Logger log_;
    std::atomic<bool> isRunning_ = false;
    std::atomic<std::size_t> connected_ = 0;
    std::atomic<std::size_t> lost_ = 0;
    std::atomic<std::uint64_t> asked_ = 0;
    std::atomic<std::uint64_t> answers_ = 0;
    std::vector<std::uint32_t> latencies_;  // nanoseconds; the worker's while isRunning_ and the answers are not all back
    servercore::ClientService service_;
    std::vector<std::shared_ptr<LoadSession>> sessions_;
};

}  // namespace iolab
