# shellcheck shell=bash disable=SC2034 # what is set here is used by those who source it
# Shared by the scripts in Tools/: paths, messages, timed steps and Wine. Source it, do not run it.

TOOLS_DIR=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# The checkout, and everything that is built once for all checkouts of this user.
PROJECT_ROOT=$(dirname -- "$TOOLS_DIR")
CACHE=${SERVERCORE_CACHE:-${HOME:?HOME is not set}/.cache/servercore}
readonly TOOLS_DIR PROJECT_ROOT CACHE

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# A mistake on the command line, as opposed to a failure of the work itself.
usage_error() {
  printf 'error: %s\nRun %s --help for the options.\n' "$*" "$(basename -- "$0")" >&2
  exit 2
}

# The script's own head comment is its help text.
show_help() {
  awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' "$0"
}

require_value() { # OPTION NUMBER_OF_ARGUMENTS_LEFT
  (($2 >= 2)) || usage_error "$1 needs a value"
}

require_number() { # OPTION VALUE LOWEST HIGHEST
  if ! [[ $2 =~ ^[1-9][0-9]{0,8}$ ]] || (($2 < $3 || $2 > $4)); then
    usage_error "$1 needs a whole number from $3 to $4, not '$2'"
  fi
}

now_ms() {
  local now=${EPOCHREALTIME/[.,]/}
  printf '%s' "${now%???}"
}

# seconds_since START_MS: "12.3"
seconds_since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100))
}

# run_step TITLE LOG COMMAND...: runs the command with all its output in LOG and prints one line with the time it took,
# and on failure the end of its output. Errexit is off inside a COMMAND that is a function: chain it with &&.
run_step() {
  local title=$1 log=$2 start status=0 first_line
  shift 2
  start=$(now_ms)
  printf '  %-48s ' "$title"
  first_line=$(($(wc -l 2>/dev/null <"$log" || echo 0) + 1))
  "$@" </dev/null >>"$log" 2>&1 || status=$?
  if ((status == 0)); then
    printf '%8s s\n' "$(seconds_since "$start")"
    return 0
  fi
  printf '  FAILED after %s s\n' "$(seconds_since "$start")"
  tail -n "+$first_line" "$log" | tail -n 30 | sed 's/^/    | /'
  printf '  The full output is in %s\n' "$log"
  return "$status"
}

# --- Wine -------------------------------------------------------------------------------------------------------------

readonly WINE_SERVER=/usr/lib/wine/wineserver64
# Seconds the Wine server outlives its last program. Without this every idle gap between two tests restarts Windows'
# services (2.5 s), and those then hold the output pipe of whichever test started them, so that its reader waits for ever.
readonly WINE_LINGER_SECONDS=300

# Without Wine's debugger, which prints a backtrace of a program that crashes, and now and then ends it with code 0 before
# it ends itself with its own: a crash would pass for a success.
wine_environment() { # PREFIX
  export WINEPREFIX=$1 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml,winedbg.exe="
  # A program with a window system at hand would open Wine's own windows on it.
  unset DISPLAY WAYLAND_DISPLAY
}

# Sets Wine's environment up and starts its server and services unless they run already. The lock lets the second of
# two callers wait until the services of the first are up; it is closed for Wine's processes, which outlive this script.
wine_start() {
  wine_environment "$CACHE/wine-prefix"
  [[ -s $WINEPREFIX/system.reg ]] || die "there is no Wine prefix in $WINEPREFIX; run Tools/setup.sh --windows"
  exec 8>"$CACHE/wine-start.lock"
  flock 8
  if "$WINE_SERVER" "-p$WINE_LINGER_SECONDS" </dev/null >/dev/null 2>&1 8>&-; then
    setsid wine wineboot </dev/null >/dev/null 2>&1 8>&- ||
      die "Wine does not start; delete $WINEPREFIX and run Tools/setup.sh --windows"
  fi
  exec 8>&-
}
