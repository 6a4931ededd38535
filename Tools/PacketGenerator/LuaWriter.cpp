#include "Tools/PacketGenerator/LuaWriter.h"

#include <fmt/format.h>

namespace packetgen {

namespace {

constexpr const char* kDissector = R"(
local HEADER_BYTES = 4
local protobuf = Dissector.get("protobuf")

local size_field = ProtoField.uint16(NAME .. ".size", "Size", base.DEC)
local id_field = ProtoField.uint16(NAME .. ".id", "Id", base.HEX)
local packet_field = ProtoField.string(NAME .. ".packet", "Packet")
local packets = Proto(NAME, TITLE)
packets.fields = {size_field, id_field, packet_field}

local bad_size = ProtoExpert.new(NAME .. ".bad_size", "The size is below that of the header", expert.group.MALFORMED, expert.severity.ERROR)
local unknown_id = ProtoExpert.new(NAME .. ".unknown_id", "No packet has this id", expert.group.PROTOCOL, expert.severity.WARN)
packets.experts = {bad_size, unknown_id}

packets.prefs.port = Pref.uint("TCP port", 7777, "Where the server listens")

local function packet_size(buffer, _, offset)
    -- A size that cannot be right has no next packet: the rest of the segment belongs to it.
    local size = buffer(offset, 2):le_uint()
    return size >= HEADER_BYTES and size or buffer:len() - offset
end

local function dissect_packet(buffer, pinfo, tree)
    local size = buffer(0, 2):le_uint()
    local id = buffer(2, 2):le_uint()
    local message = MESSAGES[id]
    local name = message or "unknown packet"
    local branch = tree:add(packets, buffer(), TITLE .. ": " .. name)
    branch:add_le(size_field, buffer(0, 2))
    branch:add_le(id_field, buffer(2, 2))
    branch:add(packet_field, buffer(2, 2), name):set_generated()
    pinfo.cols.info:append(" " .. name)
    if size < HEADER_BYTES then
        branch:add_proto_expert_info(bad_size)
    elseif message == nil then
        branch:add_proto_expert_info(unknown_id)
    elseif size > HEADER_BYTES then
        pinfo.private["pb_msg_type"] = "message," .. PACKAGE .. "." .. message
        protobuf:call(buffer(HEADER_BYTES):tvb(), pinfo, branch)
    end
    return buffer:len()
end

function packets.dissector(buffer, pinfo, tree)
    pinfo.cols.info = TITLE .. ":"
    dissect_tcp_pdus(buffer, tree, HEADER_BYTES, packet_size, dissect_packet)
    pinfo.cols.protocol = TITLE
    return buffer:len()
end

local port = 0
local function listen()
    local table = DissectorTable.get("tcp.port")
    if port ~= 0 then
        table:remove(port, packets)
    end
    port = packets.prefs.port
    if port ~= 0 then
        table:add(port, packets)
    end
end

packets.prefs_changed = listen
listen()
DissectorTable.get("tcp.port"):add_for_decode_as(packets)
)";

}  // namespace

std::string WriteLua(const Schema& schema) {
    std::string name = schema.package;
    for (char& character : name) {
        character = character == '.' ? '_' : character;
    }
    std::string text =
        "-- Made by protoc-gen-servercore. For Wireshark: Help > About Wireshark > Folders > Personal Lua Plugins. The messages need "
        "their\n"
        "-- .proto files: Preferences > Protocols > ProtoBuf > Protobuf search paths.\n";
    text += fmt::format("local NAME = \"{}\"\nlocal TITLE = \"{}\"\nlocal PACKAGE = \"{}\"\nlocal MESSAGES = {{\n", name, schema.package,
                        schema.package);
    for (const Packet& packet : schema.packets) {
        text += fmt::format("    [{}] = \"{}\",\n", ToHex(packet.id), packet.Name());
    }
    return text + "}\n" + kDissector;
}

}  // namespace packetgen
