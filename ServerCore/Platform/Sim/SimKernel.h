#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "ServerCore/Base/Clock.h"
#include "ServerCore/Platform/Sim/SimFaults.h"
#include "ServerCore/Platform/Sim/SimOptions.h"
#include "ServerCore/Platform/Sim/SimRandom.h"

namespace servercore::platform {

// What is worth a line in the trace.
enum class SimStep : std::uint8_t { Fault, Arrival, Completion, Wake };

// What the parts of a simulation share: time, chance and the trace.
// Owner: SimNetwork.  Threads: confined to the simulation's.
class SimKernel {
public:
    using Action = std::function<void()>;

    explicit SimKernel(const SimOptions& options);
    SimKernel(const SimKernel&) = delete;
    SimKernel& operator=(const SimKernel&) = delete;

    [[nodiscard]] const SimOptions& Options() const noexcept { return options_; }
    [[nodiscard]] SimRandom& Random() noexcept { return random_; }

    // Time. Actions of the same moment run in the order in which they were planned.
    [[nodiscard]] const Clock& GetClock() const noexcept { return clock_; }
    [[nodiscard]] TimePoint Now() const noexcept { return clock_.now; }
    void Plan(TimePoint when, Action action);
    // Runs the next action that is due by `limit`, and moves time to it. False: there is none, and it is `limit` now.
    bool RunNext(TimePoint limit);
    // Runs what is due already.
    void RunDue();

    // Chance. True: the fault happens, and has been counted.
    [[nodiscard]] bool Strikes(SimFault fault);
    [[nodiscard]] std::uint64_t Injected(SimFault fault) const noexcept { return injected_[static_cast<std::size_t>(fault)]; }
    // At least 1 and at most `whole`; half of them are tiny. Precondition: whole >= 1.
    [[nodiscard]] std::size_t PartOf(std::size_t whole);

    // Things that a Wait would return for at once, on all ports together.
    void AddReady() noexcept { ++ready_; }
    void RemoveReady() noexcept { --ready_; }
    [[nodiscard]] bool HasReady() const noexcept { return ready_ > 0; }

    void CountPendedSend() noexcept { ++pendedSends_; }
    [[nodiscard]] std::uint64_t PendedSends() const noexcept { return pendedSends_; }

    // The trace: a hash of every step and its time.
    void Note(SimStep step, std::uint64_t subject, std::uint64_t detail) noexcept;
    [[nodiscard]] std::uint64_t TraceHash() const noexcept { return trace_; }
    [[nodiscard]] std::uint64_t NextNumber() noexcept { return ++lastNumber_; }

private:
    class VirtualClock final : public Clock {
    public:
        [[nodiscard]] TimePoint Now() const noexcept override { return now; }

        TimePoint now{std::chrono::hours(1)};  // not the epoch: code may take that for "never"
    };
    using Moment = std::pair<TimePoint, std::uint64_t>;

    void Mix(std::uint64_t value) noexcept;

    const SimOptions options_;
    SimRandom random_;
    VirtualClock clock_;
    std::map<Moment, Action> planned_;
    std::uint64_t lastPlanned_ = 0;
    std::array<std::uint64_t, kSimFaultCount> injected_{};
    std::size_t ready_ = 0;
    std::uint64_t pendedSends_ = 0;
    std::uint64_t lastNumber_ = 0;
    std::uint64_t trace_ = 14695981039346656037U;  // FNV-1a's
};

}  // namespace servercore::platform
