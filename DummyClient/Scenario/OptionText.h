#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "DummyClient/Scenario/BehaviourInfo.h"
#include "DummyClient/Scenario/ScenarioKeys.h"

namespace loadtest {

// Values of behaviours' options as text.

// Of what kind an option is, by its default: Number, Truth, Duration or Text.
[[nodiscard]] ValueKind KindOf(const OptionInfo& option) noexcept;

// The one way to write that value, so that equal values are equal texts. Nothing: it is not of that kind.
[[nodiscard]] std::optional<std::string> NormalText(ValueKind kind, std::string_view text);
[[nodiscard]] std::string NormalNumber(double number);

// "a number such as 0.1".
[[nodiscard]] std::string DescribeValues(const OptionInfo& option);

// In quotes, as TOML wants text.
[[nodiscard]] std::string Quoted(std::string_view text);

// Nothing: there is none of that name.
[[nodiscard]] const OptionInfo* FindOption(const BehaviourInfo& behaviour, std::string_view name) noexcept;

}  // namespace loadtest
