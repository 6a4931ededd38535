#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace loadtest {

// What a bot, or many, found when it looked.
// Threads: none of its own.
class CheckCounts {
public:
    struct Check {
        const char* what;
        std::uint64_t passed = 0;
        std::uint64_t failed = 0;
    };

    // `what` lives for ever.
    void Count(const char* what, bool isRight) { (isRight ? Find(what).passed : Find(what).failed) += 1; }

    void Add(const CheckCounts& other) {
        for (const Check& check : other.checks_) {
            Check& own = Find(check.what);
            own.passed += check.passed;
            own.failed += check.failed;
        }
    }

    [[nodiscard]] const std::vector<Check>& All() const noexcept { return checks_; }

private:
    [[nodiscard]] Check& Find(const char* what) {
        const auto found = std::ranges::find_if(checks_, [what](const Check& check) { return std::string_view(check.what) == what; });
        return found != checks_.end() ? *found : checks_.emplace_back(Check{.what = what});
    }

    std::vector<Check> checks_;  // a few
};

}  // namespace loadtest
