#!/usr/bin/env bash
# Tools/run.sh [OPTION...]
#
# Shows the project at work: sets up what is missing, builds GameServer and DummyClient, lets a crowd of bots play in the
# server's four zones for a while, prints what both found, and writes the client's report as a page to open in a browser.
# Exits 0 only when client and server both did well.
#
#   --bots N                  how many bots (default 200, or 50 when a program runs under Wine)
#   --seconds S               for how long (default 10)
#   --scenario NAME           what they play: a name or a file (default world; 'DummyClient scenarios' lists more)
#   --windows                 both programs as Windows programs, under Wine
#   --report FILE             where the page goes (default $SERVERCORE_CACHE/reports/run.html)
#   --server linux|windows    which server (default linux)
#   --client linux|windows    which client (default linux)
#   --help                    this text
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=Common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/Common.sh"

# shellcheck source-path=SCRIPTDIR source=Programs.sh
source "$TOOLS_DIR/Programs.sh"

SERVER_SYSTEM=linux
CLIENT_SYSTEM=linux
BOTS=
SECONDS_TO_PLAY=10
SCENARIO=world

REPORT=

SERVER_CODE=
CLIENT_CODE=
LOGS= # this run's directory; kept unless all went well
KEEP_LOGS=true

require_system() { # OPTION VALUE
  [[ $2 == linux || $2 == windows ]] || usage_error "$1 needs linux or windows, not '$2'"
}

parse_options() {
  while (($# > 0)); do
    case $1 in
      --bots | --seconds | --scenario | --report | --server | --client) require_value "$1" $# ;;&
      --bots) require_number "$1" "$2" 1 100000 && BOTS=$2 && shift ;;
      --seconds) require_number "$1" "$2" 1 86400 && SECONDS_TO_PLAY=$2 && shift ;;
      --scenario) SCENARIO=$2 && shift ;;
      --report) REPORT=$2 && shift ;;
      --server) require_system "$1" "$2" && SERVER_SYSTEM=$2 && shift ;;
      --client) require_system "$1" "$2" && CLIENT_SYSTEM=$2 && shift ;;
      --windows) SERVER_SYSTEM=windows CLIENT_SYSTEM=windows ;;
      --help) show_help && exit 0 ;;
      *) usage_error "unknown option '$1'" ;;
    esac
    shift
  done
  if [[ -z $BOTS ]]; then
    if uses windows; then BOTS=50; else BOTS=200; fi
  fi
}

uses() { # SYSTEM
  [[ $SERVER_SYSTEM == "$1" || $CLIENT_SYSTEM == "$1" ]]
}

play() {
  echo "client ($CLIENT_SYSTEM) plays $SCENARIO with $BOTS bots for $SECONDS_TO_PLAY s"
  play_on_server "$CLIENT_SYSTEM" "$SECONDS_TO_PLAY" "$SCENARIO" --bots "$BOTS" --html "$(report_name)"
  CLIENT_CODE=$EXIT_CODE
}

# As the client calls it: Wine shows the whole file system as drive Z.
report_name() {
  if [[ $CLIENT_SYSTEM == windows ]]; then
    printf 'Z:%s' "${REPORT//\//\\}"
  else
    printf '%s' "$REPORT"
  fi
}

# Before anything is built: nothing is worse than a run whose report has no place to go.
prepare_report() {
  [[ -n $REPORT ]] || REPORT=$CACHE/reports/run.html
  REPORT=$(realpath -m -- "$REPORT")
  mkdir -p -- "$(dirname -- "$REPORT")"
  rm -f -- "$REPORT"
}

stop_server() {
  stop server "$SERVER_PID"
  SERVER_PID=
  SERVER_CODE=$EXIT_CODE
}

report() {
  [[ ! -f $REPORT ]] || echo "the client's report is a page: $REPORT"
  if ((CLIENT_CODE == 0 && SERVER_CODE == 0)); then
    KEEP_LOGS=false
    echo "run: client and server both ended well"
    return
  fi
  ((SERVER_CODE == 0)) || tail -n 20 "$LOGS/server.err" >&2
  ((CLIENT_CODE == 0)) || echo "run: the client failed with exit code $CLIENT_CODE" >&2
  ((SERVER_CODE == 0)) || echo "run: the server failed with exit code $SERVER_CODE" >&2
  return 1
}

clean_up() {
  stop_programs "$KEEP_LOGS"
}

main() {
  local system
  parse_options "$@"
  prepare_report
  begin run
  for system in linux windows; do
    ! uses "$system" || build "$system"
  done
  start_server "$SERVER_SYSTEM"
  echo "server ($SERVER_SYSTEM) listens on $SERVER_ADDRESS"
  play
  stop_server
  print_totals
  report
}

main "$@"
