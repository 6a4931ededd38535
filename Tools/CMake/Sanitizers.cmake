# SERVERCORE_SANITIZER selects what watches the programs while they run. Include this before the first target: a
# sanitizer is only right about code it has instrumented, so every target gets it.
if(SERVERCORE_SANITIZER STREQUAL "address")
    set(_sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(SERVERCORE_SANITIZER STREQUAL "thread")
    set(_sanitizers -fsanitize=thread)
elseif(NOT SERVERCORE_SANITIZER STREQUAL "")
    message(FATAL_ERROR "SERVERCORE_SANITIZER is '${SERVERCORE_SANITIZER}'; it must be empty, address or thread")
endif()

if(SERVERCORE_FUZZERS)
    add_compile_options(-fsanitize=fuzzer-no-link)  # libFuzzer looks at what an input has reached; its main comes with the fuzzers only
endif()

if(_sanitizers)
    # -g1: stack traces have function, file and line, also of what is inlined; variables would cost a fifth of the compile time more.
    add_compile_options(${_sanitizers} -fno-omit-frame-pointer -O1 -g1)
    add_link_options(${_sanitizers})
endif()
