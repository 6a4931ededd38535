#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace loadtest {

// Packets whole, headers included; what TCP and IP add is not.
struct TrafficCounts {
    std::uint64_t packetsIn = 0;
    std::uint64_t packetsOut = 0;
    std::uint64_t bytesIn = 0;
    std::uint64_t bytesOut = 0;

    TrafficCounts& operator+=(const TrafficCounts& other) noexcept {
        packetsIn += other.packetsIn;
        packetsOut += other.packetsOut;
        bytesIn += other.bytesIn;
        bytesOut += other.bytesOut;
        return *this;
    }
};

// The packets of one bot, over all its connections.  Threads: safe from any.
class Traffic {
public:
    void OnReceived(std::size_t bytes) noexcept {
        packetsIn_.fetch_add(1, std::memory_order_relaxed);
        bytesIn_.fetch_add(bytes, std::memory_order_relaxed);
    }

    void OnSent(std::size_t bytes) noexcept {
        packetsOut_.fetch_add(1, std::memory_order_relaxed);
        bytesOut_.fetch_add(bytes, std::memory_order_relaxed);
    }

    [[nodiscard]] TrafficCounts Counts() const noexcept {
        return {.packetsIn = packetsIn_.load(std::memory_order_relaxed),
                .packetsOut = packetsOut_.load(std::memory_order_relaxed),
                .bytesIn = bytesIn_.load(std::memory_order_relaxed),
                .bytesOut = bytesOut_.load(std::memory_order_relaxed)};
    }

private:
    std::atomic<std::uint64_t> packetsIn_ = 0;
    std::atomic<std::uint64_t> packetsOut_ = 0;
    std::atomic<std::uint64_t> bytesIn_ = 0;
    std::atomic<std::uint64_t> bytesOut_ = 0;
};

}  // namespace loadtest
