#include "Tools/IoModelLab/Net/EchoBuffer.h"

#include <algorithm>
#include <cstring>

#include "Tools/IoModelLab/Net/Winsock.h"

namespace iolab {

bool EchoBuffer::Take(const char* data, std::size_t bytes) {
    bytes_.append(data, bytes);
    switch (framing_.kind) {
        case FramingKind::Line: return FindLines();
        case FramingKind::Fixed: return FindFixed();
        case FramingKind::Length: break;
    }
    return FindLengths();
}

void EchoBuffer::Sent(int bytes) noexcept {
    sent_ += static_cast<std::size_t>(bytes);
    if (sent_ < whole_) {
        return;
    }
    bytes_.erase(0, whole_);
    searched_ -= std::min(searched_, whole_);
    sent_ = 0;
    whole_ = 0;
}

// Each byte is looked at once, however small the pieces are.
bool EchoBuffer::FindLines() {
    std::size_t from = std::max(searched_, whole_);
    for (std::size_t end = bytes_.find('\n', from); end != std::string::npos; end = bytes_.find('\n', whole_)) {
        if (end + 1 - whole_ > kMaxFrameBytes) {
            break;
        }
        EndFrame(end + 1);
    }
    searched_ = bytes_.size();
    mistake_ = "a line of more than 65536 bytes";
    return bytes_.size() - whole_ <= kMaxFrameBytes;
}

bool EchoBuffer::FindFixed() {
    while (bytes_.size() - whole_ >= framing_.fixedBytes) {
        EndFrame(whole_ + framing_.fixedBytes);
    }
    return true;
}

bool EchoBuffer::FindLengths() {
    while (bytes_.size() - whole_ >= kLengthBytes) {
        std::uint32_t length = 0;
        std::memcpy(&length, bytes_.data() + whole_, sizeof length);
        length = ntohl(length);
        if (length > kMaxFrameBytes) {
            mistake_ = "a length over 65536 bytes";
            return false;
        }
        if (bytes_.size() - whole_ - kLengthBytes < length) {
            break;
        }
        EndFrame(whole_ + kLengthBytes + length);
    }
    return true;
}

void EchoBuffer::EndFrame(std::size_t end) noexcept {
    whole_ = end;
    ++frames_;
}

}  // namespace iolab
