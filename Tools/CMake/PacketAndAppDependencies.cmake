# What ServerCore::Packets and ServerCore::App need. GLOBAL: a title's own folders use protobuf through servercore_add_packets, and CLI11
# where they read a command line.
find_package(CLI11 CONFIG REQUIRED GLOBAL)

# Debian's CMake package of toml++ links a shared library; its headers do without.
find_path(SERVERCORE_TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)
mark_as_advanced(SERVERCORE_TOMLPLUSPLUS_INCLUDE_DIR)
add_library(sc_tomlplusplus INTERFACE)
target_include_directories(sc_tomlplusplus SYSTEM INTERFACE ${SERVERCORE_TOMLPLUSPLUS_INCLUDE_DIR})

# Debian ships protobuf without its CMake package, so fall back to CMake's own module. The MinGW sysroot has no protoc: the host's makes
# the code.
find_package(Protobuf CONFIG QUIET GLOBAL)
if(NOT Protobuf_FOUND)
    find_package(Protobuf MODULE REQUIRED GLOBAL)
elseif(NOT TARGET protobuf::protoc)
    find_program(SERVERCORE_HOST_PROTOC protoc REQUIRED)
    add_executable(protobuf::protoc IMPORTED GLOBAL)
    set_target_properties(protobuf::protoc PROPERTIES IMPORTED_LOCATION ${SERVERCORE_HOST_PROTOC})
endif()
