#include "DummyClient/Scenario/OptionText.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

#include <fmt/format.h>

#include "DummyClient/Scenario/DurationText.h"

namespace loadtest {

namespace {

std::optional<double> ParseNumber(std::string_view text) noexcept {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
        return std::nullopt;
    }
    return number;
}

}  // namespace

ValueKind KindOf(const OptionInfo& option) noexcept {
    const std::string& value = option.defaultValue;
    if (value == "true" || value == "false") {
        return ValueKind::Truth;
    }
    if (ParseNumber(value)) {
        return ValueKind::Number;
    }
    return ParseDuration(value) ? ValueKind::Duration : ValueKind::Text;
}

std::string NormalNumber(double number) {
    return number == 0 ? "0" : fmt::to_string(number);  // not "-0"
}

std::optional<std::string> NormalText(ValueKind kind, std::string_view text) {
    switch (kind) {
        case ValueKind::Number:
            if (const auto number = ParseNumber(text)) {
                return NormalNumber(*number);
            }
            return std::nullopt;
        case ValueKind::Duration:
            if (const auto duration = ParseDuration(text)) {
                return ToText(*duration);
            }
            return std::nullopt;
        case ValueKind::Truth: return text == "true" || text == "false" ? std::optional<std::string>(text) : std::nullopt;
        default: return std::string(text);
    }
}

std::string DescribeValues(const OptionInfo& option) {
    switch (KindOf(option)) {
        case ValueKind::Number: return fmt::format("a number such as {}", option.defaultValue);
        case ValueKind::Duration: return R"(a number with the unit ms, s, m or h, such as "5s")";
        case ValueKind::Truth: return "true or false";
        default: return "text in quotes";
    }
}

std::string Quoted(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            quoted += '\\';
            quoted += c;
        } else if (code < 0x20 || code == 0x7F) {
            quoted += fmt::format("\\u{:04X}", code);
        } else {
            quoted += c;
        }
    }
    return quoted + '"';
}

const OptionInfo* FindOption(const BehaviourInfo& behaviour, std::string_view name) noexcept {
    const auto option = std::ranges::find(behaviour.options, name, &OptionInfo::name);
    return option == behaviour.options.end() ? nullptr : &*option;
}

}  // namespace loadtest
