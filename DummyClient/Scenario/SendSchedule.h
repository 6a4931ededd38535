#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "DummyClient/Scenario/ThinkTime.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// When which bot of a group is to send next. An open loop: each bot has times of its own, and whoever is late with one message is not
// late with the next.
//
// A heap of the bots by their next times: a send costs a few comparisons and allocates nothing.
// Owner: the run, one for each group.  Threads: confined to its owner's.
class SendSchedule {
public:
    struct Due {
        std::size_t bot = 0;
        servercore::TimePoint intended;
        std::uint64_t turn = 0;  // how many the bot had sent before

        bool operator==(const Due&) const = default;
    };

    explicit SendSchedule(const ThinkGaps& gaps) : gaps_(gaps) {}

    // The bot sends from then on; one that was here before goes on counting its turns. Bots are numbered from 0 without great holes: memory
    // grows with the highest number. Precondition: it is not in the schedule.
    void Add(std::size_t bot, servercore::TimePoint from);
    // No matter if it is not in it.
    void Remove(std::size_t bot) noexcept;
    [[nodiscard]] bool Has(std::size_t bot) const noexcept { return bot < senders_.size() && senders_[bot].place != kNowhere; }

    // The earliest message that is due, of several at one time that of the lowest bot; then it counts as sent. Call it until there is none.
    [[nodiscard]] std::optional<Due> TakeDue(servercore::TimePoint now) noexcept;
    // Nothing is due before; nothing: nobody sends.
    [[nodiscard]] std::optional<servercore::TimePoint> NextDue() const noexcept;

    // After a pause of that length: everything that has not been taken comes so much later.
    void Shift(servercore::Duration by) noexcept;

    [[nodiscard]] std::size_t Size() const noexcept { return heap_.size(); }

private:
    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

    struct Sender {
        std::uint64_t turn = 0;
        std::size_t place = kNowhere;  // in the heap
    };

    struct Next {
        servercore::TimePoint intended;
        std::size_t bot = 0;

        auto operator<=>(const Next&) const = default;
    };

    // Moves what is at `place` to where it belongs.
    void SiftUp(std::size_t place) noexcept;
    void SiftDown(std::size_t place) noexcept;
    void Put(std::size_t place, const Next& next) noexcept;

    const ThinkGaps gaps_;
    std::vector<Sender> senders_;  // by bot
    std::vector<Next> heap_;
};

}  // namespace loadtest
