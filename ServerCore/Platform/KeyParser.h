#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "ServerCore/Platform/TerminalKey.h"

namespace servercore::platform {

// Finds keys in what a terminal sends: characters, and sequences of ESC [ or ESC O for the others. What is no TerminalKey is left out.
// Owner: a Terminal.  Threads: confined to its owner's.
class KeyParser {
public:
    // What waits beyond this is dropped: somebody has pasted a book.
    static constexpr std::size_t kMaxWaitingBytes = 256;

    void Append(std::string_view bytes);
    // nullopt: no whole key yet.
    [[nodiscard]] std::optional<TerminalKey> Take();

private:
    // How many of the bytes are the sequence that they begin with; 0 when it is not whole yet.
    [[nodiscard]] std::size_t SequenceLength() const noexcept;

    std::string bytes_;
};

}  // namespace servercore::platform
