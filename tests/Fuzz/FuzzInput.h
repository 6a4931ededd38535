#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ServerCore/Base/Bytes.h"

namespace servercore::test {

// Reads an input from its beginning. What lies behind its end is 0.
// Threads: one.
class FuzzInput {
public:
    explicit FuzzInput(ConstBytes bytes) noexcept : left_(bytes) {}

    [[nodiscard]] bool IsAtEnd() const noexcept { return left_.empty(); }

    [[nodiscard]] std::uint8_t Byte() noexcept {
        const ConstBytes taken = Take(1);
        return taken.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(taken.front());
    }

    // 0 <= result < bound <= 256.
    [[nodiscard]] std::size_t Below(std::size_t bound) noexcept { return Byte() % bound; }

    // Fewer at the end.
    [[nodiscard]] ConstBytes Take(std::size_t count) noexcept {
        const ConstBytes taken = left_.first(std::min(count, left_.size()));
        left_ = left_.subspan(taken.size());
        return taken;
    }

private:
    ConstBytes left_;
};

}  // namespace servercore::test
