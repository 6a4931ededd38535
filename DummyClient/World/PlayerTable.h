#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace loadtest {

// From the server's player ids to this run's bots: filled while bots log in, read with every packet that arrives.
// Owner: Crowd.  Threads: safe from any, without locks.
class PlayerTable {
public:
    // Precondition: bots > 0.
    explicit PlayerTable(std::size_t bots);

    // False: that id belongs to another bot already, or there are more bots than announced. Precondition: playerId != 0.
    [[nodiscard]] bool TryAdd(std::uint32_t playerId, std::size_t bot) noexcept;
    // Nothing: a stranger.
    [[nodiscard]] std::optional<std::size_t> Find(std::uint32_t playerId) const noexcept;

private:
    [[nodiscard]] std::size_t SlotFor(std::uint32_t playerId) const noexcept;

    // Open addressing. A slot is 0 or an id above and a bot below; never changed once set.
    std::vector<std::atomic<std::uint64_t>> slots_;
};

}  // namespace loadtest
