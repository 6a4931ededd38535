#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "DummyClient/Kit/Traffic.h"
#include "DummyClient/Report/RunReport.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// The bots of one group at one moment.
struct PopulationState {
    std::size_t joined = 0;      // were told to come
    std::size_t online = 0;      // have arrived where they play
    std::size_t connecting = 0;  // are on their way there
    std::size_t finished = 0;    // were told to go, or were done, and went
    std::uint64_t deliveries = 0;
    std::uint64_t errors = 0;
    TrafficCounts traffic;

    // Those that ended before their time.
    [[nodiscard]] std::size_t Gone() const noexcept {
        const std::size_t known = online + connecting + finished;
        return joined > known ? joined - known : 0;
    }

    PopulationState& operator+=(const PopulationState& other) noexcept {
        joined += other.joined;
        online += other.online;
        connecting += other.connecting;
        finished += other.finished;
        deliveries += other.deliveries;
        errors += other.errors;
        traffic += other.traffic;
        return *this;
    }
};

// What a group did and found in the whole run.
struct PopulationResult {
    std::vector<RunCheck> checks;
    Counts errors;  // by reason
    std::uint64_t lost = 0;
    // Bots that did not do what they were there for, and those that did. A failure, unless a demand of the tester's says how many may.
    std::uint64_t botsFailed = 0;
    std::uint64_t botsPassed = 0;
    std::string table;  // for people, lines that end with '\n'; may be empty
};

// The bots of one group: comes and goes as the run says, plays by its own rules, and knows what was wrong.
// Owner: LoadRun.  Threads: confined to the run's, but for what its bots do.
class Population {
public:
    Population() = default;
    virtual ~Population() = default;
    Population(const Population&) = delete;
    Population& operator=(const Population&) = delete;

    // One more bot begins to connect. False: there is no place or no socket for it; the board was told.
    virtual bool Join() = 0;
    // The bot that came first and has not been told so yet finishes what it is at, and goes.
    virtual void Leave() = 0;

    // From now on the bots send, as the schedule says; until EndPlay, after which they wait for what is under way.
    virtual void BeginPlay(servercore::TimePoint now) = 0;
    virtual void EndPlay() = 0;
    // In between the schedule stands still, for so long.
    virtual void Pause() = 0;
    virtual void Resume(servercore::Duration paused) = 0;
    // Does what is due; called every millisecond or so, in all stages.
    virtual void Turn(servercore::TimePoint now) = 0;

    [[nodiscard]] virtual PopulationState Look() const = 0;
    // By reason, so far. Asked only when Look() shows new ones, for it takes a while.
    [[nodiscard]] virtual Counts Errors() const = 0;

    // After EndPlay: all that was to arrive has arrived. Asked now and then.
    [[nodiscard]] virtual bool HaveAllArrived() = 0;
    // Nothing more is awaited: compares what the bots have with what they ought to have.
    virtual void Settle() = 0;
    // All go.
    virtual void LeaveAll() = 0;

    // Once all have gone.
    [[nodiscard]] virtual PopulationResult Finish() = 0;
};

}  // namespace loadtest
