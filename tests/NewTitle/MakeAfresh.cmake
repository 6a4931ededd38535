# cmake -D SCRIPT=... -D TITLE=... -P MakeAfresh.cmake: a title without what an earlier one has left.
file(REMOVE_RECURSE ${TITLE})
cmake_path(GET TITLE FILENAME name)
execute_process(COMMAND ${SCRIPT} ${name} --directory ${TITLE} COMMAND_ERROR_IS_FATAL ANY)
