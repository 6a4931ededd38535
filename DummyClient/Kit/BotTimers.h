#pragma once

#include <vector>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Base/ThreadAnnotations.h"
#include "ServerCore/Base/TimerWheel.h"

namespace loadtest {

// The time-outs of many bots.
// Owner: BotPopulation.  Threads: safe from any.
class BotTimers {
public:
    // Of one bot. Told in TellDue, on that thread, without any lock held; by then it may have been set anew.
    class Entry : public servercore::TimerNode {
    public:
        virtual void OnDue(servercore::TimePoint now) = 0;

    protected:
        ~Entry() = default;
    };

    explicit BotTimers(servercore::TimePoint now) noexcept : wheel_(now) {}

    // In place of the time that was set before.
    void Arm(Entry& entry, servercore::TimePoint when) noexcept SC_EXCLUDES(mutex_) {
        servercore::MutexLock lock(mutex_);
        wheel_.Arm(entry, when);
    }

    // It may be told nevertheless, if it is due just now.
    void Cancel(Entry& entry) noexcept SC_EXCLUDES(mutex_) {
        servercore::MutexLock lock(mutex_);
        (void)wheel_.Cancel(entry);
    }

    // One thread at a time.
    void TellDue(servercore::TimePoint now) SC_EXCLUDES(mutex_) {
        {
            servercore::MutexLock lock(mutex_);
            wheel_.Advance(now, [&](servercore::TimerNode& node) { due_.push_back(static_cast<Entry*>(&node)); });
        }
        for (Entry* entry : due_) {
            entry->OnDue(now);
        }
        due_.clear();
    }

private:
    servercore::Mutex mutex_;
    servercore::TimerWheel wheel_ SC_GUARDED_BY(mutex_);
    std::vector<Entry*> due_;  // of the call of TellDue under way
};

}  // namespace loadtest
