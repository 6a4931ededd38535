#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "DummyClient/Kit/Latencies.h"

namespace loadtest {

// The own messages of one kind that are under way. A rising number tells them apart.
// Owner: WorldBot.  Threads: confined to its owner's lock.
class EchoTimes {
public:
    void OnSent(std::uint64_t number, const SendTimes& times) { underWay_.push_back({.number = number, .times = times}); }

    // Nothing: it is not measured.
    [[nodiscard]] std::optional<SendTimes> OnEcho(std::uint64_t number) {
        while (!underWay_.empty() && underWay_.front().number < number) {
            underWay_.pop_front();
        }
        if (underWay_.empty() || underWay_.front().number != number) {
            return std::nullopt;
        }
        const SendTimes times = underWay_.front().times;
        underWay_.pop_front();
        return times;
    }

    // The connection is gone: what is under way waits for the next one, which says nothing about the server.
    void Forget() { underWay_.clear(); }

private:
    struct UnderWay {
        std::uint64_t number = 0;
        SendTimes times;
    };

    std::deque<UnderWay> underWay_;
};

}  // namespace loadtest
