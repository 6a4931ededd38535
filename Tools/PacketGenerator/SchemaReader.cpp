#include "Tools/PacketGenerator/SchemaReader.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "ServerCore/Packet/PacketOptions.pb.h"

namespace packetgen {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::FileOptions;

namespace {

constexpr std::uint32_t kServerBit = 0x8000;
constexpr std::uint32_t kMaxId = 0xFFFF;
constexpr std::uint32_t kHeaderBytes = 4;
constexpr std::uint32_t kMaxBytes = 65535;
constexpr std::size_t kMaxStates = 32;

bool IsIdentifier(std::string_view text) {
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto isPart = [&](char c) { return isLetter(c) || (c >= '0' && c <= '9'); };
    return !text.empty() && isLetter(text.front()) && std::all_of(text.begin(), text.end(), isPart);
}

std::string Joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string MethodOf(const std::string& name) {
    const bool hasPrefix = name.starts_with("C_") || name.starts_with("S_");
    return "On" + (hasPrefix ? name.substr(2) : name);
}

class Reader {
public:
    explicit Reader(Problems& problems) : problems_(problems) {}

    Schema Read(const std::vector<const FileDescriptor*>& files) {
        schema_.files = files;
        for (const FileDescriptor* file : files) {
            ReadFile(*file);
        }
        for (const FileDescriptor* file : files) {
            for (int i = 0; i < file->message_type_count(); ++i) {
                ReadMessage(*file->message_type(i));
            }
        }
        std::sort(schema_.packets.begin(), schema_.packets.end(), [](const Packet& a, const Packet& b) { return a.id < b.id; });
        std::sort(schema_.retiredIds.begin(), schema_.retiredIds.end());
        CheckTogether();
        return std::move(schema_);
    }

private:
    template <class DescriptorType>
    void Add(const DescriptorType& descriptor, const std::string& text) {
        problems_.push_back(ProblemAt(descriptor, text));
    }
    void AddToFile(const FileDescriptor& file, const std::string& text) { problems_.push_back(file.name() + ": " + text); }

    void ReadFile(const FileDescriptor& file) {
        if (file.syntax() != FileDescriptor::SYNTAX_PROTO3) {
            AddToFile(file, "packets are proto3; begin the file with: syntax = \"proto3\";");
        }
        if (file.options().optimize_for() != FileOptions::LITE_RUNTIME) {
            AddToFile(file, "packets need the light run-time of protobuf; add: option optimize_for = LITE_RUNTIME;");
        }
        if (schema_.package.empty()) {
            schema_.package = file.package();
        }
        if (file.package().empty() || file.package() != schema_.package) {
            AddToFile(file,
                      fmt::format("its package is '{}'; all files of a protocol share one package, and it has a name", file.package()));
        }
        for (const std::uint32_t id : file.options().GetRepeatedExtension(servercore::retired_ids)) {
            schema_.retiredIds.push_back(id);
        }
        ReadStates(file);
    }

    void ReadStates(const FileDescriptor& file) {
        const auto& states = file.options().GetRepeatedExtension(servercore::states);
        if (states.empty()) {
            return;
        }
        if (!schema_.states.empty()) {
            AddToFile(file, "another file has declared the states already; option (servercore.states) belongs in one file");
            return;
        }
        schema_.states.assign(states.begin(), states.end());
        if (schema_.states.size() > kMaxStates) {
            AddToFile(file, fmt::format("{} states are declared; there may be {}", schema_.states.size(), kMaxStates));
        }
        std::set<std::string> seen;
        for (const std::string& state : schema_.states) {
            if (!IsIdentifier(state) || !seen.insert(state).second) {
                AddToFile(file, fmt::format("state '{}' is declared twice, or is no name (letters, digits and '_')", state));
            }
        }
    }

    void ReadMessage(const Descriptor& message) {
        CheckNested(message);
        if (!message.options().HasExtension(servercore::packet)) {
            return;
        }
        const servercore::PacketOptions& options = message.options().GetExtension(servercore::packet);
        Packet packet;
        packet.message = &message;
        packet.id = options.id();
        packet.perSecond = options.rate().per_second();
        packet.burst = options.rate().burst();
        packet.cost = std::max(options.cost(), 1U);
        packet.method = MethodOf(message.name());
        ReadDirectionAndId(packet, options);
        ReadStatesOf(packet, options);
        ReadMaxSize(packet, options);
        ReadClass(packet, options);
        CheckRate(packet);
        Collect(message);
        schema_.packets.push_back(packet);
    }

    // Only what is at the top of a file has an id of its own.
    void CheckNested(const Descriptor& message) {
        for (int i = 0; i < message.nested_type_count(); ++i) {
            if (message.nested_type(i)->options().HasExtension(servercore::packet)) {
                Add(*message.nested_type(i), "a packet is a message at the top of its file, not inside another one");
            }
            CheckNested(*message.nested_type(i));
        }
    }

    void ReadDirectionAndId(Packet& packet, const servercore::PacketOptions& options) {
        switch (options.direction()) {
            case servercore::CLIENT_TO_SERVER: packet.direction = Direction::ToServer; break;
            case servercore::SERVER_TO_CLIENT: packet.direction = Direction::ToClient; break;
            default:
                Add(*packet.message, "its direction is missing; write direction: CLIENT_TO_SERVER or direction: SERVER_TO_CLIENT");
                return;
        }
        const bool isServers = packet.direction == Direction::ToClient;
        const std::uint32_t lowest = isServers ? kServerBit + 1 : 1;
        const std::uint32_t highest = isServers ? kMaxId : kServerBit - 1;
        if (packet.id < lowest || packet.id > highest) {
            Add(*packet.message, fmt::format("its id {} is out of range; ids of packets from {} are {} to {}", ToHex(packet.id),
                                             isServers ? "the server" : "clients", ToHex(lowest), ToHex(highest)));
        }
    }

    void ReadStatesOf(Packet& packet, const servercore::PacketOptions& options) {
        if (options.direction() == servercore::SERVER_TO_CLIENT && options.states_size() > 0) {
            Add(*packet.message, "packets of the server have no states: it knows itself when to send them; remove the states");
        }
        if (options.direction() == servercore::CLIENT_TO_SERVER && options.states_size() == 0) {
            Add(*packet.message,
                "it names no state in which the server takes it; add states: \"...\" (declared: " + Joined(schema_.states) + ")");
        }
        for (const std::string& state : options.states()) {
            const auto found = std::find(schema_.states.begin(), schema_.states.end(), state);
            if (found == schema_.states.end()) {
                Add(*packet.message, fmt::format("state '{}' is unknown; declared by option (servercore.states): {}", state,
                                                 schema_.states.empty() ? "none" : Joined(schema_.states)));
                continue;
            }
            packet.stateMask |= 1U << (found - schema_.states.begin());
        }
    }

    void ReadMaxSize(Packet& packet, const servercore::PacketOptions& options) {
        packet.maxBytes = options.max_size() == 0 ? kMaxBytes : options.max_size();
        if (packet.maxBytes < kHeaderBytes || packet.maxBytes > kMaxBytes) {
            Add(*packet.message, fmt::format("its max_size {} is out of range; with the header of {} bytes a packet has {} to {} bytes",
                                             packet.maxBytes, kHeaderBytes, kHeaderBytes, kMaxBytes));
        }
    }

    void ReadClass(Packet& packet, const servercore::PacketOptions& options) {
        switch (options.class_()) {
            case servercore::DROPPABLE: packet.packetClass = "Droppable"; break;
            case servercore::LATEST: packet.packetClass = "Latest"; break;
            default: packet.packetClass = "Reliable"; break;
        }
    }

    void CheckRate(const Packet& packet) {
        if (packet.perSecond == 0 && packet.burst > 0) {
            Add(*packet.message, "its rate has a burst and no per_second; give both, or neither for no limit");
        }
    }

    // The messages and enums that it is made of, itself included.
    void Collect(const Descriptor& message) {
        if (!schema_.messages.emplace(message.full_name(), &message).second) {
            return;
        }
        if (message.file()->options().optimize_for() != FileOptions::LITE_RUNTIME) {
            Add(message, "it is part of a packet, and its file is not among those with option optimize_for = LITE_RUNTIME");
        }
        for (int i = 0; i < message.field_count(); ++i) {
            const FieldDescriptor& field = *message.field(i);
            if (field.is_map()) {
                Add(field, fmt::format("{}: a map has no bound on its memory; use a repeated message with key and value", message.name()));
            } else if (field.message_type() != nullptr) {
                Collect(*field.message_type());
            } else if (field.enum_type() != nullptr) {
                schema_.enums.emplace(field.enum_type()->full_name(), field.enum_type());
            }
        }
    }

    void CheckTogether() {
        std::set<std::pair<Direction, std::string>> methods;
        for (std::size_t i = 0; i < schema_.packets.size(); ++i) {
            const Packet& packet = schema_.packets[i];
            if (i > 0 && schema_.packets[i - 1].id == packet.id) {
                Add(*packet.message,
                    fmt::format("its id {} is that of {}, too; give it one of its own", ToHex(packet.id), schema_.packets[i - 1].Name()));
            }
            if (std::binary_search(schema_.retiredIds.begin(), schema_.retiredIds.end(), packet.id)) {
                Add(*packet.message,
                    fmt::format("its id {} is retired (option (servercore.retired_ids)); give it a new one", ToHex(packet.id)));
            }
            if (!methods.emplace(packet.direction, packet.method).second) {
                Add(*packet.message,
                    fmt::format("its handler {} is that of another packet of this direction, too; rename it", packet.method));
            }
        }
    }

    Problems& problems_;
    Schema schema_;
};

}  // namespace

template <class DescriptorType>
std::string ProblemAt(const DescriptorType& descriptor, const std::string& text) {
    google::protobuf::SourceLocation location;
    std::string place = descriptor.file()->name();
    if (descriptor.GetSourceLocation(&location)) {
        place += fmt::format(":{}:{}", location.start_line + 1, location.start_column + 1);
    }
    return fmt::format("{}: {}: {}", place, descriptor.name(), text);
}

template std::string ProblemAt(const Descriptor& descriptor, const std::string& text);
template std::string ProblemAt(const FieldDescriptor& descriptor, const std::string& text);
template std::string ProblemAt(const EnumDescriptor& descriptor, const std::string& text);

Schema ReadSchema(const std::vector<const FileDescriptor*>& files, Problems& problems) {
    return Reader(problems).Read(files);
}

}  // namespace packetgen
