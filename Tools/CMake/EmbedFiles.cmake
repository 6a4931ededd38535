# cmake -DOUT=FILE -DHEADER=FILE -DNAMESPACE=NAME -DPARTS=FUNCTION=FILE,FUNCTION=FILE -P EmbedFiles.cmake: the bytes of files as C++
# functions, which the header declares. As numbers, because a literal of a whole file is longer than some compilers take. A function that is
# named twice gets its files one after the other.
string(REPLACE "," ";" parts "${PARTS}")
set(names)
foreach(part IN LISTS parts)
    string(REGEX MATCH "^([A-Za-z]+)=(.+)$" _ "${part}")
    set(name ${CMAKE_MATCH_1})
    file(READ "${CMAKE_MATCH_2}" bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))" "\\1\n" bytes "${bytes}")
    string(APPEND bytes_${name} "${bytes}")
    list(APPEND names ${name})
endforeach()
list(REMOVE_DUPLICATES names)

set(text "#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n")
foreach(name IN LISTS names)
    string(APPEND text "\nstd::string_view ${name}() noexcept {\n    static constexpr unsigned char kBytes[] = {\n${bytes_${name}}};\n"
        "    return {reinterpret_cast<const char*>(kBytes), sizeof kBytes};\n}\n")
endforeach()
file(WRITE "${OUT}" "${text}\n}  // namespace ${NAMESPACE}\n")
