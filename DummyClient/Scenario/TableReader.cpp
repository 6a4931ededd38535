#include "DummyClient/Scenario/TableReader.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "DummyClient/Scenario/DurationText.h"
#include "DummyClient/Scenario/OptionText.h"

namespace loadtest {

namespace {

using servercore::Duration;

std::string_view KindName(const toml::node& value) noexcept {
    switch (value.type()) {
        case toml::node_type::string: return "text";
        case toml::node_type::integer: return "a whole number";
        case toml::node_type::floating_point: return "a number with a fraction";
        case toml::node_type::boolean: return "true or false";
        case toml::node_type::array: return "a list";
        case toml::node_type::table: return "a table";
        default: return "a date or time";
    }
}

// An integer or a finite floating-point number.
std::optional<double> NumberIn(const toml::node& value) {
    const std::optional<double> number = value.value<double>();
    return value.is_number() && number && std::isfinite(*number) ? number : std::nullopt;
}

bool IsControl(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20;
}

std::string NoDuration(const toml::node& value) {
    const char* const hint = R"(takes a number and a unit: "200ms", "5s", "1.5m" or "1h")";
    if (const auto number = NumberIn(value)) {
        return fmt::format("{}, not {} without a unit; did you mean \"{}s\"?", hint, *number, *number);
    }
    if (const auto text = value.value_exact<std::string>()) {
        return fmt::format("{}, not {}", hint, Quoted(*text));
    }
    return fmt::format("{}, not {}", hint, KindName(value));
}

}  // namespace

std::vector<std::string> FileMistakes::Lines(const std::string& file) const {
    std::vector<Mistake> sorted = mistakes_;
    std::ranges::stable_sort(sorted, {}, [](const Mistake& mistake) { return std::pair(mistake.at.line, mistake.at.column); });
    std::vector<std::string> lines;
    for (const Mistake& mistake : sorted) {
        // What is missing from an empty file stands nowhere.
        const auto line = std::max<unsigned>(mistake.at.line, 1);
        const auto column = std::max<unsigned>(mistake.at.column, 1);
        lines.push_back(fmt::format("{}:{}:{}: {}", file, line, column, mistake.what));
        // A key in quotes may hold anything.
        std::ranges::replace_if(lines.back(), IsControl, '?');
    }
    return lines;
}

std::string TableReader::Text(std::string_view key) {
    const toml::node* const value = Find(key);
    if (value == nullptr) {
        return std::string(DefaultOf(key));
    }
    const auto text = value->value_exact<std::string>();
    if (!text) {
        ComplainOfKind(key, *value, "text in quotes");
    } else if (std::ranges::any_of(*text, IsControl)) {
        Complain(key, "has to be one line");
        return std::string(DefaultOf(key));
    }
    return text ? *text : std::string(DefaultOf(key));
}

std::vector<std::string> TableReader::Texts(std::string_view key) {
    std::vector<std::string> texts;
    const toml::node* const value = Find(key);
    if (value == nullptr) {
        return texts;
    }
    if (!value->is_array()) {
        ComplainOfKind(key, *value, R"(a list of text: ["...", "..."])");
        return texts;
    }
    for (const toml::node& item : *value->as_array()) {
        if (const auto text = item.value_exact<std::string>()) {
            texts.push_back(*text);
        } else {
            ComplainOfKind(key, item, "text in quotes in its list");
        }
    }
    return texts;
}

std::uint64_t TableReader::Count(std::string_view key) {
    std::uint64_t otherwise = 0;
    const std::string_view text = DefaultOf(key);
    std::from_chars(text.data(), text.data() + text.size(), otherwise);
    const toml::node* const value = Find(key);
    if (value == nullptr) {
        return otherwise;
    }
    const auto number = value->value_exact<std::int64_t>();
    if (!number) {
        ComplainOfKind(key, *value, "a whole number");
        return otherwise;
    }
    return static_cast<std::uint64_t>(InRange(key, *number, static_cast<double>(*number)).value_or(static_cast<std::int64_t>(otherwise)));
}

double TableReader::Number(std::string_view key) {
    double otherwise = 0;
    const std::string_view text = DefaultOf(key);
    std::from_chars(text.data(), text.data() + text.size(), otherwise);
    const toml::node* const value = Find(key);
    if (value == nullptr) {
        return otherwise;
    }
    const auto number = NumberIn(*value);
    if (!number) {
        ComplainOfKind(key, *value, "a number");
        return otherwise;
    }
    return InRange(key, *number, *number).value_or(otherwise);
}

bool TableReader::Truth(std::string_view key) {
    const toml::node* const value = Find(key);
    if (value == nullptr) {
        return DefaultOf(key) == "true";
    }
    const auto truth = value->value_exact<bool>();
    if (!truth) {
        ComplainOfKind(key, *value, "true or false, without quotes");
    }
    return truth.value_or(DefaultOf(key) == "true");
}

Duration TableReader::Span(std::string_view key) {
    const Duration otherwise = ParseDuration(DefaultOf(key)).value_or(Duration::zero());
    const toml::node* const value = Find(key);
    if (value == nullptr) {
        return otherwise;
    }
    const auto text = value->value_exact<std::string>();
    const auto duration = text ? ParseDuration(*text) : std::nullopt;
    if (!duration) {
        Complain(key, NoDuration(*value));
        return otherwise;
    }
    return InRange(key, *duration, std::chrono::duration<double>(*duration).count()).value_or(otherwise);
}

const toml::table* TableReader::Table(std::string_view key) {
    const toml::node* const value = Find(key);
    if (value != nullptr && !value->is_table()) {
        ComplainOfKind(key, *value, "a table: { key = value, ... }");
    }
    return value == nullptr ? nullptr : value->as_table();
}

std::optional<std::string> TableReader::Option(const OptionInfo& option) {
    const toml::node& value = *table_.get(option.name);
    std::optional<std::string> text;
    switch (KindOf(option)) {
        case ValueKind::Number:
            if (const auto number = NumberIn(value)) {
                text = NormalNumber(*number);
            }
            break;
        case ValueKind::Truth:
            if (const auto truth = value.value_exact<bool>()) {
                text = *truth ? "true" : "false";
            }
            break;
        default:
            if (const auto given = value.value_exact<std::string>()) {
                text = NormalText(KindOf(option), *given);
            }
            break;
    }
    if (!text) {
        ComplainOfKind(option.name, value, DescribeValues(option));
    }
    return text;
}

void TableReader::Complain(std::string_view key, const std::string& what) {
    const toml::node* const value = table_.get(key);
    mistakes_.Add(value == nullptr ? table_.source() : value->source(), fmt::format("{}: {}", key, what));
}

const toml::node* TableReader::Find(std::string_view key) {
    const toml::node* const value = table_.get(key);
    if (value == nullptr && Info(key).defaultValue.empty()) {
        Complain(key, fmt::format("is missing: {}", Info(key).about));
    }
    return value;
}

void TableReader::ComplainOfKind(std::string_view key, const toml::node& value, std::string_view wanted) {
    const auto text = value.value_exact<std::string>();
    const std::string given = text ? "text, " + Quoted(*text) : std::string(KindName(value));
    mistakes_.Add(value.source(), fmt::format("{}: takes {}, not {}", key, wanted, given));
}

template <class Value>
std::optional<Value> TableReader::InRange(std::string_view key, Value value, double asNumber) {
    if (const auto problem = OutOfRange(Info(key), asNumber)) {
        Complain(key, *problem);
        return std::nullopt;
    }
    return value;
}

std::string_view TableReader::DefaultOf(std::string_view key) const {
    const std::string_view value = Info(key).defaultValue;
    return value.size() >= 2 && value.front() == '"' ? value.substr(1, value.size() - 2) : value;
}

}  // namespace loadtest
