# Our own code compiles without a warning; targets ask for it by linking sc_warnings. Dependencies are system headers.
add_library(sc_warnings INTERFACE)
if(MSVC)
    target_compile_options(sc_warnings INTERFACE /W4 /WX /permissive- /utf-8)
else()
    target_compile_options(sc_warnings INTERFACE
        -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
        -Wimplicit-fallthrough -Werror
        $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
endif()
