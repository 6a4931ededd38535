#include "DummyClient/Kit/OptionValues.h"

#include <cstdlib>

#include "DummyClient/Scenario/DurationText.h"

namespace loadtest {

double OptionValues::Number(const std::string& name) const {
    return std::strtod(Text(name).c_str(), nullptr);
}

bool OptionValues::Flag(const std::string& name) const {
    return Text(name) == "true";
}

servercore::Duration OptionValues::Time(const std::string& name) const {
    return ParseDuration(Text(name)).value();
}

}  // namespace loadtest
