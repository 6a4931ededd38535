execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${NEW_LOCK} ${LOCK} RESULT_VARIABLE _differ)
if(_differ)
    message(FATAL_ERROR "${LOCK} does not know all that the schema says. Write it with\n"
                        "  cmake --build --preset linux-debug --target update-packet-lock\n"
                        "and commit it with the schema.")
endif()
