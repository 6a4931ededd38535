#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "ServerCore/Base/Clock.h"

namespace loadtest {

// When the own chats under way were sent.
// Owner: Bot.  Threads: confined to its owner's lock.
class EchoTimes {
public:
    void OnSent(std::uint32_t sequence, servercore::TimePoint now) { underWay_.push_back({.sequence = sequence, .sent = now}); }

    // Nothing: it is not measured.
    [[nodiscard]] std::optional<servercore::TimePoint> OnEcho(std::uint32_t sequence) {
        while (!underWay_.empty() && underWay_.front().sequence < sequence) {
            underWay_.pop_front();
        }
        if (underWay_.empty() || underWay_.front().sequence != sequence) {
            return std::nullopt;
        }
        const servercore::TimePoint sent = underWay_.front().sent;
        underWay_.pop_front();
        return sent;
    }

    // The connection is gone: what is under way waits for the next one, which says nothing about the server.
    void Forget() { underWay_.clear(); }

private:
    struct UnderWay {
        std::uint32_t sequence = 0;
        servercore::TimePoint sent;
    };

    std::deque<UnderWay> underWay_;
};

}  // namespace loadtest
