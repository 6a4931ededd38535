# cmake --install: the library, its public headers in the layout of the tree, and the package that find_package(ServerCore) reads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(_package ${CMAKE_INSTALL_LIBDIR}/cmake/ServerCore)

install(TARGETS ServerCore EXPORT ServerCore
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT ServerCore NAMESPACE ServerCore:: FILE ServerCoreTargets.cmake DESTINATION ${_package})

# Every header is public but these: how one system is served, and what only sources of the library include (ServerCore/README.md).
install(DIRECTORY ${PROJECT_SOURCE_DIR}/ServerCore DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN *.h
    PATTERN ServerCore/App EXCLUDE
    PATTERN ServerCore/Docs EXCLUDE
    PATTERN ServerCore/Packet EXCLUDE
    PATTERN Platform/Linux EXCLUDE
    PATTERN Platform/Windows EXCLUDE
    PATTERN Platform/AddressText.h EXCLUDE
    PATTERN Platform/KeyParser.h EXCLUDE
    PATTERN Platform/TerminalFrame.h EXCLUDE
    PATTERN Base/ThreadName.h EXCLUDE
    PATTERN Buffer/ReceiveBlockPool.h EXCLUDE
    PATTERN Net/SessionHold.h EXCLUDE
    REGEX Sim/Sim\(End|Error|Handshake|Listener|Port|Socket|Stream\)\\.h$ EXCLUDE)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/ServerCoreConfig.cmake.in ${PROJECT_BINARY_DIR}/ServerCoreConfig.cmake
    INSTALL_DESTINATION ${_package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ServerCoreConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ServerCoreConfig.cmake ${PROJECT_BINARY_DIR}/ServerCoreConfigVersion.cmake DESTINATION ${_package})
