# servercore_add_packets(NAME CPP PATH [LOCK FILE] [OUTPUTS FOLDER] [ROOT FOLDER] SCHEMAS FILE...): a library of all that a protocol's
# .proto files say.
#
#   NAME      the library: the ids, tables, handler interfaces and dispatchers of protoc-gen-servercore, on top of protobuf's messages
#   CPP       how sources include them, without ".h": Protocol/Packets.gen
#   LOCK      the lock file, beside the schemas: an id or a number that it knows is never used for something else. The target
#             update-packet-lock writes it
#   OUTPUTS   makes there, as part of ALL, what is not for C++: Packets.md, Packets.lua (Wireshark), and C# for Unity
#   ROOT      what the paths of the schemas and their imports begin at; by default the project's root
#   SCHEMAS   all .proto files of the protocol
#
# Everything is made at build time, below the build's folder, and never committed.

set(_servercore_root ${CMAKE_CURRENT_LIST_DIR}/../..)
cmake_path(NORMAL_PATH _servercore_root)
string(REGEX REPLACE "/$" "" _servercore_root "${_servercore_root}")
set(SERVERCORE_ROOT ${_servercore_root} CACHE INTERNAL "The engine's own root")

# The plugin is built for the machine that builds, and without sanitizers, whatever the game is built for: a build inside the build, again
# whenever a source of the plugin has changed.
set(SERVERCORE_PACKET_GENERATOR_BUILD ${CMAKE_BINARY_DIR}/PacketGenerator CACHE INTERNAL "")
set(_suffix "")
if(CMAKE_HOST_WIN32)
    set(_suffix .exe)
endif()
set(SERVERCORE_PACKET_GENERATOR ${SERVERCORE_PACKET_GENERATOR_BUILD}/bin/protoc-gen-servercore${_suffix} CACHE INTERNAL
    "The plugin of protoc that makes packets")

function(_servercore_add_packet_generator)
    set(source ${SERVERCORE_ROOT}/Tools/PacketGenerator)
    include(${source}/Sources.cmake)
    list(TRANSFORM PACKET_GENERATOR_SOURCES PREPEND ${source}/)
    list(TRANSFORM PACKET_GENERATOR_HEADERS PREPEND ${source}/)
    set(arguments -DCMAKE_BUILD_TYPE=Release)
    if(NOT CMAKE_CROSSCOMPILING)
        list(APPEND arguments -G ${CMAKE_GENERATOR})
        if(CMAKE_GENERATOR_PLATFORM)
            list(APPEND arguments -A ${CMAKE_GENERATOR_PLATFORM})
        endif()
        if(CMAKE_TOOLCHAIN_FILE)
            list(APPEND arguments -DCMAKE_TOOLCHAIN_FILE=${CMAKE_TOOLCHAIN_FILE})
        endif()
    endif()
    add_custom_command(
        OUTPUT ${SERVERCORE_PACKET_GENERATOR}
        COMMAND ${CMAKE_COMMAND} -S ${source} -B ${SERVERCORE_PACKET_GENERATOR_BUILD} ${arguments}
        COMMAND ${CMAKE_COMMAND} --build ${SERVERCORE_PACKET_GENERATOR_BUILD} --config Release
        COMMAND ${CMAKE_COMMAND} -E touch ${SERVERCORE_PACKET_GENERATOR}
        DEPENDS ${PACKET_GENERATOR_SOURCES} ${PACKET_GENERATOR_HEADERS} ${source}/CMakeLists.txt ${source}/Sources.cmake
                ${SERVERCORE_ROOT}/ServerCore/Packet/PacketOptions.proto
        COMMENT "Building protoc-gen-servercore for this machine"
        VERBATIM
    )
    add_custom_target(PacketGenerator DEPENDS ${SERVERCORE_PACKET_GENERATOR})
endfunction()

function(servercore_add_packets name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "CPP;LOCK;OUTPUTS;ROOT" "SCHEMAS")
    if(NOT arg_CPP OR NOT arg_SCHEMAS OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "servercore_add_packets(${name}): give CPP and SCHEMAS (${arg_UNPARSED_ARGUMENTS} means nothing here)")
    endif()
    if(NOT TARGET PacketGenerator)
        _servercore_add_packet_generator()
    endif()
    if(NOT arg_ROOT)
        set(arg_ROOT ${PROJECT_SOURCE_DIR})
    endif()

    set(messages ${CMAKE_CURRENT_BINARY_DIR}/${name}/Messages)
    set(packets ${CMAKE_CURRENT_BINARY_DIR}/${name}/Packets)
    file(MAKE_DIRECTORY ${messages} ${packets})
    list(TRANSFORM arg_SCHEMAS PREPEND ${arg_ROOT}/ OUTPUT_VARIABLE schemas)
    set(made_messages)
    foreach(schema IN LISTS arg_SCHEMAS)
        string(REGEX REPLACE "\\.proto$" ".pb" made ${schema})
        list(APPEND made_messages ${messages}/${made}.cc ${messages}/${made}.h)
    endforeach()
    set(made_packets ${packets}/${arg_CPP}.cpp ${packets}/${arg_CPP}.h ${packets}/ServerCore/Packet/PacketOptions.pb.h)
    set(options --servercore_opt=cpp=${arg_CPP})
    if(arg_LOCK)
        set(lock ${arg_ROOT}/${arg_LOCK})
        if(NOT EXISTS ${lock})
            message(FATAL_ERROR "servercore_add_packets(${name}): ${lock} does not exist; for a new protocol make it, empty")
        endif()
        cmake_path(GET arg_LOCK FILENAME lock_name)
        list(APPEND options --servercore_opt=lock=${lock})
        list(APPEND made_packets ${packets}/${lock_name})
    endif()
    set(protoc protobuf::protoc --plugin=protoc-gen-servercore=${SERVERCORE_PACKET_GENERATOR}
        --proto_path=${arg_ROOT} --proto_path=${SERVERCORE_ROOT})
    add_custom_command(
        OUTPUT ${made_messages} ${made_packets}
        COMMAND ${protoc} --cpp_out=${messages} --servercore_out=${packets} ${options} ${schemas}
        DEPENDS ${schemas} ${lock} PacketGenerator ${SERVERCORE_PACKET_GENERATOR} protobuf::protoc
        COMMENT "Generating the packets of ${name}"
        VERBATIM
    )

    # protobuf's code is not ours: compiled without our warnings, seen as system headers.
    add_library(${name}Messages STATIC ${made_messages})
    target_compile_features(${name}Messages PUBLIC cxx_std_20)
    target_include_directories(${name}Messages SYSTEM PUBLIC ${messages} PRIVATE ${packets})
    target_link_libraries(${name}Messages PUBLIC protobuf::libprotobuf-lite)

    add_library(${name} STATIC ${made_packets})
    target_include_directories(${name} PUBLIC ${packets})
    target_link_libraries(${name} PUBLIC ServerCore::Packets ${name}Messages PRIVATE sc_warnings)
    add_dependencies(${name} ${name}Messages)

    if(arg_LOCK)
        if(NOT TARGET update-packet-lock)
            add_custom_target(update-packet-lock)
        endif()
        add_custom_target(${name}UpdateLock
            COMMAND ${CMAKE_COMMAND} -E copy_if_different ${packets}/${lock_name} ${lock}
            DEPENDS ${packets}/${lock_name}
            COMMENT "Writing ${lock}; commit it with the schema"
            VERBATIM
        )
        add_dependencies(${name}UpdateLock ${name})
        add_dependencies(update-packet-lock ${name}UpdateLock)
        set_target_properties(${name} PROPERTIES SERVERCORE_LOCK ${lock} SERVERCORE_NEW_LOCK ${packets}/${lock_name})
    endif()
    if(arg_OUTPUTS)
        set(made ${arg_OUTPUTS}/Packets.md ${arg_OUTPUTS}/Packets.lua ${arg_OUTPUTS}/Packets.cs)
        file(MAKE_DIRECTORY ${arg_OUTPUTS})
        add_custom_command(
            OUTPUT ${made}
            COMMAND ${protoc} --servercore_out=${arg_OUTPUTS} --servercore_opt=markdown=Packets.md,lua=Packets.lua,csharp=Packets.cs
                    ${schemas}
            COMMAND ${protoc} --csharp_out=${arg_OUTPUTS} ${schemas} ${SERVERCORE_ROOT}/ServerCore/Packet/PacketOptions.proto
            DEPENDS ${schemas} PacketGenerator ${SERVERCORE_PACKET_GENERATOR} protobuf::protoc
            COMMENT "Generating the reference, the dissector and the C# of ${name}"
            VERBATIM
        )
        add_custom_target(${name}Outputs ALL DEPENDS ${made})
    endif()
endfunction()
