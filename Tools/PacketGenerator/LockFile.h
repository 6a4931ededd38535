#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "Tools/PacketGenerator/Schema.h"

namespace packetgen {

// What a protocol has ever put on the wire: ids, and the fields of its messages. Committed beside the schema, so that an id or a number is
// never used again for something else, whoever edits the schema.
class LockFile {
public:
    // `name` is for problems. A text that is none is a problem.
    [[nodiscard]] static LockFile Parse(const std::string& text, const std::string& name, Problems& problems);
    [[nodiscard]] static LockFile Of(const Schema& schema);

    // What the schema does that this forbids.
    void Check(const Schema& schema, const std::string& name, Problems& problems) const;

    // With what the schema adds and retires. The schema has passed Check.
    [[nodiscard]] LockFile UpdatedBy(const Schema& schema) const;

    [[nodiscard]] std::string ToText() const;

private:
    // "": the number is free no more, and nobody has it.
    using Entries = std::map<int, std::string>;

    void CheckPackets(const Schema& schema, const std::string& name, Problems& problems) const;
    void CheckMessages(const Schema& schema, const std::string& name, Problems& problems) const;
    void CheckEnums(const Schema& schema, const std::string& name, Problems& problems) const;

    std::map<std::uint32_t, std::string> packets_;  // names by id
    std::map<std::string, Entries> messages_;       // label, type and name of each field, by full name and number
    std::map<std::string, Entries> enums_;          // names of the values, likewise
};

}  // namespace packetgen
