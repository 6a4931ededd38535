# What GameServer and DummyClient need besides the library.
find_package(CLI11 CONFIG REQUIRED)
find_package(hdr_histogram CONFIG REQUIRED)
find_package(mimalloc CONFIG REQUIRED)

# Debian's CMake package of toml++ links a shared library; its headers do without.
find_path(SERVERCORE_TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)
mark_as_advanced(SERVERCORE_TOMLPLUSPLUS_INCLUDE_DIR)
add_library(sc_tomlplusplus INTERFACE)
target_include_directories(sc_tomlplusplus SYSTEM INTERFACE ${SERVERCORE_TOMLPLUSPLUS_INCLUDE_DIR})

find_path(SERVERCORE_NLOHMANN_INCLUDE_DIR nlohmann/json.hpp REQUIRED)
mark_as_advanced(SERVERCORE_NLOHMANN_INCLUDE_DIR)
add_library(sc_nlohmann INTERFACE)
target_include_directories(sc_nlohmann SYSTEM INTERFACE ${SERVERCORE_NLOHMANN_INCLUDE_DIR})

# What the HTML reports draw their charts with: scripts that the build embeds.
find_path(SERVERCORE_UPLOT_DIR dist/uPlot.iife.min.js PATH_SUFFIXES share/uplot
    HINTS ${PROJECT_SOURCE_DIR}/Tools/CMake/uplot/node_modules/uplot)
if(NOT SERVERCORE_UPLOT_DIR)
    message(FATAL_ERROR "The HTML reports need uPlot. Run Tools/setup.sh; where that does not work, 'npm ci' in Tools/CMake/uplot.")
endif()
mark_as_advanced(SERVERCORE_UPLOT_DIR)

# Debian ships protobuf without its CMake package, so fall back to CMake's own module. The MinGW sysroot has no protoc: the host's makes
# the code.
find_package(Protobuf CONFIG QUIET)
if(NOT Protobuf_FOUND)
    find_package(Protobuf MODULE REQUIRED)
elseif(NOT TARGET protobuf::protoc)
    find_program(SERVERCORE_HOST_PROTOC protoc REQUIRED)
    add_executable(protobuf::protoc IMPORTED)
    set_target_properties(protobuf::protoc PROPERTIES IMPORTED_LOCATION ${SERVERCORE_HOST_PROTOC})
endif()

# mimalloc replaces operator new and delete in the executables; the sanitizers need to own them.
add_library(sc_allocator INTERFACE)
if(NOT SERVERCORE_SANITIZER)
    target_link_libraries(sc_allocator INTERFACE mimalloc-static)
    target_compile_definitions(sc_allocator INTERFACE SERVERCORE_WITH_MIMALLOC)
endif()
