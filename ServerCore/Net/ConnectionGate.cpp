#include "ServerCore/Net/ConnectionGate.h"

#include "ServerCore/Base/Assert.h"

namespace servercore {

ConnectionGate::Verdict ConnectionGate::TryEnter(const NetAddress& peer) {
    MutexLock lock(mutex_);
    if (sessions_ >= maxSessions_) {
        return Verdict::ServiceFull;
    }
    if (maxPerHost_ > 0) {
        std::size_t& fromHost = perHost_[peer.Bytes()];
        if (fromHost >= maxPerHost_) {
            return Verdict::HostFull;
        }
        ++fromHost;
    }
    ++sessions_;
    return Verdict::Admitted;
}

void ConnectionGate::Leave(const NetAddress& peer) {
    MutexLock lock(mutex_);
    SC_VERIFY(sessions_ > 0);
    --sessions_;
    if (maxPerHost_ > 0) {
        const auto entry = perHost_.find(peer.Bytes());
        SC_VERIFY(entry != perHost_.end());
        if (--entry->second == 0) {
            perHost_.erase(entry);
        }
    }
}

bool ConnectionGate::IsFull() const {
    MutexLock lock(mutex_);
    return sessions_ >= maxSessions_;
}

}  // namespace servercore
