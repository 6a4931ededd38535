#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "DummyClient/EchoTimes.h"
#include "DummyClient/Report/LatencyRecorder.h"
#include "DummyClient/Report/RunReport.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// What is measured: a ping until its pong, a chat until its speaker hears it, a whisper until its speaker knows that it has arrived.
enum class MessageKind : std::uint8_t { Ping, Chat, Whisper };

// Their names in reports and thresholds.
inline constexpr std::array<std::string_view, 3> kMessageKinds = {"ping", "chat", "whisper"};

// How long the answers took, from when the message should have been sent (response time) and from when it was (service time).
// Owner: Crowd.  Threads: safe from any.
class Latencies {
public:
    // `lanes`: how many threads record at a time; more only wait for one another.
    explicit Latencies(std::size_t lanes);

    // The answer has come now.
    void Record(MessageKind kind, std::size_t bot, const SendTimes& times, servercore::TimePoint now);

    // What came since the last call, by kind; kinds without any are left out.
    [[nodiscard]] std::map<std::string, KindSample> TakeInterval();
    // What TakeInterval has returned since the beginning or since DropTotals.
    [[nodiscard]] std::vector<KindTotals> Totals() const;
    // The warm-up is over.
    void DropTotals();

private:
    struct Kind {
        LatencyRecorder response;
        LatencyRecorder service;
        std::vector<LatencyRecorder::Writer*> responseLanes;
        std::vector<LatencyRecorder::Writer*> serviceLanes;
    };

    std::array<Kind, kMessageKinds.size()> kinds_;  // by MessageKind
};

}  // namespace loadtest
