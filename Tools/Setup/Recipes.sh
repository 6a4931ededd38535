# shellcheck shell=bash disable=SC2034
# What is built from Debian's source packages, and how. Sourced by Tools/setup.sh. This file's text is part of the key of
# every built set: any change here builds the sets anew.

# In build order: spdlog uses fmt. Debian's own mimalloc is a shared library that takes over malloc of the whole process;
# the static one without that is the same on both systems.
readonly LINUX_DEPS=(mimalloc hdr_histogram uplot)
readonly WINDOWS_DEPS=(boost tomlplusplus nlohmann protobuf fmt spdlog mimalloc googletest cli11 hdr_histogram uplot)

# The Debian source package that carries each dependency. HdrHistogram_c has none of its own; redis brings a copy.
declare -rA SOURCE_PACKAGE=(
  [protobuf]=protobuf [fmt]=fmtlib [spdlog]=spdlog [mimalloc]=mimalloc [googletest]=googletest [cli11]=cli11
  [hdr_histogram]=redis)

# The installed package whose version is the one to build.
declare -rA SAME_VERSION_AS=(
  [boost]=libboost-dev [tomlplusplus]=libtomlplusplus-dev [nlohmann]=nlohmann-json3-dev [protobuf]=libprotobuf-dev [fmt]=libfmt-dev
  [spdlog]=libspdlog-dev [mimalloc]=libmimalloc-dev [googletest]=libgtest-dev [cli11]=libcli11-dev)

declare -rA CMAKE_ARGUMENTS=(
  [protobuf]="-Dprotobuf_BUILD_TESTS=OFF -Dprotobuf_BUILD_PROTOC_BINARIES=OFF -Dprotobuf_BUILD_LIBPROTOC=OFF
              -Dprotobuf_WITH_ZLIB=OFF"
  [fmt]="-DFMT_TEST=OFF -DFMT_DOC=OFF"
  [spdlog]="-DSPDLOG_FMT_EXTERNAL=ON -DSPDLOG_BUILD_EXAMPLE=OFF -DSPDLOG_BUILD_TESTS=OFF -DSPDLOG_INSTALL=ON"
  [mimalloc]="-DMI_BUILD_SHARED=OFF -DMI_BUILD_OBJECT=OFF -DMI_BUILD_TESTS=OFF -DMI_OVERRIDE=OFF
              -DMI_INSTALL_TOPLEVEL=ON"
  [cli11]="-DCLI11_BUILD_TESTS=OFF -DCLI11_BUILD_EXAMPLES=OFF -DCLI11_BUILD_DOCS=OFF -DCLI11_PRECOMPILED=OFF"
)

# build_dep DEP SOURCE BUILD PREFIX [CMAKE_ARGUMENT...]: installs one dependency into PREFIX.
build_dep() {
  local dep=$1 source=$2 build=$3 prefix=$4 arguments
  shift 4
  case $dep in
    boost | tomlplusplus | nlohmann) # Headers only, and the same on both systems.
      [[ $dep != tomlplusplus ]] || dep=toml++
      mkdir -p "$prefix/include" && ln -s "/usr/include/$dep" "$prefix/include/$dep"
      return
      ;;
    uplot) # Scripts for a page, no library. npm compares what it fetches with the checksum in the lock file.
      mkdir -p "$build" "$prefix/share" && cp "$TOOLS_DIR"/CMake/uplot/package*.json "$build" &&
        npm ci --prefix "$build" --ignore-scripts --no-audit --no-fund && cp -rT "$build/node_modules/uplot" "$prefix/share/uplot"
      return
      ;;
    hdr_histogram)
      arguments="-DHDR_SOURCE_DIR=$source/deps/hdr_histogram"
      source=$TOOLS_DIR/CMake/hdr_histogram
      ;;
    *) arguments=${CMAKE_ARGUMENTS[$dep]:-} ;;
  esac
  # shellcheck disable=SC2086 # a list of words without blanks inside
  cmake -G Ninja -S "$source" -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" \
    -DBUILD_SHARED_LIBS=OFF $arguments "$@" && cmake --build "$build" --target install
}
