#pragma once

#include <string>
#include <vector>

namespace loadtest {

// An option of a behaviour. Its values are of the kind that its default is of: a number ("0.1"), true or false, a duration ("5s"), or text.
struct OptionInfo {
    std::string name;
    std::string defaultValue;
    std::string about;  // one line
};

// What the program knows about a behaviour before any bot behaves like that.
struct BehaviourInfo {
    std::string name;
    std::string about;  // one line
    std::vector<OptionInfo> options;
    bool hasRate = true;  // false: it sets its own pace, and groups of it take neither rate nor think
};

}  // namespace loadtest
