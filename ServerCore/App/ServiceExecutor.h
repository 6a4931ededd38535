#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Job/JobExecutor.h"
#include "ServerCore/Job/ReadyQueues.h"
#include "ServerCore/Net/Service.h"

namespace servercore::app {

// Runs job queues on the workers of a service, between their batches of I/O: no thread more and, where a session posts to a queue, no
// wake-up; but a slow job delays the packets of others. A turn is one time slice of one queue (JobQueueLimits::timeSlice).
//
// Lanes take the turns. Each belongs to a port of the service, and of those of one port only one is on its way to a worker at a time:
// a worker takes all that is on its way to it, and a lane behind a slow job would be of no use. Who starts a turn sends the next lane off,
// if more queues are ready.
// Owner: main() or a test; outlives the threads of the service. `service` outlives it.
// Threads: Schedule from any, once the service has started; the rest is the owner's.
class ServiceExecutor final : public JobExecutor {
public:
    // At most `lanes` queues run at a time; more than the service has workers make no sense.
    ServiceExecutor(Service& service, std::size_t lanes);
    ~ServiceExecutor();
    ServiceExecutor(const ServiceExecutor&) = delete;
    ServiceExecutor& operator=(const ServiceExecutor&) = delete;

    void Schedule(std::shared_ptr<JobQueue> queue) noexcept override SC_EXCLUDES(mutex_);

    // Runs what is left, and what that posts, on the calling thread. Precondition: Wait of the service has returned Stopped.
    void RunRest();

private:
    class Lane;

    enum class LaneState : std::uint8_t { Resting, Starting, Running };

    void StartLane(bool onAnotherWorker) noexcept SC_EXCLUDES(mutex_);
    [[nodiscard]] bool IsStartingOnPortOf(std::size_t lane) const SC_REQUIRES(mutex_);
    void RunTurn(std::size_t lane) noexcept SC_EXCLUDES(mutex_);

    Service& service_;
    std::vector<std::shared_ptr<Lane>> lanes_;
    ReadyQueues ready_;

    Mutex mutex_;
    std::vector<LaneState> states_ SC_GUARDED_BY(mutex_);
    std::size_t nextLane_ SC_GUARDED_BY(mutex_) = 0;
};

}  // namespace servercore::app
