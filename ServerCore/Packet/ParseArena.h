#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>

#include <google/protobuf/arena.h>

namespace servercore {

// The memory that one packet is parsed into: a block of a size that was computed beforehand (ParseCost), so that protobuf never asks for
// more. Small ones are part of the object, which is meant for the stack: parsing an ordinary packet allocates nothing. The exception are
// texts of 16 characters and more, which protobuf keeps in strings of their own.
// Owner: by value, for the time of one packet.  Threads: confined.
class ParseArena {
public:
    // `bytes`: what CostOfParsing says. May throw std::bad_alloc.
    explicit ParseArena(std::size_t bytes);
    ParseArena(const ParseArena&) = delete;
    ParseArena& operator=(const ParseArena&) = delete;

    [[nodiscard]] google::protobuf::Arena& Get() noexcept { return *arena_; }

private:
    static constexpr std::size_t kSmallBytes = std::size_t{16} * 1024;

    // Not initialised: the arena writes before it reads.
    alignas(std::max_align_t) std::array<std::byte, kSmallBytes> small_;
    std::unique_ptr<std::byte[]> large_;
    std::optional<google::protobuf::Arena> arena_;  // last: what it has made ends before its memory
};

}  // namespace servercore
