#include "DummyClient/Scenario/HeaderCheck.h"

#include <algorithm>
#include <cstddef>

namespace loadtest {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kLineEnds = "\n\v\f\r";
// A closing bracket has an error of toml++'s own.
constexpr std::string_view kGoodNext = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-\"']";

// Where a name has to begin, if the line begins like a header.
std::optional<std::size_t> NamePosition(std::string_view line) noexcept {
    std::size_t at = std::min(line.find_first_not_of(kBlanks), line.size());
    if (!line.substr(at).starts_with('[')) {
        return std::nullopt;
    }
    at += line.substr(at).starts_with("[[") ? 2U : 1U;
    return std::min(line.find_first_not_of(kBlanks, at), line.size());
}

}  // namespace

std::optional<TextPosition> FindNamelessHeader(std::string_view toml) noexcept {
    if (toml.starts_with(kByteOrderMark)) {
        toml.remove_prefix(kByteOrderMark.size());
    }
    TextPosition position;
    for (;;) {
        const std::size_t end = std::min(toml.find_first_of(kLineEnds), toml.size());
        const std::string_view line = toml.substr(0, end);
        const std::optional<std::size_t> name = NamePosition(line);
        if (name && (*name == line.size() || kGoodNext.find(line[*name]) == std::string_view::npos)) {
            position.column = static_cast<std::uint32_t>(*name + 1);
            return position;
        }
        if (end == toml.size()) {
            return std::nullopt;
        }
        position.line += toml[end] == '\n' ? 1U : 0U;
        toml.remove_prefix(end + 1);
    }
}

}  // namespace loadtest
