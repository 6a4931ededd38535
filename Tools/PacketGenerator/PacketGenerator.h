#pragma once

#include <string>
#include <vector>

#include <google/protobuf/compiler/code_generator.h>

namespace packetgen {

// The plugin. Its parameter says what to make, parts separated by commas:
//   cpp=PATH       PATH.h and PATH.cpp, and the stand-in for the C++ of PacketOptions.proto
//   markdown=PATH  the packet reference
//   lua=PATH       the Wireshark dissector
//   csharp=PATH    the C# for Unity
//   lock=PATH      the lock file, a path of this machine: what contradicts it is an error. Makes a file of the same name, as it should be
//   now
class PacketGenerator final : public google::protobuf::compiler::CodeGenerator {
public:
    // All files of a call are one protocol.
    bool GenerateAll(const std::vector<const google::protobuf::FileDescriptor*>& files, const std::string& parameter,
                     google::protobuf::compiler::GeneratorContext* context, std::string* error) const override;
    bool Generate(const google::protobuf::FileDescriptor* file, const std::string& parameter,
                  google::protobuf::compiler::GeneratorContext* context, std::string* error) const override;
    uint64_t GetSupportedFeatures() const override { return FEATURE_PROTO3_OPTIONAL; }
};

}  // namespace packetgen
