option(SERVERCORE_WARNINGS_AS_ERRORS "A warning in the engine's own sources is an error" ${PROJECT_IS_TOP_LEVEL})

# Our own code compiles without a warning; targets ask for it by linking sc_warnings. Dependencies are system headers.
add_library(sc_warnings INTERFACE)
if(MSVC)
    target_compile_options(sc_warnings INTERFACE /W4 /permissive- /utf-8 $<$<BOOL:${SERVERCORE_WARNINGS_AS_ERRORS}>:/WX>)
else()
    target_compile_options(sc_warnings INTERFACE
        -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
        -Wimplicit-fallthrough
        $<$<BOOL:${SERVERCORE_WARNINGS_AS_ERRORS}>:-Werror>
        $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
endif()
