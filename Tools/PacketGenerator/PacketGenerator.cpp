#include "Tools/PacketGenerator/PacketGenerator.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include "Tools/PacketGenerator/CSharpWriter.h"
#include "Tools/PacketGenerator/CppWriter.h"
#include "Tools/PacketGenerator/LockFile.h"
#include "Tools/PacketGenerator/LuaWriter.h"
#include "Tools/PacketGenerator/MarkdownWriter.h"
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

std::string NameOf(const std::string& path) {
    return path.substr(path.find_last_of("/\\") + 1);
}

// Of a protocol that has none yet, it is empty.
LockFile ReadLock(const std::string& path, Problems& problems) {
    std::ostringstream text;
    if (std::ifstream file(path, std::ios::binary); file) {
        text << file.rdbuf();
    }
    return LockFile::Parse(text.str(), NameOf(path), problems);
}

void MakeCpp(const std::string& path, const Schema& schema, GeneratorContext& context) {
    WriteFile(context, path + ".h", WriteCppHeader(schema));
    WriteFile(context, path + ".cpp", WriteCppSource(schema, path + ".h"));
    WriteFile(context, "ServerCore/Packet/PacketOptions.pb.h", WriteOptionsStub());
}

// What contradicts the lock file is a problem; what it should be from now on is written beside the other files, under its name.
void MakeLock(const std::string& path, const Schema& schema, GeneratorContext& context, Problems& problems) {
    const LockFile lock = ReadLock(path, problems);
    lock.Check(schema, NameOf(path), problems);
    if (problems.empty()) {
        WriteFile(context, NameOf(path), lock.UpdatedBy(schema).ToText());
    }
}

// False: there is nothing of that kind.
bool Make(const std::string& kind, const std::string& path, const Schema& schema, GeneratorContext& context, Problems& problems) {
    if (kind == "cpp") {
        MakeCpp(path, schema, context);
    } else if (kind == "lock") {
        MakeLock(path, schema, context, problems);
    } else if (kind == "markdown") {
        WriteFile(context, path, WriteMarkdown(schema));
    } else if (kind == "lua") {
        WriteFile(context, path, WriteLua(schema));
    } else if (kind == "csharp") {
        WriteFile(context, path, WriteCSharp(schema));
    } else {
        return false;
    }
    return true;
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
        if (!Make(key, value, schema, *context, problems)) {
            problems.push_back(fmt::format("parameter '{}' is unknown; known are: cpp, csharp, lua, markdown, lock", key));
        }
    }
    *error = Joined(problems);
    return problems.empty();
}

bool PacketGenerator::Generate(const FileDescriptor* file, const std::string& parameter, GeneratorContext* context,
                               std::string* error) const {
    return GenerateAll({file}, parameter, context, error);
}

}  // namespace packetgen
