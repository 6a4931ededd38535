#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace loadtest {

// The keys of a scenario file, in the order in which they are written: what reads, writes and documents such files goes by these tables.

enum class ValueKind : std::uint8_t { Text, Texts, Count, Number, Truth, Duration, Table, Tables };

struct KeyInfo {
    std::string_view name;
    ValueKind kind;
    std::string_view defaultValue;  // as it stands in a file; empty: the key has to be there
    std::string_view about;
    double least = 0;  // both for Count, Number and (in seconds) Duration
    double greatest = 0;
};

struct ShapeInfo {
    std::string_view kind;
    std::string_view about;
    std::span<const KeyInfo> keys;  // beside `kind`
};

[[nodiscard]] std::span<const KeyInfo> ScenarioKeys() noexcept;
[[nodiscard]] std::span<const KeyInfo> GroupKeys() noexcept;
// By the index of LoadShape::Kind.
[[nodiscard]] std::span<const ShapeInfo> Shapes() noexcept;
// By ThinkTime.
inline constexpr std::array<std::string_view, 4> kThinkNames = {"even", "uniform", "exponential", "lognormal"};

// Precondition: there is such a key.
[[nodiscard]] const KeyInfo& KeyNamed(std::span<const KeyInfo> keys, std::string_view name) noexcept;
[[nodiscard]] std::vector<std::string_view> NamesOf(std::span<const KeyInfo> keys);

// "1 to 1000000", "1ms to 24h".
[[nodiscard]] std::string RangeText(const KeyInfo& key);
// What is wrong with the value: "takes 1 to 1000000, not 0". Nothing: nothing is.
[[nodiscard]] std::optional<std::string> OutOfRange(const KeyInfo& key, double value);

}  // namespace loadtest
