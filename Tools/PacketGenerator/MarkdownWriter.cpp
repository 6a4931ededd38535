#include "Tools/PacketGenerator/MarkdownWriter.h"

#include <fmt/format.h>

namespace packetgen {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

namespace {

// Without what would end a cell of a table.
std::string Cell(const std::string& text) {
    std::string result;
    for (const char character : text) {
        result += character == '|' ? std::string("\\|") : std::string(1, character);
    }
    return result;
}

std::string StatesOf(const Schema& schema, const Packet& packet) {
    std::string text;
    for (std::size_t i = 0; i < schema.states.size(); ++i) {
        if ((packet.stateMask >> i & 1U) != 0) {
            text += (text.empty() ? "" : ", ") + schema.states[i];
        }
    }
    return text;
}

std::string RateOf(const Packet& packet) {
    return packet.perSecond == 0 ? "" : fmt::format("{}/s, at once {}", packet.perSecond, packet.burst);
}

void WriteTable(const Schema& schema, Direction direction, std::string& text) {
    const bool isClients = direction == Direction::ToServer;
    text += fmt::format("\n## From {}\n| Id | Packet | {}Largest | Rate | Class | What |\n|---|---|---|---|---|---|{}\n",
                        isClients ? "the client" : "the server", isClients ? "Allowed in state | " : "", isClients ? "---|" : "");
    for (const Packet* packet : schema.PacketsOf(direction)) {
        text += fmt::format("| {} | [{}](#{}) | {}{} | {} | {} | {} |\n", ToHex(packet->id), packet->Name(), packet->Name(),
                            isClients ? StatesOf(schema, *packet) + " | " : "", packet->maxBytes, RateOf(*packet), packet->packetClass,
                            Cell(CommentOf(*packet->message)));
    }
}

void WriteMessage(const Descriptor& message, std::string& text) {
    text += fmt::format("\n### {}\n{}\n", message.name(), CommentOf(message));
    if (message.field_count() == 0) {
        text += "\nNo fields.\n";
        return;
    }
    text += "\n| Number | Type | Field | What |\n|---|---|---|---|\n";
    for (int i = 0; i < message.field_count(); ++i) {
        const FieldDescriptor& field = *message.field(i);
        text += fmt::format("| {} | {}{} | {} | {} |\n", field.number(), field.is_repeated() ? "repeated " : "", TypeName(field),
                            field.name(), Cell(CommentOf(field)));
    }
}

void WriteEnum(const EnumDescriptor& type, std::string& text) {
    text += fmt::format("\n### {}\n\n| Number | Value |\n|---|---|\n", type.name());
    for (int i = 0; i < type.value_count(); ++i) {
        text += fmt::format("| {} | {} |\n", type.value(i)->number(), type.value(i)->name());
    }
}

}  // namespace

std::string WriteMarkdown(const Schema& schema) {
    std::string text = fmt::format(
        "# Packets of {}\n\nA header of 4 bytes, little-endian: uint16 size of the whole packet, uint16 id. Then the "
        "message, protobuf. Sizes are in bytes, header included.\n\nStates of a session:",
        schema.package);
    for (const std::string& state : schema.states) {
        text += ' ' + state;
    }
    text += "\n";
    WriteTable(schema, Direction::ToServer, text);
    WriteTable(schema, Direction::ToClient, text);
    text += "\n## Messages\n";
    for (const auto& [name, message] : schema.messages) {
        WriteMessage(*message, text);
    }
    for (const auto& [name, type] : schema.enums) {
        WriteEnum(*type, text);
    }
    return text;
}

}  // namespace packetgen
