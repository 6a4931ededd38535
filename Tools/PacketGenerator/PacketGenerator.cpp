#include "Tools/PacketGenerator/PacketGenerator.h"

#include <memory>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include "Tools/PacketGenerator/CppWriter.h"
#include "Tools/PacketGenerator/Schema.h"
#include "Tools/PacketGenerator/SchemaReader.h"

namespace packetgen {

using google::protobuf::FileDescriptor;
using google::protobuf::compiler::GeneratorContext;

namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

void WriteFile(GeneratorContext& context, const std::string& path, const std::string& text) {
    const std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> stream(context.Open(path));
    std::size_t written = 0;
    void* space = nullptr;
    int size = 0;
    while (written < text.size() && stream->Next(&space, &size)) {
        const std::size_t bytes = std::min(static_cast<std::size_t>(size), text.size() - written);
        std::copy_n(text.data() + written, bytes, static_cast<char*>(space));
        stream->BackUp(size - static_cast<int>(bytes));
        written += bytes;
    }
}

std::string Joined(const Problems& problems) {
    return fmt::format("{}", fmt::join(problems, "\n"));
}

}  // namespace

bool PacketGenerator::GenerateAll(const std::vector<const FileDescriptor*>& files, const std::string& parameter, GeneratorContext* context,
                                  std::string* error) const {
    Parameters parameters;
    google::protobuf::compiler::ParseGeneratorParameter(parameter, &parameters);
    Problems problems;
    const Schema schema = ReadSchema(files, problems);
    if (!problems.empty()) {
        *error = Joined(problems);
        return false;
    }
    for (const auto& [key, value] : parameters) {
        if (key == "cpp") {
            WriteFile(*context, value + ".h", WriteCppHeader(schema));
            WriteFile(*context, value + ".cpp", WriteCppSource(schema, value + ".h"));
            WriteFile(*context, "ServerCore/Packet/PacketOptions.pb.h", WriteOptionsStub());
        } else {
            *error = fmt::format("parameter '{}' is unknown; known are: cpp, csharp, lua, markdown, lock, newlock", key);
            return false;
        }
    }
    return true;
}

bool PacketGenerator::Generate(const FileDescriptor* file, const std::string& parameter, GeneratorContext* context,
                               std::string* error) const {
    return GenerateAll({file}, parameter, context, error);
}

}  // namespace packetgen
