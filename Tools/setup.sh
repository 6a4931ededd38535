#!/usr/bin/env bash
# Tools/setup.sh [--linux] [--windows] [--fuzz] [--browser]
#
# Installs and builds whatever the project needs and this machine lacks. Run it as often as you like: when nothing is
# missing it only looks, which takes well under a second. Needs Debian 12; installing packages needs root (or sudo that
# asks no password), everything else does not.
#
#   --linux     what the Linux build needs
#   --windows   what the Windows cross build needs: MinGW, Wine, and libraries built for Windows from Debian's sources
#   --fuzz      what Tools/fuzz.sh needs besides: Clang and libFuzzer
#   --browser   what the tests need that look at DummyClient's HTML reports: Chromium
#   --help      this text
#   (nothing)   --linux --windows
#
# Built libraries, the Wine prefix and logs go to $SERVERCORE_CACHE, by default ~/.cache/servercore. It can be deleted
# at any time; the next run builds it again.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=Common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/Common.sh"
# shellcheck source-path=SCRIPTDIR source=Setup/Recipes.sh
source "$TOOLS_DIR/Setup/Recipes.sh"
# shellcheck source-path=SCRIPTDIR source=Setup/DebianSources.sh
source "$TOOLS_DIR/Setup/DebianSources.sh"
# shellcheck source-path=SCRIPTDIR source=Setup/Dependencies.sh
source "$TOOLS_DIR/Setup/Dependencies.sh"

# The Windows build uses the first list too: cmake, protoc, the Boost headers, and the versions to build.
readonly COMMON_PACKAGES=(
  g++ cmake ninja-build ccache python3 python3-protobuf dpkg-dev protobuf-compiler libprotobuf-dev libprotoc-dev
  libspdlog-dev libfmt-dev libmimalloc-dev libboost-dev libtomlplusplus-dev libgtest-dev libgmock-dev libcli11-dev
  nlohmann-json3-dev tshark)
readonly WINDOWS_PACKAGES=(g++-mingw-w64-x86-64-posix wine wine64)
readonly FUZZ_PACKAGES=(clang-14 libclang-rt-14-dev)
readonly BROWSER_PACKAGES=(chromium)

PACKAGES=()     # the packages this run is about
SETS=()         # the sets of built dependencies this run is about
WANT_WINE=false # whether this run is about Wine

# --- Debian packages --------------------------------------------------------------------------------------------------

declare -A SOURCE_VERSION=() # of every installed package among PACKAGES: the version of its source package

read_installed_packages() {
  local status package version
  SOURCE_VERSION=()
  while read -r status package version; do
    [[ $status != ii ]] || SOURCE_VERSION[$package]=$version
  done < <(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${source:Version}\n' "${PACKAGES[@]}" 2>/dev/null)
}

missing_packages() {
  local package
  for package in "${PACKAGES[@]}"; do
    [[ -n ${SOURCE_VERSION[$package]:-} ]] || printf '%s\n' "$package"
  done
}

# as_root COMMAND...
as_root() {
  if (($(id -u) == 0)); then
    "$@"
  else
    sudo -n "$@"
  fi
}

can_be_root() {
  (($(id -u) == 0)) || sudo -n true 2>/dev/null
}

apt_install() {
  # When one package source of several is out of reach, the packages may still all come from the others.
  as_root apt-get -q update || echo "apt-get update reported errors; going on"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 install \
    --no-install-recommends "$@"
}

# Call with the lock held.
ensure_packages() {
  local -a missing
  read_installed_packages
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} > 0)) || return 0
  if ! can_be_root; then
    printf 'Some packages are missing, and installing them needs root. Run this as root, then run setup again:\n\n' >&2
    printf "  sh -c 'apt-get update && apt-get install -y --no-install-recommends %s'\n" "${missing[*]}" >&2
    exit 1
  fi
  printf '  missing packages: %s\n' "${missing[*]}"
  run_step "install ${#missing[@]} packages" "$(new_log packages)" apt_install "${missing[@]}"
  read_installed_packages
}

# --- Wine -------------------------------------------------------------------------------------------------------------

readonly WINE_PREFIX=$CACHE/wine-prefix

# The prefix belongs to this version of Wine, is complete, and says it is Windows 10 (Wine's own default is 7).
wine_prefix_is_ready() {
  [[ $(cat "$WINE_PREFIX/servercore-stamp" 2>/dev/null) == "${SOURCE_VERSION[wine]}" ]] &&
    [[ -s $WINE_PREFIX/user.reg && -s $WINE_PREFIX/drive_c/windows/system32/kernel32.dll ]] &&
    grep -qs '^"CurrentBuildNumber"="1[0-9]*"' "$WINE_PREFIX/system.reg"
}

# Made aside and renamed once the last Wine process has ended: until then the files are not all written.
create_wine_prefix() {
  local fresh=$CACHE/wine-prefix.new
  wine_environment "$fresh"
  rm -rf "$fresh" &&
    wineboot -i && wine winecfg -v win10 && "$WINE_SERVER" -w &&
    printf '%s\n' "${SOURCE_VERSION[wine]}" >"$fresh/servercore-stamp" &&
    mv -T "$fresh" "$WINE_PREFIX"
}

# Call with the lock held.
ensure_wine_prefix() {
  ! wine_prefix_is_ready || return 0
  if [[ -e $WINE_PREFIX ]]; then
    echo "  the Wine prefix is damaged or of another Wine; it is made again"
    WINEPREFIX=$WINE_PREFIX "$WINE_SERVER" -k || true
    rm -rf "$WINE_PREFIX"
  fi
  run_step "Wine prefix" "$(new_log wine)" create_wine_prefix
}

# --- The run ----------------------------------------------------------------------------------------------------------

new_log() { # NAME
  mkdir -p "$CACHE/logs"
  : >"$CACHE/logs/$1.log"
  printf '%s' "$CACHE/logs/$1.log"
}

everything_is_ready() {
  local set
  read_installed_packages
  [[ -z $(missing_packages) ]] || return
  for set in "${SETS[@]}"; do
    set_is_ready "$set" || return
  done
  ! $WANT_WINE || wine_prefix_is_ready
}

# Every process started from here on holds the lock too: what a killed run leaves behind keeps others out until it ends.
take_lock() {
  mkdir -p "$CACHE"
  exec 9>"$CACHE/setup.lock"
  if ! flock -n 9; then
    echo "  another setup is running; waiting for it"
    flock 9
  fi
}

parse_options() {
  local linux=false windows=false fuzz=false browser=false
  while (($# > 0)); do
    case $1 in
      --linux) linux=true ;;
      --windows) windows=true ;;
      --fuzz) fuzz=true ;;
      --browser) browser=true ;;
      --help) show_help && exit 0 ;;
      *) usage_error "unknown option '$1'" ;;
    esac
    shift
  done
  if ! $linux && ! $windows && ! $fuzz && ! $browser; then
    linux=true windows=true
  fi
  PACKAGES=("${COMMON_PACKAGES[@]}")
  # Other builds of Node bring npm along, and Debian's package of that name refuses to stand beside them.
  command -v npm >/dev/null || PACKAGES+=(npm)
  ! $linux || SETS+=(linux-deps)
  ! $browser || PACKAGES+=("${BROWSER_PACKAGES[@]}")
  ! $fuzz || PACKAGES+=("${FUZZ_PACKAGES[@]}")
  if $windows; then
    PACKAGES+=("${WINDOWS_PACKAGES[@]}")
    SETS+=(windows-sysroot)
    WANT_WINE=true
  fi
}

main() {
  local start set
  parse_options "$@"
  command -v dpkg-query >/dev/null || die "this script installs Debian packages; elsewhere, vcpkg.json names the libraries to install"
  [[ $CACHE == /* ]] || die "SERVERCORE_CACHE must be an absolute path, not '$CACHE'"
  if everything_is_ready; then
    echo "setup: nothing is missing"
    return
  fi
  start=$(now_ms)
  echo "setup: something is missing; this happens once"
  take_lock
  # Compiler settings meant for other projects would end up in the libraries.
  unset CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS CMAKE_PREFIX_PATH CMAKE_TOOLCHAIN_FILE CMAKE_GENERATOR
  ensure_packages
  for set in "${SETS[@]}"; do
    ensure_set "$set"
  done
  ! $WANT_WINE || ensure_wine_prefix
  echo "setup: ready after $(seconds_since "$start") s"
}

main "$@"
