#include <google/protobuf/compiler/plugin.h>

#include "Tools/PacketGenerator/PacketGenerator.h"

int main(int argc, char** argv) {
    const packetgen::PacketGenerator generator;
    return google::protobuf::compiler::PluginMain(argc, argv, &generator);
}
