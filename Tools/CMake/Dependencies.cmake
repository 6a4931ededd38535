# Who provides a dependency (Debian, the MinGW sysroot, vcpkg) is decided by the preset; here they are only found. The first four are the
# library's own: ServerCoreConfig.cmake.in finds them for those who use an installed one.
find_package(Threads REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(Boost 1.74 REQUIRED)

if(SERVERCORE_BUILD_PACKETS_AND_APP)
    include(PacketAndAppDependencies)
endif()
if(SERVERCORE_BUILD_LOAD_KIT)
    include(LoadKitDependencies)
endif()
if(SERVERCORE_BUILD_PROGRAMS)
    include(ProgramDependencies)
endif()
if(SERVERCORE_BUILD_TESTS)
    find_package(GTest CONFIG REQUIRED)
endif()
