#!/usr/bin/env bash
# Tools/world.sh [OPTION...]
#
# Fills a world: a thousand players in twenty zones who walk, chat, whisper, change zones, and lose and resume their
# connections. Exits 0 only when every bot found everything in order, the server's ledger balances, and no zone's tick
# came late without a reason in the server's log.
#
#   --bots N       how many bots (default 1000)
#   --zones N      in how many zones (default 20)
#   --seconds S    for how long (default 60)
#   --windows      both programs as Windows programs, under Wine
#   --help         this text
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=Common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/Common.sh"

# shellcheck source-path=SCRIPTDIR source=Programs.sh
source "$TOOLS_DIR/Programs.sh"

# How often each bot changes its zone, and its connection.
readonly SWITCH_EVERY=20s RECONNECT_EVERY=30s

SYSTEM=linux
BOTS=1000
ZONES=20
SECONDS_TO_PLAY=60

LOGS= # this run's directory; kept unless all went well
KEEP_LOGS=true

parse_options() {
  while (($# > 0)); do
    case $1 in
      --bots | --zones | --seconds) require_value "$1" $# ;;&
      --bots) require_number "$1" "$2" 1 20000 && BOTS=$2 && shift ;;
      --zones) require_number "$1" "$2" 1 10000 && ZONES=$2 && shift ;;
      --seconds) require_number "$1" "$2" 1 86400 && SECONDS_TO_PLAY=$2 && shift ;;
      --windows) SYSTEM=windows ;;
      --help) show_help && exit 0 ;;
      *) usage_error "unknown option '$1'" ;;
    esac
    shift
  done
}

play() {
  echo "$BOTS bots play in $ZONES zones for $SECONDS_TO_PLAY s ($SYSTEM)"
  play_on_server "$SYSTEM" "$SECONDS_TO_PLAY" --bots "$BOTS" \
    --set whisper=true --set switch_every="$SWITCH_EVERY" --set reconnect_every="$RECONNECT_EVERY" --max-late 100 # about what arrives, not how soon
  ((EXIT_CODE == 0)) || failed "the client ended with exit code $EXIT_CODE"
}

# The log has a line for each late tick, but no more than one per second, zone and reason.
judge_ticks() {
  local late
  late=$(sed -n 's/^world .*\<late_ticks=\([0-9]*\).*/\1/p' "$LOGS/server.out")
  if [[ -z $late ]]; then
    failed "the server told nothing of its ticks"
  elif ((late > 0)); then
    echo "--- why $late ticks were late (lines of the log; one per second, zone and reason at most)"
    sed -n 's/.*a tick of zone [0-9]* began [0-9]* ms late: \([^(]*\) (.*/\1/p' "$LOGS/server.err" | sort | uniq -c | tee "$LOGS/late.txt"
    [[ -s $LOGS/late.txt ]] || failed "$late ticks were late, and the server's log does not say why"
  fi
}

report() {
  if ((${#FAILURES[@]} == 0)); then
    KEEP_LOGS=false
    echo "world: everything arrived, and nobody saw what it must not"
    return
  fi
  tail -n 20 "$LOGS/server.err" >&2
  printf 'world: %s\n' "${FAILURES[@]}" >&2
  return 1
}

clean_up() {
  stop_programs "$KEEP_LOGS"
}

main() {
  parse_options "$@"
  begin world
  build "$SYSTEM"
  ulimit -S -n "$(ulimit -H -n)" # a descriptor for each bot, and as many in the server
  start_server "$SYSTEM" --zones "$ZONES" --max-players $((2 * BOTS + 100))
  play
  stop_and_judge_server
  print_totals
  judge_ticks
  report
}

main "$@"
