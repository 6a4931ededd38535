#pragma once

#include <vector>

#include <google/protobuf/descriptor.h>

#include "Tools/PacketGenerator/Schema.h"

namespace packetgen {

// Reads the options of all packets in the files, and judges them. With problems, the schema is not to be used.
[[nodiscard]] Schema ReadSchema(const std::vector<const google::protobuf::FileDescriptor*>& files, Problems& problems);

// A problem with something of a schema, at its place in the file.
template <class DescriptorType>
[[nodiscard]] std::string ProblemAt(const DescriptorType& descriptor, const std::string& text);

}  // namespace packetgen
