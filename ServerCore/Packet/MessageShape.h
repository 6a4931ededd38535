#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace servercore {

// What a field looks like on the wire, and with it what parsing it costs.
enum class FieldKind : std::uint8_t {
    Varint,
    Fixed32,
    Fixed64,
    Bytes,
    Text,  // bytes that must be UTF-8
    Message,
};

struct FieldShape {
    std::uint32_t number = 0;
    FieldKind kind = FieldKind::Varint;
    bool isRepeated = false;
    std::uint8_t elementBytes = 0;  // of a repeated number, in memory
    std::uint16_t message = 0;      // of a Message: its place in SchemaShape::messages
};

struct MessageShape {
    std::size_t objectBytes = 0;   // the size of its C++ class
    std::uint16_t firstField = 0;  // its place in SchemaShape::fields
    std::uint16_t fieldCount = 0;
};

// The messages of a protocol as ParseCost needs to know them. Made by protoc-gen-servercore.
// Threads: immutable.
struct SchemaShape {
    std::span<const MessageShape> messages;
    std::span<const FieldShape> fields;
};

}  // namespace servercore
