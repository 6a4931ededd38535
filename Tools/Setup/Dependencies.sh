# shellcheck shell=bash
# Sets of built dependencies in the cache. A set is a directory named after a hash of everything that went into it; it
# is built aside and renamed into place with a manifest, so a set is either whole or noticed and built again.
# $CACHE/linux-deps and $CACHE/windows-sysroot are links to the current sets.

# set_key SET: hash of the recipes, the compiler and the versions.
set_key() {
  local compiler=cc dep
  local -n deps=LINUX_DEPS
  if [[ $1 == windows-sysroot ]]; then
    compiler=x86_64-w64-mingw32-gcc-posix
    local -n deps=WINDOWS_DEPS
  fi
  {
    cat "$TOOLS_DIR"/Setup/Recipes.sh "$TOOLS_DIR"/CMake/hdr_histogram/CMakeLists.txt "$TOOLS_DIR"/CMake/mingw-w64.cmake \
      "$TOOLS_DIR"/CMake/uplot/package-lock.json
    "$compiler" --version
    for dep in "${deps[@]}"; do
      echo "$dep $(wanted_version "$dep")"
    done
  } | sha256sum | cut -c1-16
}

# wanted_version DEP: the source version of the Linux package that is installed; empty when any will do.
wanted_version() {
  local package=${SAME_VERSION_AS[$1]:-}
  [[ -z $package ]] || printf '%s' "${SOURCE_VERSION[$package]:-}"
}

# Every file with its checksum, every link with its target.
describe_tree() {
  (
    cd "$1" || return
    find . -type f ! -name MANIFEST -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
    find . -type l -printf '%p -> %l\n' | LC_ALL=C sort
  )
}

set_is_whole() { # DIRECTORY
  [[ -s $1/MANIFEST ]] && describe_tree "$1" | cmp -s - "$1/MANIFEST"
}

set_is_ready() { # SET
  local directory
  directory=$CACHE/store/$1-$(set_key "$1")
  [[ $(readlink -- "$CACHE/$1") == "$directory" ]] && set_is_whole "$directory"
}

# Call with the lock held.
ensure_set() { # SET
  local directory
  directory=$CACHE/store/$1-$(set_key "$1")
  if ! set_is_whole "$directory"; then
    [[ ! -e $directory ]] || echo "  $1 in the cache is damaged and is built again"
    build_set "$1" "$directory"
  fi
  # A new link renamed over the old one: there is no moment without one.
  ln -sfn "$directory" "$CACHE/$1.new"
  mv -T "$CACHE/$1.new" "$CACHE/$1"
}

build_set() { # SET DIRECTORY
  local set=$1 directory=$2 work=$CACHE/work log dep
  local -a arguments=()
  local -n deps=LINUX_DEPS
  if [[ $set == windows-sysroot ]]; then
    local -n deps=WINDOWS_DEPS
    arguments=(-DCMAKE_TOOLCHAIN_FILE="$TOOLS_DIR/CMake/mingw-w64.cmake")
  fi
  log=$(new_log "$set")
  # What is left there belongs to a run that was killed: the lock is ours.
  rm -rf "$work"
  mkdir -p "$work/$set" "$CACHE/store"
  run_step "$set: package lists" "$log" update_source_lists
  for dep in "${deps[@]}"; do
    if [[ -n ${SOURCE_PACKAGE[$dep]:-} ]]; then
      run_step "$set: $dep, download" "$log" \
        unpack_source "${SOURCE_PACKAGE[$dep]}" "$(wanted_version "$dep")" "$work/$dep"
    fi
    # The toolchain file looks for the sysroot inside SERVERCORE_CACHE, so it sees the one under construction.
    SERVERCORE_CACHE=$work run_step "$set: $dep, build" "$log" \
      build_dep "$dep" "$work/$dep" "$work/build-$dep" "$work/$set" "${arguments[@]}"
  done
  describe_tree "$work/$set" >"$work/MANIFEST"
  mv "$work/MANIFEST" "$work/$set/MANIFEST"
  rm -rf "$directory"
  mv -T "$work/$set" "$directory"
  rm -rf "$work"
}
