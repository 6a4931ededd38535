#!/usr/bin/env bash
# Tools/new-title.sh NAME [OPTION...]
#
# Makes a new title on top of this checkout of ServerCore: a project of its own with a server, a load tester whose bots
# are coroutines, their packets and tests, which pass as they are. NAME is letters and digits and begins with a capital:
# Harbour gives the programs HarbourServer and HarbourClient, and the namespace harbour.
#
#   --directory DIR   where to make it (default: NAME, beside this checkout); must not exist, or be empty
#   --test            also sets up what is missing, builds the title and runs its tests (linux-debug)
#   --help            this text
#
# Exit code: 0 made (and tests passed), 1 failed, 2 wrong usage.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=Common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/Common.sh"

readonly TEMPLATE=$TOOLS_DIR/NewTitle
# Lines with the name still fit.
readonly LONGEST_NAME=20
# Namespaces of the libraries that a title uses.
readonly TAKEN_NAMES=(servercore std boost cli fmt google loadtest protobuf spdlog testing toml)

NAME=
DIRECTORY=
TEST=false
FRESH= # the title while it is being made

parse_options() {
  while (($# > 0)); do
    case $1 in
      --directory) require_value "$1" $# && DIRECTORY=$2 && shift ;;
      --test) TEST=true ;;
      --help) show_help && exit 0 ;;
      -*) usage_error "unknown option '$1'" ;;
      *)
        [[ -z $NAME ]] || usage_error "one NAME is enough: '$NAME', and what is '$1'?"
        [[ -n $1 ]] || usage_error "the NAME is empty"
        NAME=$1
        ;;
    esac
    shift
  done
  [[ -n $NAME ]] || usage_error "say the NAME of the title, for example: Tools/new-title.sh Harbour"
}

check_name() {
  local taken LC_ALL=C # where A-Z are capitals and nothing else
  [[ $NAME =~ ^[A-Z][A-Za-z0-9]+$ ]] ||
    usage_error "'$NAME' cannot be the NAME: letters and digits only, at least two, the first a capital; for example Harbour"
  ((${#NAME} <= LONGEST_NAME)) || usage_error "'$NAME' cannot be the NAME: it is longer than $LONGEST_NAME letters"
  [[ ${NAME,,} != *mytitle* ]] || usage_error "'$NAME' cannot be the NAME: the template's own name is in it"
  for taken in "${TAKEN_NAMES[@]}"; do
    [[ ${NAME,,} != "$taken" ]] || usage_error "'$NAME' cannot be the NAME: a library has the namespace $taken"
  done
  is_possible_namespace "${NAME,,}" ||
    usage_error "'$NAME' cannot be the NAME: ${NAME,,} means something else in C++ or C, so it cannot be a namespace"
}

# Keywords and the C library's functions cannot (Class, Signal). Without a compiler nobody knows, and nothing can be built yet.
is_possible_namespace() { # NAMESPACE
  command -v c++ >/dev/null || return 0
  {
    printf '#include <%s>\n' cmath csignal cstdio cstdlib cstring ctime sys/socket.h sys/stat.h unistd.h
    printf 'namespace %s {}\n' "$1"
  } | c++ -std=c++20 -fsyntax-only -x c++ - 2>/dev/null
}

# The paths go into CMakePresets.json and into CMake.
check_directory() {
  [[ "$PROJECT_ROOT$DIRECTORY" != *[\"\\\;\$\|\&]* ]] ||
    die "neither $PROJECT_ROOT nor $DIRECTORY may have one of \" \\ ; \$ | & in its name"
  [[ ! -e $DIRECTORY || -d $DIRECTORY ]] || die "$DIRECTORY is there already, and no directory"
  [[ ! -d $DIRECTORY || -z $(ls -A -- "$DIRECTORY") ]] ||
    die "$DIRECTORY is there already, and not empty; choose another place with --directory"
}

# Made aside and renamed once complete, so that whatever goes wrong leaves nothing half made behind.
make_title() {
  local file engine
  engine=$(realpath -m --relative-to="$DIRECTORY" -- "$PROJECT_ROOT")
  mkdir -p -- "$(dirname -- "$DIRECTORY")"
  FRESH=$(mktemp -d -- "$DIRECTORY.XXXXXX")
  chmod 755 -- "$FRESH"
  while IFS= read -r file; do
    mkdir -p -- "$FRESH/$(dirname -- "$file")"
    sed -e "s/MyTitle/$NAME/g; s/mytitle/${NAME,,}/g; s/MYTITLE/${NAME^^}/g" -e "s|\${sourceDir}/\.\./\.\.|\${sourceDir}/$engine|" \
      -- "$TEMPLATE/$file" >"$FRESH/$file"
  done < <(cd -- "$TEMPLATE" && find . -path ./Binaries -prune -o -type f -printf '%P\n')
  cp -- "$PROJECT_ROOT/.clang-format" "$FRESH"
  mv -T -- "$FRESH" "$DIRECTORY"
  FRESH=
}

# As its README says, one step after the other.
test_title() {
  local log=$DIRECTORY/Binaries/new-title.log
  "$TOOLS_DIR/setup.sh" --linux &&
    mkdir -p -- "$DIRECTORY/Binaries" &&
    cd -- "$DIRECTORY" &&
    run_step "configure" "$log" cmake --preset linux-debug &&
    run_step "build" "$log" cmake --build --preset linux-debug -- --quiet &&
    ctest --preset linux-debug </dev/null
}

clean_up() {
  [[ -z $FRESH ]] || rm -rf -- "$FRESH"
}

main() {
  parse_options "$@"
  check_name
  DIRECTORY=$(realpath -m -- "${DIRECTORY:-$PROJECT_ROOT/../$NAME}")
  check_directory
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
  make_title
  echo "$NAME is made in $DIRECTORY; its README.md says what is in it"
  ! $TEST || test_title || die "the title is made, but its tests have not passed"
  printf 'Next:\n  cd %q\n  cmake --workflow --preset linux-debug\n' "$DIRECTORY"
}

main "$@"
