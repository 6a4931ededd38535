#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "ServerCore/Platform/LineInput.h"

namespace servercore::platform {

// Cuts a stream of characters into lines that end with LF or CRLF. What a line has beyond LineInput::kMaxLineBytes is dropped.
// Owner: a LineInput.  Threads: confined to its reader.
class LineBuffer {
public:
    void Append(std::string_view text) { text_.append(text); }

    // nullopt: no whole line yet.
    [[nodiscard]] std::optional<std::string> TakeLine() {
        const std::size_t end = text_.find('\n');
        if (end == std::string::npos) {
            text_.resize(text_.size() < LineInput::kMaxLineBytes ? text_.size() : LineInput::kMaxLineBytes);
            return std::nullopt;
        }
        std::string line = text_.substr(0, end < LineInput::kMaxLineBytes ? end : LineInput::kMaxLineBytes);
        text_.erase(0, end + 1);
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        return line;
    }

    // The input has ended: what is left counts as a line. nullopt: nothing is left.
    [[nodiscard]] std::optional<std::string> TakeRest() {
        if (text_.empty()) {
            return std::nullopt;
        }
        Append("\n");
        return TakeLine();
    }

private:
    std::string text_;
};

}  // namespace servercore::platform
