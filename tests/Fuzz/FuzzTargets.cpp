#include "tests/Fuzz/FuzzTargets.h"

#include <algorithm>
#include <array>
#include <utility>

namespace servercore::test {

FuzzTarget FindTarget(std::string_view name) noexcept {
    static constexpr std::array<std::pair<std::string_view, FuzzTarget>, 3> kTargets = {
        std::pair{"Framer", &FuzzFramer}, std::pair{"Session", &FuzzSession}, std::pair{"Schedule", &FuzzSchedule}};
    const auto found = std::ranges::find(kTargets, name, [](const auto& target) { return target.first; });
    return found != kTargets.end() ? found->second : nullptr;
}

}  // namespace servercore::test
