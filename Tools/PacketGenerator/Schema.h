#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>

namespace packetgen {

enum class Direction : std::uint8_t { ToServer, ToClient };

struct Packet {
    const google::protobuf::Descriptor* message = nullptr;
    std::uint32_t id = 0;
    Direction direction = Direction::ToServer;
    std::uint32_t stateMask = 0;  // bit n: the n-th of Schema::states
    std::uint32_t perSecond = 0;
    std::uint32_t burst = 0;
    std::uint32_t maxBytes = 0;
    std::uint32_t cost = 1;
    std::string packetClass;  // as in servercore::PacketClass
    std::string method;       // of its handler

    [[nodiscard]] const std::string& Name() const { return message->name(); }
};

// A protocol: all files that protoc was called with.
struct Schema {
    std::string package;
    std::vector<const google::protobuf::FileDescriptor*> files;
    std::vector<std::string> states;
    std::vector<Packet> packets;            // by id
    std::vector<std::uint32_t> retiredIds;  // sorted
    // All messages and enums that packets are made of, packets included, by full name.
    std::map<std::string, const google::protobuf::Descriptor*> messages;
    std::map<std::string, const google::protobuf::EnumDescriptor*> enums;

    [[nodiscard]] std::vector<const Packet*> PacketsOf(Direction direction) const;
};

// What is wrong with a schema, one text each, as protoc writes its own: file:line:column: what.
using Problems = std::vector<std::string>;

// "0x8001"
[[nodiscard]] std::string ToHex(std::uint32_t id);

// What stands above a declaration in the .proto, as one line; empty when there is nothing.
template <class DescriptorType>
[[nodiscard]] std::string CommentOf(const DescriptorType& descriptor);

// The way a field's type is written in the .proto.
[[nodiscard]] std::string TypeName(const google::protobuf::FieldDescriptor& field);

}  // namespace packetgen
