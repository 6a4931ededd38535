# What the plugin is made of; Tools/CMake/Packets.cmake builds it anew when one of them changes.
set(PACKET_GENERATOR_SOURCES
    CppWriter.cpp
    Main.cpp
    PacketGenerator.cpp
    Schema.cpp
    SchemaReader.cpp
)
set(PACKET_GENERATOR_HEADERS
    CppWriter.h
    PacketGenerator.h
    Schema.h
    SchemaReader.h
)
