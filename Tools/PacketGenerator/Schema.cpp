#include "Tools/PacketGenerator/Schema.h"

#include <fmt/format.h>

namespace packetgen {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::SourceLocation;

std::vector<const Packet*> Schema::PacketsOf(Direction direction) const {
    std::vector<const Packet*> found;
    for (const Packet& packet : packets) {
        if (packet.direction == direction) {
            found.push_back(&packet);
        }
    }
    return found;
}

std::string ToHex(std::uint32_t id) {
    return fmt::format("0x{:04X}", id);
}

template <class DescriptorType>
std::string CommentOf(const DescriptorType& descriptor) {
    SourceLocation location;
    if (!descriptor.GetSourceLocation(&location)) {
        return {};
    }
    std::string text;
    for (const char character : location.leading_comments) {
        const bool isSpace = character == '\n' || character == ' ';
        if (!isSpace) {
            text += character;
        } else if (!text.empty() && text.back() != ' ') {
            text += ' ';
        }
    }
    while (!text.empty() && text.back() == ' ') {
        text.pop_back();
    }
    return text;
}

template std::string CommentOf(const Descriptor& descriptor);
template std::string CommentOf(const FieldDescriptor& descriptor);

std::string TypeName(const FieldDescriptor& field) {
    if (field.message_type() != nullptr) {
        return field.message_type()->full_name();
    }
    return field.enum_type() != nullptr ? field.enum_type()->full_name() : field.type_name();
}

}  // namespace packetgen
