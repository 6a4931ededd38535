#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "Tools/IoModelLab/Net/Framing.h"

namespace iolab {

// What was received from one client and has not gone back to it: whole frames that wait to be sent, and the beginning of the next one.
//
//     | sent | unsent: whole frames | part of a frame |
//     0    sent_                 whole_            bytes_.size()
//
// It holds at most one frame and one receive, because a model receives again only when all is sent.
// Owner: a client of a model, by value.  Threads: the owner's.
class EchoBuffer {
public:
    explicit EchoBuffer(const Framing& framing) noexcept : framing_(framing) {}

    // Adds what was received. False: the client breaks the framing, and cannot be understood from here on; Mistake says how.
    [[nodiscard]] bool Take(const char* data, std::size_t bytes);
    [[nodiscard]] const char* Mistake() const noexcept { return mistake_; }

    [[nodiscard]] bool HasUnsent() const noexcept { return sent_ < whole_; }
    [[nodiscard]] const char* Unsent() const noexcept { return bytes_.data() + sent_; }
    [[nodiscard]] int UnsentBytes() const noexcept { return static_cast<int>(whole_ - sent_); }

    // The system has taken so many of the unsent bytes; the rest stays unsent.
    void Sent(int bytes) noexcept;

    [[nodiscard]] std::uint64_t Frames() const noexcept { return frames_; }

private:
    [[nodiscard]] bool FindLines();
    [[nodiscard]] bool FindFixed();
    [[nodiscard]] bool FindLengths();
    void EndFrame(std::size_t end) noexcept;

    const Framing framing_;
    std::string bytes_;
    std::size_t sent_ = 0;
    std::size_t whole_ = 0;
    std::size_t searched_ = 0;  // no line feed before it, behind whole_
    std::uint64_t frames_ = 0;
    const char* mistake_ = "";
};

}  // namespace iolab
