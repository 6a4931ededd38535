#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "DummyClient/Scenario/Scenario.h"
#include "ServerCore/Base/Clock.h"

namespace loadtest {

// Where a group does not fit together although each of its values may be.
struct GroupFault {
    std::string_view shapeKey;  // empty: the shape as a whole
    std::string what;
};

// `play`: Scenario::Play.
[[nodiscard]] std::vector<GroupFault> FaultsOf(const GroupPlan& group, servercore::Duration play);

}  // namespace loadtest
