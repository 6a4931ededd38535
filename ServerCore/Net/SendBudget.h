#pragma once

#include <atomic>
#include <cstddef>
#include <limits>

namespace servercore {

// A ceiling on what all sessions together may have queued for sending. While it is exceeded, each session's soft limit is its hard limit:
// those that lag behind the most end first, and healthy ones notice nothing.
//
// Backlogs are charged in steps of kStepBytes, so sessions that keep up never touch the shared counter.
//
// Owner: whoever makes services share it (ServiceConfig::sendBudget).  Threads: safe from any.
class SendBudget {
public:
    static constexpr std::size_t kStepBytes = std::size_t{16} * 1024;

    explicit SendBudget(std::size_t limitBytes = std::numeric_limits<std::size_t>::max()) noexcept : limitBytes_(limitBytes) {}
    SendBudget(const SendBudget&) = delete;
    SendBudget& operator=(const SendBudget&) = delete;

    [[nodiscard]] bool IsExceeded() const noexcept { return chargedBytes_.load(std::memory_order_relaxed) > limitBytes_; }
    [[nodiscard]] std::size_t ChargedBytes() const noexcept { return chargedBytes_.load(std::memory_order_relaxed); }

    void Charge(std::size_t bytes) noexcept { chargedBytes_.fetch_add(bytes, std::memory_order_relaxed); }
    void Refund(std::size_t bytes) noexcept { chargedBytes_.fetch_sub(bytes, std::memory_order_relaxed); }

private:
    const std::size_t limitBytes_;
    std::atomic<std::size_t> chargedBytes_ = 0;
};

}  // namespace servercore
