#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include "ServerCore/Base/Mutex.h"
#include "ServerCore/Platform/NetAddress.h"

namespace servercore {

// Counts live sessions, in all and per host, and refuses those over a cap.
// Owner: Service.  Threads: safe from any.
class ConnectionGate {
public:
    enum class Verdict { Admitted, ServiceFull, HostFull };

    // `maxPerHost` 0: no limit per host.
    ConnectionGate(std::size_t maxSessions, std::size_t maxPerHost) noexcept : maxSessions_(maxSessions), maxPerHost_(maxPerHost) {}

    // After Admitted, one Leave with the same address is owed. May throw std::bad_alloc; then nothing was counted.
    [[nodiscard]] Verdict TryEnter(const NetAddress& peer) SC_EXCLUDES(mutex_);
    void Leave(const NetAddress& peer) SC_EXCLUDES(mutex_);
    [[nodiscard]] bool IsFull() const SC_EXCLUDES(mutex_);

private:
    using HostKey = std::array<std::uint8_t, 16>;

    const std::size_t maxSessions_;
    const std::size_t maxPerHost_;

    mutable Mutex mutex_;
    std::size_t sessions_ SC_GUARDED_BY(mutex_) = 0;
    std::map<HostKey, std::size_t> perHost_ SC_GUARDED_BY(mutex_);
};

}  // namespace servercore
