#include "Tools/PacketGenerator/CSharpWriter.h"

#include <fmt/format.h>

namespace packetgen {

namespace {

bool IsLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char Upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// The namespace that protoc gives to the messages: dots stay, what follows one, an underscore or a digit becomes a capital.
std::string NamespaceOf(const std::string& package) {
    std::string result;
    bool capital = true;
    for (const char character : package) {
        if (character != '_') {
            result += capital ? Upper(character) : character;
        }
        capital = !IsLetter(character);
    }
    return result;
}

void WriteIds(const Schema& schema, std::string& text) {
    text += "    public enum PacketId : ushort\n    {\n";
    for (const Packet& packet : schema.packets) {
        text += fmt::format("        {} = {},\n", packet.Name(), ToHex(packet.id));
    }
    text += "    }\n\n";
}

void WriteMakers(const Schema& schema, std::string& text) {
    text += R"(    /// <summary>Packets to send: header and message in one array.</summary>
    public static class PacketWriter
    {
        public const int HeaderBytes = 4;

)";
    for (const Packet* packet : schema.PacketsOf(Direction::ToServer)) {
        text += fmt::format("        public static byte[] Make({0} message) => Make((ushort)PacketId.{0}, {1}, message);\n", packet->Name(),
                            packet->maxBytes);
    }
    text += R"(
        private static byte[] Make(ushort id, int maxBytes, IMessage message)
        {
            int size = HeaderBytes + message.CalculateSize();
            if (size > maxBytes)
            {
                throw new ArgumentException("the packet has " + size + " bytes, the server takes at most " + maxBytes);
            }
            var packet = new byte[size];
            packet[0] = (byte)size;
            packet[1] = (byte)(size >> 8);
            packet[2] = (byte)id;
            packet[3] = (byte)(id >> 8);
            message.WriteTo(new Span<byte>(packet, HeaderBytes, size - HeaderBytes));
            return packet;
        }
    }

)";
}

void WriteHandler(const Schema& schema, std::string& text) {
    text += "    /// <summary>Takes the packets of the server.</summary>\n    public interface IServerPacketHandler\n    {\n";
    for (const Packet* packet : schema.PacketsOf(Direction::ToClient)) {
        if (const std::string comment = CommentOf(*packet->message); !comment.empty()) {
            text += fmt::format("        // {}\n", comment);
        }
        text += fmt::format("        void {}({} packet);\n", packet->method, packet->Name());
    }
    text += "    }\n\n";
}

void WriteDispatcher(const Schema& schema, std::string& text) {
    text += R"(    public enum PacketVerdict
    {
        Accepted,
        Unknown,
        TooLarge,
        Malformed,
    }

    public static class ServerPacketDispatcher
    {
        /// <summary>Parses the body of a packet, the bytes after its header, and gives it to its method.</summary>
        public static PacketVerdict Dispatch(ushort id, ReadOnlySpan<byte> body, IServerPacketHandler handler)
        {
            switch ((PacketId)id)
            {
)";
    for (const Packet* packet : schema.PacketsOf(Direction::ToClient)) {
        text += fmt::format(R"(                case PacketId.{0}:
                {{
                    PacketVerdict verdict = TryParse({0}.Parser, {1}, body, out {0} packet);
                    if (verdict == PacketVerdict.Accepted)
                    {{
                        handler.{2}(packet);
                    }}
                    return verdict;
                }}
)",
                            packet->Name(), packet->maxBytes, packet->method);
    }
    text += R"(                default:
                    return PacketVerdict.Unknown;
            }
        }

        private static PacketVerdict TryParse<T>(MessageParser<T> parser, int maxBytes, ReadOnlySpan<byte> body, out T message)
            where T : IMessage<T>
        {
            message = default(T);
            if (PacketWriter.HeaderBytes + body.Length > maxBytes)
            {
                return PacketVerdict.TooLarge;
            }
            try
            {
                message = parser.ParseFrom(body);
                return PacketVerdict.Accepted;
            }
            catch (InvalidProtocolBufferException)
            {
                return PacketVerdict.Malformed;
            }
        }
    }
)";
}

}  // namespace

std::string WriteCSharp(const Schema& schema) {
    std::string text = "// Made by protoc-gen-servercore. Beside it belong the messages, made by: protoc --csharp_out\n";
    text += "using System;\nusing Google.Protobuf;\n\n";
    text += fmt::format("namespace {}\n{{\n", NamespaceOf(schema.package));
    WriteIds(schema, text);
    WriteMakers(schema, text);
    WriteHandler(schema, text);
    WriteDispatcher(schema, text);
    text += "}\n";
    return text;
}

}  // namespace packetgen
