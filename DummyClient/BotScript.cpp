#include "DummyClient/BotScript.h"

#include <charconv>
#include <random>

namespace loadtest {

namespace {

// SplitMix64: well mixed bits from a counter.
std::uint64_t Mix(std::uint64_t value) noexcept {
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

// Back and forth between -extent and +extent.
std::int32_t BackAndForth(std::uint64_t distance) noexcept {
    constexpr std::uint64_t kExtent = 100'000;
    constexpr std::uint64_t kRound = 4 * kExtent;
    const std::uint64_t at = distance % kRound;
    const std::uint64_t offset = at < kRound / 2 ? at : kRound - at;
    return static_cast<std::int32_t>(offset) - static_cast<std::int32_t>(kExtent);
}

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
static_assert(kLetters.size() == 64);

}  // namespace

Point MoveOf(std::size_t bot, std::uint32_t sequence) noexcept {
    const std::uint64_t start = Mix(bot);
    const std::uint64_t stepX = 50 + start % 101;
    const std::uint64_t stepY = 50 + (start >> 8U) % 101;
    return {.x = BackAndForth((start >> 16U) % 1'000'000 + sequence * stepX), .y = BackAndForth((start >> 40U) + sequence * stepY)};
}

std::string_view ChatOf(std::size_t bot, std::uint32_t sequence, ChatBuffer& buffer) noexcept {
    constexpr std::size_t kShortest = 10;
    std::uint64_t state = Mix((std::uint64_t{bot} << 32U) | sequence);
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

std::string MakeRunTag() {
    constexpr std::string_view kTagLetters = "abcdefghjkmnpqrstuvwxyz23456789";
    std::random_device random;
    std::string tag;
    for (int i = 0; i < 5; ++i) {
        tag += kTagLetters[random() % kTagLetters.size()];
    }
    return tag;
}

}  // namespace loadtest
