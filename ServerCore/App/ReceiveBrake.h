#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Job/JobQueue.h"
#include "ServerCore/Net/Session.h"

namespace servercore::app {

// Reads no more from the sessions that feed a job queue while it has too much to do (JobQueueLimits::highWater), so that TCP slows their
// peers down instead of the queue refusing their jobs; reads on when the queue has caught up (lowWater).
//
//     queue->SetObserver(brake);
//     ...
//     queue->Post(...);      // in OnPacket of a session
//     brake->Apply(*this);
//
// Owner: whoever owns the queue, which observes it weakly.  Threads: safe from any.
class ReceiveBrake final : public JobBacklogObserver {
public:
    // For a session that has posted, after it has: while the backlog is high, its present packet is the last one. May throw
    // std::bad_alloc; then the session reads on.
    void Apply(Session& session) SC_EXCLUDES(mutex_);

private:
    void OnBacklog(bool isHigh) noexcept override SC_EXCLUDES(mutex_);

    std::atomic<bool> isHigh_ = false;  // written under mutex_; spares the lock in quiet times
    Mutex mutex_;
    std::vector<std::weak_ptr<IocpObject>> held_ SC_GUARDED_BY(mutex_);
};

}  // namespace servercore::app
