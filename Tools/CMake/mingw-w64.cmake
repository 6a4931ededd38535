# Cross build for 64-bit Windows with MinGW-w64 GCC (posix threads). The libraries come from the sysroot that
# Tools/setup.sh --windows builds with this same file.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR AMD64)

set(_target x86_64-w64-mingw32)
set(CMAKE_C_COMPILER ${_target}-gcc-posix)
set(CMAKE_CXX_COMPILER ${_target}-g++-posix)
set(CMAKE_RC_COMPILER ${_target}-windres)

if(DEFINED ENV{SERVERCORE_CACHE})
    set(_sysroot "$ENV{SERVERCORE_CACHE}/windows-sysroot")
else()
    set(_sysroot "$ENV{HOME}/.cache/servercore/windows-sysroot")
endif()
find_program(_mingw_compiler ${CMAKE_CXX_COMPILER})
mark_as_advanced(_mingw_compiler)
if(NOT IS_DIRECTORY "${_sysroot}" OR NOT _mingw_compiler)
    message(FATAL_ERROR "The Windows cross build needs ${CMAKE_CXX_COMPILER} and the libraries in ${_sysroot}.\n"
                        "Run Tools/setup.sh --windows once, then configure again.")
endif()

# Programs (protoc) are the host's; headers, libraries and packages never are.
set(CMAKE_FIND_ROOT_PATH /usr/${_target} "${_sysroot}")
set(CMAKE_PREFIX_PATH "${_sysroot}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# Windows 10, stated here so that every library and every source file sees the same declarations.
set(CMAKE_C_FLAGS_INIT "-D_WIN32_WINNT=0x0A00 -DWINVER=0x0A00")
set(CMAKE_CXX_FLAGS_INIT "-D_WIN32_WINNT=0x0A00 -DWINVER=0x0A00")
# libstdc++, libgcc and winpthread inside: one .exe, no DLL to ship.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")

set(CMAKE_CROSSCOMPILING_EMULATOR "${CMAKE_CURRENT_LIST_DIR}/wine-run.sh")
