#include "Tools/PacketGenerator/LockFile.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "Tools/PacketGenerator/SchemaReader.h"

namespace packetgen {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

namespace {

constexpr const char* kHead =
    "# What this protocol has ever put on the wire. Made by the build target update-packet-lock; commit it with the schema.\n"
    "# Renamed something that means the same as before? Rename it here, too.\n";
constexpr const char* kUsedUp = "-";

std::string Describe(const FieldDescriptor& field) {
    return fmt::format("{}{} {}", field.is_repeated() ? "repeated " : "", TypeName(field), field.name());
}

template <class Entries>
Entries EntriesOf(const Descriptor& message) {
    Entries entries;
    for (int i = 0; i < message.field_count(); ++i) {
        entries[message.field(i)->number()] = Describe(*message.field(i));
    }
    return entries;
}

template <class Entries>
Entries EntriesOf(const EnumDescriptor& type) {
    Entries entries;
    for (int i = 0; i < type.value_count(); ++i) {
        entries.emplace(type.value(i)->number(), type.value(i)->name());
    }
    return entries;
}

// What was locked of one message or enum, against what it is now.
template <class DescriptorType, class Entries>
void CheckEntries(const DescriptorType& descriptor, const Entries& locked, const std::string& name, Problems& problems) {
    const auto now = EntriesOf<Entries>(descriptor);
    for (const auto& [number, before] : locked) {
        const auto found = now.find(number);
        const bool isFree = found == now.end();
        if (isFree && !before.empty() && !descriptor.IsReservedNumber(number)) {
            problems.push_back(
                ProblemAt(descriptor, fmt::format("{} ('{}') is in {} and gone here; write: reserved {};", number, before, name, number)));
        } else if (!isFree && before.empty()) {
            problems.push_back(ProblemAt(
                descriptor,
                fmt::format("{} ('{}') was used before for something else, says {}; take another number", number, found->second, name)));
        } else if (!isFree && found->second != before) {
            problems.push_back(
                ProblemAt(descriptor, fmt::format("{} is '{}', but {} says '{}'; older programs take it for that: reserve {} "
                                                  "and take a new number",
                                                  number, found->second, name, before, number)));
        }
    }
}

// The old entries stay as used up where nothing has their number any more.
template <class Entries>
Entries Merged(const Entries& locked, Entries now) {
    for (const auto& [number, before] : locked) {
        now.try_emplace(number, "");
    }
    return now;
}

template <class Entries>
void WriteEntries(const char* kind, const std::map<std::string, Entries>& all, std::string& text) {
    for (const auto& [name, entries] : all) {
        text += fmt::format("{} {}\n", kind, name);
        for (const auto& [number, what] : entries) {
            text += fmt::format("  {} {}\n", number, what.empty() ? kUsedUp : what);
        }
    }
}

}  // namespace

LockFile LockFile::Parse(const std::string& text, const std::string& name, Problems& problems) {
    LockFile lock;
    Entries* entries = nullptr;
    std::istringstream lines(text);
    std::string line;
    for (int lineNumber = 1; std::getline(lines, line); ++lineNumber) {
        if (line.empty() || line.front() == '#') {
            continue;
        }
        std::istringstream words(line);
        std::string kind;
        std::string rest;
        words >> kind;
        std::getline(words >> std::ws, rest);
        const bool isNumber = std::all_of(kind.begin(), kind.end(), [](char c) { return c >= '0' && c <= '9'; }) && kind.size() < 10;
        unsigned id = 0;
        char packet[256] = {};
        if (kind == "packet" && std::sscanf(rest.c_str(), "0x%4X %255s", &id, packet) == 2) {
            lock.packets_[id] = std::string(packet) == kUsedUp ? "" : packet;
        } else if (kind == "message" || kind == "enum") {
            entries = &(kind == "enum" ? lock.enums_ : lock.messages_)[rest];
        } else if (isNumber && entries != nullptr && !rest.empty()) {
            (*entries)[std::stoi(kind)] = rest == kUsedUp ? "" : rest;
        } else {
            problems.push_back(
                fmt::format("{}:{}: '{}' is no line of a lock file; take the file from version control again", name, lineNumber, line));
        }
    }
    return lock;
}

LockFile LockFile::Of(const Schema& schema) {
    LockFile lock;
    for (const Packet& packet : schema.packets) {
        lock.packets_[packet.id] = packet.Name();
    }
    for (const std::uint32_t id : schema.retiredIds) {
        lock.packets_[id] = "";
    }
    for (const auto& [name, message] : schema.messages) {
        lock.messages_[name] = EntriesOf<Entries>(*message);
    }
    for (const auto& [name, type] : schema.enums) {
        lock.enums_[name] = EntriesOf<Entries>(*type);
    }
    return lock;
}

void LockFile::Check(const Schema& schema, const std::string& name, Problems& problems) const {
    CheckPackets(schema, name, problems);
    CheckMessages(schema, name, problems);
    CheckEnums(schema, name, problems);
}

void LockFile::CheckPackets(const Schema& schema, const std::string& name, Problems& problems) const {
    for (const auto& [id, before] : packets_) {
        const std::uint32_t wanted = id;
        const auto found =
            std::find_if(schema.packets.begin(), schema.packets.end(), [&](const Packet& packet) { return packet.id == wanted; });
        if (found != schema.packets.end() && found->Name() != before) {
            problems.push_back(
                ProblemAt(*found->message, fmt::format("its id {} is that of {} in {}, and ids are never used again; take another",
                                                       ToHex(id), before.empty() ? "a packet of the past" : before, name)));
        }
        const bool isRetired = std::binary_search(schema.retiredIds.begin(), schema.retiredIds.end(), id);
        if (found == schema.packets.end() && !before.empty() && !isRetired) {
            problems.push_back(
                fmt::format("{}: {}: no packet has its id {} any more; give it back, or write: option (servercore.retired_ids) "
                            "= {};",
                            schema.files.front()->name(), before, ToHex(id), ToHex(id)));
        }
    }
}

void LockFile::CheckMessages(const Schema& schema, const std::string& name, Problems& problems) const {
    for (const auto& [message, entries] : messages_) {
        if (const auto found = schema.messages.find(message); found != schema.messages.end()) {
            CheckEntries(*found->second, entries, name, problems);
        }
    }
}

void LockFile::CheckEnums(const Schema& schema, const std::string& name, Problems& problems) const {
    for (const auto& [type, entries] : enums_) {
        if (const auto found = schema.enums.find(type); found != schema.enums.end()) {
            CheckEntries(*found->second, entries, name, problems);
        }
    }
}

// A message that is gone leaves nothing to protect: what used it is retired or reserved.
LockFile LockFile::UpdatedBy(const Schema& schema) const {
    LockFile now = Of(schema);
    for (const auto& [id, before] : packets_) {
        now.packets_.try_emplace(id, "");
    }
    for (auto& [name, entries] : now.messages_) {
        if (const auto found = messages_.find(name); found != messages_.end()) {
            entries = Merged(found->second, entries);
        }
    }
    for (auto& [name, entries] : now.enums_) {
        if (const auto found = enums_.find(name); found != enums_.end()) {
            entries = Merged(found->second, entries);
        }
    }
    return now;
}

std::string LockFile::ToText() const {
    std::string text = kHead;
    for (const auto& [id, packet] : packets_) {
        text += fmt::format("packet {} {}\n", ToHex(id), packet.empty() ? kUsedUp : packet);
    }
    WriteEntries("message", messages_, text);
    WriteEntries("enum", enums_, text);
    return text;
}

}  // namespace packetgen
