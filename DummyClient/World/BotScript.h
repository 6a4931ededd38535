#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loadtest {

// What bots are called, what they say and to whom: functions of bot and sequence number alone, so that every receiver can tell whether
// what arrived is what was sent.

// 10 to 200 printable characters, written into `buffer`; the result refers to it.
using TextBuffer = std::array<char, 200>;
[[nodiscard]] std::string_view ChatOf(std::size_t bot, std::uint32_t sequence, TextBuffer& buffer) noexcept;
[[nodiscard]] std::string_view WhisperOf(std::size_t bot, std::uint32_t sequence, TextBuffer& buffer) noexcept;

// Another of the `bots`. Precondition: there are two or more.
[[nodiscard]] std::size_t ListenerOf(std::size_t bot, std::uint32_t sequence, std::size_t bots) noexcept;

// The names of one run; the tag tells them from those of other runs on the same server.
class BotNames {
public:
    explicit BotNames(std::string tag) : prefix_("bot-" + std::move(tag) + "-") {}

    [[nodiscard]] std::string NameOf(std::size_t bot) const { return prefix_ + std::to_string(bot); }
    // Nothing: the name is a stranger's.
    [[nodiscard]] std::optional<std::size_t> BotNamed(std::string_view name) const noexcept;

private:
    std::string prefix_;
};

}  // namespace loadtest
