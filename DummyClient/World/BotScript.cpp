#include "DummyClient/World/BotScript.h"

#include <charconv>
#include <random>

#include "DummyClient/Scenario/Mix.h"

namespace loadtest {

namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
static_assert(kLetters.size() == 64);

std::string_view WriteText(std::uint64_t state, TextBuffer& buffer) noexcept {
    constexpr std::size_t kShortest = 10;
    const std::size_t length = kShortest + state % (buffer.size() - kShortest + 1);
    std::size_t written = 0;
    while (written < length) {
        state = Mix(state);
        std::uint64_t bits = state;
        for (std::size_t i = 0; i < 10 && written < length; ++i) {  // 10 letters of 6 bits in 64
            buffer[written++] = kLetters[bits & 63U];
            bits >>= 6U;
        }
    }
    return {buffer.data(), length};
}

}  // namespace

std::string_view ChatOf(std::size_t bot, std::uint32_t sequence, TextBuffer& buffer) noexcept {
    return WriteText(Mix((std::uint64_t{bot} << 32U) | sequence), buffer);
}

std::string_view WhisperOf(std::size_t bot, std::uint32_t sequence, TextBuffer& buffer) noexcept {
    return WriteText(Mix(~((std::uint64_t{bot} << 32U) | sequence)), buffer);
}

std::size_t ListenerOf(std::size_t bot, std::uint32_t sequence, std::size_t bots) noexcept {
    const std::size_t distance = 1 + Mix((std::uint64_t{sequence} << 32U) | bot) % (bots - 1);
    return (bot + distance) % bots;
}

std::optional<std::size_t> BotNames::BotNamed(std::string_view name) const noexcept {
    if (!name.starts_with(prefix_)) {
        return std::nullopt;
    }
    name.remove_prefix(prefix_.size());
    std::size_t bot = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), bot);
    if (error != std::errc() || end != name.data() + name.size()) {
        return std::nullopt;
    }
    return bot;
}

}  // namespace loadtest
