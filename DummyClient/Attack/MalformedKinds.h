#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "DummyClient/Attack/Attacker.h"
#include "DummyClient/Attack/Packets.h"

namespace loadtest::attack {

// Something that no client of this protocol sends, and that has to end its connection.
struct MalformedKind {
    std::string_view name;
    Approach approach = Approach::Connected;
    bool mayBeAnswered = false;  // else the server says nothing more; true only behind the login, or where the answer is the refusal
    void (*make)(ByteList& bytes, std::uint64_t seed) = nullptr;
};

[[nodiscard]] std::span<const MalformedKind> MalformedKinds() noexcept;

}  // namespace loadtest::attack
