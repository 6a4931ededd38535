# What GameServer and DummyClient need besides the libraries.
find_package(mimalloc CONFIG REQUIRED)

# mimalloc replaces operator new and delete in the executables; the sanitizers need to own them.
add_library(sc_allocator INTERFACE)
if(NOT SERVERCORE_SANITIZER)
    target_link_libraries(sc_allocator INTERFACE mimalloc-static)
    target_compile_definitions(sc_allocator INTERFACE SERVERCORE_WITH_MIMALLOC)
endif()
