# What GameServer and DummyClient need besides the libraries.
find_package(hdr_histogram CONFIG REQUIRED)
find_package(mimalloc CONFIG REQUIRED)

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

# mimalloc replaces operator new and delete in the executables; the sanitizers need to own them.
add_library(sc_allocator INTERFACE)
if(NOT SERVERCORE_SANITIZER)
    target_link_libraries(sc_allocator INTERFACE mimalloc-static)
    target_compile_definitions(sc_allocator INTERFACE SERVERCORE_WITH_MIMALLOC)
endif()
