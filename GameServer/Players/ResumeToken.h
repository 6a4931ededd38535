#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <random>
#include <string_view>

namespace game {

// Proves that a connection is a certain player's: 128 bits of the operating system's randomness.
class ResumeToken {
public:
    static constexpr std::size_t kBytes = 16;

    // May throw std::system_error: the system has no randomness.
    [[nodiscard]] static ResumeToken Make() {
        std::random_device source;
        ResumeToken token;
        for (std::uint32_t& word : token.words_) {
            word = source();
        }
        return token;
    }

    // As it came over the wire. Nothing: of the wrong length.
    [[nodiscard]] static std::optional<ResumeToken> From(std::string_view bytes) noexcept {
        if (bytes.size() != kBytes) {
            return std::nullopt;
        }
        ResumeToken token;
        std::memcpy(token.words_.data(), bytes.data(), kBytes);
        return token;
    }

    // For the wire.
    [[nodiscard]] std::string_view Bytes() const noexcept { return {reinterpret_cast<const char*>(words_.data()), kBytes}; }

    friend bool operator==(const ResumeToken&, const ResumeToken&) noexcept = default;

private:
    std::array<std::uint32_t, kBytes / sizeof(std::uint32_t)> words_{};
};

struct ResumeTokenHash {
    [[nodiscard]] std::size_t operator()(const ResumeToken& token) const noexcept { return std::hash<std::string_view>()(token.Bytes()); }
};

}  // namespace game
