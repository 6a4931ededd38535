#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "DummyClient/Report/LatencyRecorder.h"
#include "DummyClient/Report/RunReport.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// When a message should have been sent, by the schedule, and when it was.
struct SendTimes {
    servercore::TimePoint intended;
    servercore::TimePoint sent;
};

// How long answers took, from when the message should have been sent (response time) and from when it was (service time), each kind for
// itself.
// Owner: RunBoard.  Threads: safe from any.
class Latencies {
public:
    // `lanes`: how many threads record at a time; more only wait for one another.
    Latencies(std::vector<std::string> kinds, std::size_t lanes);

    // The answer has come now. Precondition: `kind` is one of the kinds.
    void Record(std::string_view kind, std::size_t lane, const SendTimes& times, servercore::TimePoint now);

    // What came since the last call, by kind; kinds without any are left out.
    [[nodiscard]] std::map<std::string, KindSample> TakeInterval();
    // What TakeInterval has returned since the beginning or since DropTotals.
    [[nodiscard]] std::vector<KindTotals> Totals() const;
    // The warm-up is over.
    void DropTotals();

private:
    struct Kind {
        std::string name;
        LatencyRecorder response;
        LatencyRecorder service;
        std::vector<LatencyRecorder::Writer*> responseLanes;
        std::vector<LatencyRecorder::Writer*> serviceLanes;
    };

    std::deque<Kind> kinds_;  // a few; they stay where they are
};

}  // namespace loadtest
