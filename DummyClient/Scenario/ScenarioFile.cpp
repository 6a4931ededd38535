#include "DummyClient/Scenario/ScenarioFile.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace loadtest {

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

// At most one byte more than kMostBytes. Nothing: errno says why.
std::optional<std::string> ReadAll(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text;
    std::array<char, 4096> chunk{};
    while (file && text.size() <= kMostBytes) {
        file.read(chunk.data(), chunk.size());
        text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
    }
    return file.eof() || text.size() > kMostBytes ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace

ReadScenarioResult ReadScenarioFile(const std::string& path, std::span<const BehaviourInfo> behaviours) {
    const std::optional<std::string> text = ReadAll(path);
    if (!text) {
        return {.scenario = std::nullopt,
                .mistakes = {fmt::format("{}:1:1: cannot be read: {}", path, std::generic_category().message(errno))}};
    }
    if (text->size() > kMostBytes) {
        return {.scenario = std::nullopt, .mistakes = {fmt::format("{}:1:1: more than a megabyte; that is no scenario", path)}};
    }
    return ReadScenario(*text, path, behaviours);
}

}  // namespace loadtest
