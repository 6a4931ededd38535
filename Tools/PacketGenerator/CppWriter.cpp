#include "Tools/PacketGenerator/CppWriter.h"

#include <iterator>

#include <fmt/format.h>

namespace packetgen {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

namespace {

constexpr Direction kDirections[] = {Direction::ToServer, Direction::ToClient};

// What is named after who sends the packets.
const char* SenderOf(Direction direction) {
    return direction == Direction::ToServer ? "Client" : "Server";
}

std::string WithoutExtension(const std::string& path) {
    return path.substr(0, path.rfind('.'));
}

std::string NamespaceOf(const Schema& schema) {
    std::string result;
    for (const char character : schema.package) {
        result += character == '.' ? std::string("::") : std::string(1, character);
    }
    return result;
}

std::string FileNames(const Schema& schema) {
    std::string names;
    for (const FileDescriptor* file : schema.files) {
        names += (names.empty() ? "" : ", ") + file->name();
    }
    return names;
}

// The class that protobuf makes for a message, seen from its package.
std::string ClassOf(const Descriptor& message) {
    return (message.containing_type() != nullptr ? ClassOf(*message.containing_type()) + "_" : "") + message.name();
}

// Where each message stands in the shape of the schema, by full name.
using Places = std::map<std::string, std::size_t>;

Places PlacesOf(const Schema& schema) {
    Places places;
    for (const auto& [name, message] : schema.messages) {
        places.emplace(name, places.size());
    }
    return places;
}

class Text {
public:
    template <class... Arguments>
    void Line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
        text_ += '\n';
    }
    void Raw(const std::string& text) { text_ += text; }
    [[nodiscard]] std::string Take() { return std::move(text_); }

private:
    std::string text_;
};

void WriteIncludes(Text& out, const Schema& schema) {
    out.Raw(R"(#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

)");
    for (const FileDescriptor* file : schema.files) {
        out.Line("#include \"{}.pb.h\"", WithoutExtension(file->name()));
    }
    out.Raw(R"(#include "ServerCore/Buffer/SendBuffer.h"
#include "ServerCore/Net/PacketHeader.h"
#include "ServerCore/Packet/MessageShape.h"
#include "ServerCore/Packet/PacketEncode.h"
#include "ServerCore/Packet/PacketInfo.h"
#include "ServerCore/Packet/PacketVerdict.h"

)");
}

void WriteEnums(Text& out, const Schema& schema) {
    out.Line("enum class PacketId : std::uint16_t {{");
    for (const Packet& packet : schema.packets) {
        out.Line("    {} = {},", packet.Name(), ToHex(packet.id));
    }
    out.Line("}};\n");
    out.Line("// The first is the state of a new session.");
    out.Line("enum class SessionState : std::uint8_t {{");
    for (const std::string& state : schema.states) {
        out.Line("    {},", state);
    }
    out.Line("}};\n\ninline constexpr std::size_t kSessionStateCount = {};\n", schema.states.size());
}

void WriteTable(Text& out, const Schema& schema, Direction direction) {
    const auto packets = schema.PacketsOf(direction);
    out.Line("inline constexpr std::array<servercore::PacketInfo, {}> k{}Packets = {{{{", packets.size(), SenderOf(direction));
    for (const Packet* packet : packets) {
        const std::string states = direction == Direction::ToServer ? fmt::format("0x{:X}", packet->stateMask) : "servercore::kAnyState";
        out.Line(
            "    {{.id = {},\n     .name = \"{}\",\n     .states = {},\n     .maxBytes = {},\n     .cost = {},\n"
            "     .rate = {{.perSecond = {}, .burst = {}}},\n     .packetClass = servercore::PacketClass::{}}},",
            ToHex(packet->id), packet->Name(), states, packet->maxBytes, packet->cost, packet->perSecond, packet->burst,
            packet->packetClass);
    }
    out.Line("}}}};\n");
}

void WriteTraits(Text& out, const Schema& schema) {
    out.Line("// What parsing a packet costs (servercore::CostOfParsing).\nextern const servercore::SchemaShape kPacketShape;\n");
    out.Line("// What is known of a message's packet; a message that is no packet does not compile as one.");
    out.Line("template <class Message>\nstruct PacketOf;\n");
    const Places places = PlacesOf(schema);
    for (const Direction direction : kDirections) {
        std::size_t place = 0;
        for (const Packet* packet : schema.PacketsOf(direction)) {
            out.Line("template <>\nstruct PacketOf<{}> {{", packet->Name());
            out.Line("    static constexpr PacketId kId = PacketId::{};", packet->Name());
            out.Line("    static constexpr const servercore::PacketInfo& kInfo = k{}Packets[{}];", SenderOf(direction), place++);
            out.Line("    static constexpr std::size_t kShape = {};  // its place in kPacketShape",
                     places.at(packet->message->full_name()));
            out.Line("}};\n");
        }
    }
    out.Raw(R"(// The packet of a message, serialised straight into a pooled buffer. Empty when it would be larger than its max_size.
template <class Message>
[[nodiscard]] servercore::SendBufferRef MakeSendBuffer(servercore::SendBufferPool& buffers, const Message& message) {
    return servercore::EncodePacket(buffers, PacketOf<Message>::kInfo, message);
}

// With the message's class; `key` says what a packet of class Latest is about.
template <class Message>
[[nodiscard]] constexpr servercore::SendOptions SendOptionsOf(std::uint32_t key = 0) noexcept {
    return {.packetClass = PacketOf<Message>::kInfo.packetClass, .key = key};
}

)");
}

void WriteHandler(Text& out, const Schema& schema, Direction direction) {
    const char* const sender = SenderOf(direction);
    out.Line("// Takes the packets of a {}. Each method is called with a message that lives as long as the call.",
             direction == Direction::ToServer ? "client" : "server");
    out.Line("class {}PacketHandler {{\npublic:", sender);
    for (const Packet* packet : schema.PacketsOf(direction)) {
        if (const std::string comment = CommentOf(*packet->message); !comment.empty()) {
            out.Line("    // {}", comment);
        }
        out.Line("    [[nodiscard]] virtual servercore::PacketVerdict {}(const {}& packet) = 0;", packet->method, packet->Name());
    }
    out.Line("\nprotected:\n    ~{}PacketHandler() = default;\n}};\n", sender);
    const char* const state = direction == Direction::ToServer ? " SessionState state," : "";
    out.Line("// Judges the packet; hands it over only when it is well-formed{}.",
             direction == Direction::ToServer ? " and allowed in the state" : "");
    out.Line(
        "[[nodiscard]] servercore::PacketVerdict Dispatch{0}Packet(const servercore::PacketView& packet,{1} {0}PacketHandler& handler);\n",
        sender, state);
}

// --- The source --------------------------------------------------------------------------------------------------------

const char* KindOf(const FieldDescriptor& field) {
    switch (field.type()) {
        case FieldDescriptor::TYPE_DOUBLE:
        case FieldDescriptor::TYPE_FIXED64:
        case FieldDescriptor::TYPE_SFIXED64: return "Fixed64";
        case FieldDescriptor::TYPE_FLOAT:
        case FieldDescriptor::TYPE_FIXED32:
        case FieldDescriptor::TYPE_SFIXED32: return "Fixed32";
        case FieldDescriptor::TYPE_BYTES: return "Bytes";
        case FieldDescriptor::TYPE_STRING: return "Text";
        case FieldDescriptor::TYPE_MESSAGE:
        case FieldDescriptor::TYPE_GROUP: return "Message";
        default: return "Varint";
    }
}

int ElementBytes(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_BOOL: return 1;
        case FieldDescriptor::CPPTYPE_INT64:
        case FieldDescriptor::CPPTYPE_UINT64:
        case FieldDescriptor::CPPTYPE_DOUBLE: return 8;
        default: return 4;
    }
}

void WriteShapes(Text& out, const Schema& schema) {
    const Places places = PlacesOf(schema);
    std::size_t fieldCount = 0;
    for (const auto& [name, message] : schema.messages) {
        fieldCount += static_cast<std::size_t>(message->field_count());
    }
    out.Line("constexpr std::array<servercore::FieldShape, {}> kFields = {{{{", fieldCount);
    for (const auto& [name, message] : schema.messages) {
        for (int i = 0; i < message->field_count(); ++i) {
            const FieldDescriptor& field = *message->field(i);
            const std::size_t inner = field.message_type() == nullptr ? 0 : places.at(field.message_type()->full_name());
            out.Line("    {{.number = {}, .kind = servercore::FieldKind::{}, .isRepeated = {}, .elementBytes = {}, .message = {}}},  // {}",
                     field.number(), KindOf(field), field.is_repeated(), ElementBytes(field), inner, field.full_name());
        }
    }
    out.Line("}}}};\n");
    out.Line("constexpr std::array<servercore::MessageShape, {}> kMessages = {{{{", places.size());
    std::size_t firstField = 0;
    for (const auto& [name, message] : schema.messages) {
        out.Line("    {{.objectBytes = sizeof({}), .firstField = {}, .fieldCount = {}}},", ClassOf(*message), firstField,
                 message->field_count());
        firstField += static_cast<std::size_t>(message->field_count());
    }
    out.Line("}}}};\n");
}

void WriteRoutes(Text& out, const Schema& schema) {
    for (const Direction direction : kDirections) {
        const auto packets = schema.PacketsOf(direction);
        const std::string handler = std::string(SenderOf(direction)) + "PacketHandler";
        out.Line("constexpr std::array<servercore::PacketRoute<{}>, {}> k{}Routes = {{{{", handler, packets.size(), SenderOf(direction));
        for (const Packet* packet : packets) {
            out.Line("    &servercore::RoutePacket<kPacketShape, PacketOf<{0}>::kShape, {0}, {1}, &{1}::{2}>,", packet->Name(), handler,
                     packet->method);
        }
        out.Line("}}}};\n");
    }
}

void WriteDispatcher(Text& out, Direction direction) {
    const char* const sender = SenderOf(direction);
    const bool hasState = direction == Direction::ToServer;
    out.Line("\nservercore::PacketVerdict Dispatch{0}Packet(const servercore::PacketView& packet,{1} {0}PacketHandler& handler) {{", sender,
             hasState ? " SessionState state," : "");
    out.Line("    return servercore::DispatchPacket<{0}PacketHandler>(k{0}Packets, k{0}Routes, packet, {1}, handler);\n}}", sender,
             hasState ? "servercore::MaskOf(state)" : "servercore::kAnyState");
}

}  // namespace

std::string WriteCppHeader(const Schema& schema) {
    Text out;
    out.Line("// Made by protoc-gen-servercore from {}.\n#pragma once\n", FileNames(schema));
    WriteIncludes(out, schema);
    out.Line("namespace {} {{\n", NamespaceOf(schema));
    WriteEnums(out, schema);
    out.Line("// All packets of a sender, by id.");
    for (const Direction direction : kDirections) {
        WriteTable(out, schema, direction);
    }
    WriteTraits(out, schema);
    for (const Direction direction : kDirections) {
        WriteHandler(out, schema, direction);
    }
    out.Line("}}  // namespace {}", NamespaceOf(schema));
    return out.Take();
}

std::string WriteCppSource(const Schema& schema, const std::string& header) {
    Text out;
    out.Line("// Made by protoc-gen-servercore from {}.\n#include \"{}\"\n", FileNames(schema), header);
    out.Line("#include \"ServerCore/Packet/PacketDispatch.h\"\n");
    out.Line("namespace {} {{\n\nnamespace {{\n", NamespaceOf(schema));
    WriteShapes(out, schema);
    out.Line("}}  // namespace\n");
    out.Line("constexpr servercore::SchemaShape kPacketShape{{.messages = kMessages, .fields = kFields}};\n\nnamespace {{\n");
    WriteRoutes(out, schema);
    out.Line("}}  // namespace");
    for (const Direction direction : kDirections) {
        WriteDispatcher(out, direction);
    }
    out.Line("\n}}  // namespace {}", NamespaceOf(schema));
    return out.Take();
}

std::string WriteOptionsStub() {
    return "// Made by protoc-gen-servercore. Empty: the options of packets are for the generator, not for the program.\n#pragma once\n";
}

}  // namespace packetgen
