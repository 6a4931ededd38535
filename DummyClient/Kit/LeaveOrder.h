#pragma once

#include <cstddef>
#include <optional>

#include "DummyClient/Scenario/LoadShape.h"

namespace loadtest {

// Which bot of a group is the next to go: those who came for a spike first, else those who came first.
// Owner: a population.  Threads: confined to its owner's.
class LeaveOrder {
public:
    explicit LeaveOrder(const LoadShape& shape) noexcept {
        if (const auto* spike = std::get_if<LoadShape::Spike>(&shape.kind)) {
            base_ = spike->base;
            next_ = base_;
        }
    }

    // The number of the bot among those who joined; nothing: all have gone.
    [[nodiscard]] std::optional<std::size_t> TakeNext(std::size_t joined) noexcept {
        if (next_ < joined) {
            return next_++;
        }
        return nextOfBase_ < base_ && nextOfBase_ < joined ? std::optional(nextOfBase_++) : std::nullopt;
    }

private:
    std::size_t base_ = 0;
    std::size_t next_ = 0;
    std::size_t nextOfBase_ = 0;
};

}  // namespace loadtest
