#include "ServerCore/Packet/WireReader.h"

namespace servercore {

namespace {

constexpr std::size_t kMaxVarintBytes = 10;

}  // namespace

bool WireReader::ReadVarint(std::uint64_t& value) noexcept {
    value = 0;
    for (std::size_t i = 0; i < kMaxVarintBytes && i < rest_.size(); ++i) {
        const auto byte = std::to_integer<std::uint64_t>(rest_[i]);
        value |= (byte & 0x7FU) << (7 * i);
        if (byte < 0x80U) {
            rest_ = rest_.subspan(i + 1);
            return true;
        }
    }
    return false;
}

bool WireReader::ReadTag(std::uint32_t& number, WireType& type) noexcept {
    std::uint64_t tag = 0;
    if (!ReadVarint(tag) || tag > 0xFFFFFFFFU || (tag & 7U) > static_cast<unsigned>(WireType::Fixed32)) {
        return false;
    }
    number = static_cast<std::uint32_t>(tag >> 3U);
    type = static_cast<WireType>(tag & 7U);
    return number != 0;
}

bool WireReader::ReadBytes(ConstBytes& bytes) noexcept {
    std::uint64_t length = 0;
    if (!ReadVarint(length) || length > rest_.size()) {
        return false;
    }
    bytes = rest_.first(static_cast<std::size_t>(length));
    return Skip(bytes.size());
}

bool WireReader::Skip(std::size_t bytes) noexcept {
    if (bytes > rest_.size()) {
        return false;
    }
    rest_ = rest_.subspan(bytes);
    return true;
}

bool WireReader::SkipValue(WireType type) noexcept {
    std::uint64_t value = 0;
    ConstBytes bytes;
    switch (type) {
        case WireType::Varint: return ReadVarint(value);
        case WireType::Fixed64: return Skip(8);
        case WireType::Fixed32: return Skip(4);
        case WireType::Length: return ReadBytes(bytes);
        case WireType::BeginGroup:
        case WireType::EndGroup: break;
    }
    return false;
}

}  // namespace servercore
