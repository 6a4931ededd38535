# cmake -D BINARIES=... -D PREFIX=... -P InstallAfresh.cmake: an installation without what an earlier one has left.
file(REMOVE_RECURSE ${PREFIX})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BINARIES} --prefix ${PREFIX} COMMAND_ERROR_IS_FATAL ANY)
