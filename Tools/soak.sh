#!/usr/bin/env bash
# Tools/soak.sh [OPTION...] [MINUTES]
#
# Lets honest bots play on a GameServer for MINUTES (default 10) while others attack it, round after round, and watches
# what the server takes from the system. Exits 0 only when no bot lost a packet, the server's ledger balances, and after
# the last round the server holds no more than after the first: memory (within 5 %), threads and descriptors.
#
#   --bots N   how many bots (default 50)
#   --help     this text
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=Common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/Common.sh"
# shellcheck source-path=SCRIPTDIR source=Programs.sh
source "$TOOLS_DIR/Programs.sh"

# Seconds, but for the percentage.
readonly REST_DEADLINE=60
readonly SHORTEST_ROUND=10 LONGEST_ROUND=60 MEMORY_TOLERANCE=5

MINUTES=10
BOTS=50

CLIENT_PID=
ATTACKERS_PID=
LOGS= # this run's directory; kept unless all went well
KEEP_LOGS=true

# Of the server: the present sample, the largest values of a round, and the values after the first round.
RSS_KB=0 THREADS=0 DESCRIPTORS=0
MOST_RSS_KB=0 MOST_THREADS=0 MOST_DESCRIPTORS=0
FIRST_RSS_KB=0 FIRST_THREADS=0
IDLE_DESCRIPTORS=0 # before anybody came
TABLE=()

parse_options() {
  while (($# > 0)); do
    case $1 in
      --bots) require_value "$1" $# && require_number "$1" "$2" 1 10000 && BOTS=$2 && shift ;;
      --help) show_help && exit 0 ;;
      -*) usage_error "unknown option '$1'" ;;
      *) require_number MINUTES "$1" 1 10000 && MINUTES=$1 ;;
    esac
    shift
  done
}

# Sets RSS_KB, THREADS and DESCRIPTORS; false when the server has gone.
sample() {
  local key value
  local -a open=("/proc/$SERVER_PID/fd/"*)
  [[ -r /proc/$SERVER_PID/status ]] || return 1
  while read -r key value _; do
    case $key in
      VmRSS:) RSS_KB=$value ;;
      Threads:) THREADS=$value ;;
    esac
  done <"/proc/$SERVER_PID/status"
  DESCRIPTORS=${#open[@]}
  ((RSS_KB <= MOST_RSS_KB)) || MOST_RSS_KB=$RSS_KB
  ((THREADS <= MOST_THREADS)) || MOST_THREADS=$THREADS
  ((DESCRIPTORS <= MOST_DESCRIPTORS)) || MOST_DESCRIPTORS=$DESCRIPTORS
}

# Samples once a second until the bots have ended, and sets EXIT_CODE to theirs.
watch_round() { # ROUND ROUNDS SECONDS
  local end=$(($(now_ms) + ($3 + CLIENT_GRACE) * 1000))
  while kill -0 "$CLIENT_PID" 2>/dev/null; do
    if ! sample; then
      failed "round $1: the server died"
      break
    fi
    if (($(now_ms) > end)); then
      failed "round $1: the bots did not end in time"
      break
    fi
    progress "$1" "$2"
    sleep 1
  done
}

progress() { # ROUND ROUNDS
  [[ ! -t 1 ]] || printf '\r  round %d of %d: %d KiB, %d threads, %d descriptors   ' "$1" "$2" "$RSS_KB" "$THREADS" "$DESCRIPTORS"
}

# Waits until the server has let go of everybody.
come_to_rest() {
  local deadline=$(($(now_ms) + REST_DEADLINE * 1000))
  until sample && ((DESCRIPTORS <= IDLE_DESCRIPTORS)); do
    if (($(now_ms) >= deadline)) || ! kill -0 "$SERVER_PID" 2>/dev/null; then
      break
    fi
    sleep 1
  done
}

play_round() { # ROUND ROUNDS SECONDS
  local bots=lost
  MOST_RSS_KB=0 MOST_THREADS=0 MOST_DESCRIPTORS=0
  start linux DummyClient run --plain --connect "$SERVER_ADDRESS" --bots "$BOTS" --seconds "$3" --max-late 100 \
    >"$LOGS/client-$1.out" 2>&1 &
  CLIENT_PID=$!
  launch python3 "$TOOLS_DIR/Soak/Attackers.py" "$SERVER_ADDRESS" "$3" >>"$LOGS/attackers.out" 2>&1 &
  ATTACKERS_PID=$!
  watch_round "$@"
  stop_if_running client "$CLIENT_PID"
  CLIENT_PID=
  if ((EXIT_CODE == 0)); then bots=well; else failed "round $1: the bots ended with exit code $EXIT_CODE"; fi
  wait_for "$ATTACKERS_PID" "$CLIENT_GRACE" || failed "round $1: the attackers did not end"
  stop_if_running "attackers" "$ATTACKERS_PID"
  ATTACKERS_PID=
  ((EXIT_CODE == 0)) || failed "round $1: the attackers ended with exit code $EXIT_CODE"
  come_to_rest
  TABLE+=("$(printf '%5d  %8d %7d %11d   %8d %7d %11d   %s' "$1" "$MOST_RSS_KB" "$MOST_THREADS" "$MOST_DESCRIPTORS" \
    "$RSS_KB" "$THREADS" "$DESCRIPTORS" "$bots")")
}

stop_if_running() { # NAME PID
  if kill -0 "$2" 2>/dev/null; then stop "$1" "$2"; else collect "$2"; fi
}

# The first round warms the server up: what it holds then is what it may hold later.
judge_rest() { # ROUND
  if (($1 == 1)); then
    FIRST_RSS_KB=$RSS_KB FIRST_THREADS=$THREADS
  fi
  ((DESCRIPTORS <= IDLE_DESCRIPTORS)) || failed "round $1: $DESCRIPTORS descriptors at rest, $IDLE_DESCRIPTORS at first"
  ((THREADS <= FIRST_THREADS)) || failed "round $1: $THREADS threads at rest, $FIRST_THREADS after the first round"
}

play() {
  local total=$((MINUTES * 60)) seconds rounds round
  seconds=$((total / 4))
  ((seconds >= SHORTEST_ROUND)) || seconds=$SHORTEST_ROUND
  ((seconds <= LONGEST_ROUND)) || seconds=$LONGEST_ROUND
  rounds=$((total / seconds))
  ((rounds >= 2)) || rounds=2
  echo "server listens on $SERVER_ADDRESS; $rounds rounds of $seconds s with $BOTS bots and attackers beside them"
  sample
  IDLE_DESCRIPTORS=$DESCRIPTORS
  for ((round = 1; round <= rounds; ++round)); do
    play_round "$round" "$rounds" "$seconds"
    judge_rest "$round"
    kill -0 "$SERVER_PID" 2>/dev/null || break
  done
  ((RSS_KB * 100 <= FIRST_RSS_KB * (100 + MEMORY_TOLERANCE))) ||
    failed "$RSS_KB KiB at the end, $FIRST_RSS_KB KiB after the first round"
}

report() {
  [[ ! -t 1 ]] || printf '\r%70s\r' ''
  echo "           the most in the round            at rest after it"
  echo "round    KiB RSS threads descriptors    KiB RSS threads descriptors   bots"
  printf '%s\n' "${TABLE[@]}"
  grep '^attacks' "$LOGS/attackers.out" || true
  sed -n '/^ledger/p' "$LOGS/server.out"
  if ((${#FAILURES[@]} == 0)); then
    KEEP_LOGS=false
    echo "soak: nothing was lost and nothing was kept"
    return
  fi
  printf 'soak: %s\n' "${FAILURES[@]}" >&2
  return 1
}

clean_up() {
  [[ -z $ATTACKERS_PID ]] || stop attackers "$ATTACKERS_PID"
  stop_programs "$KEEP_LOGS"
}

main() {
  parse_options "$@"
  begin soak
  build linux
  start_server linux --max-players 10000
  play
  stop_and_judge_server
  report
}

main "$@"
