# What ServerCore::LoadKit needs: for its figures, its files and its pages. GLOBAL: a title links it from folders of its own.
find_package(hdr_histogram CONFIG REQUIRED GLOBAL)

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
