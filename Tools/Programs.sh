# shellcheck shell=bash disable=SC2034 # what is set here is used by those who source it
# The two programs as the scripts run them: built, started apart from the terminal, waited for and stopped. Source it after
# Common.sh, do not run it. Whoever does defines clean_up and calls begin first.

# Seconds: a Windows program may have to wait until Wine's services are up.
readonly READY_DEADLINE=30 STOP_DEADLINE=20 CLIENT_GRACE=60

SERVER_PID=
SERVER_ADDRESS=
CLIENT_PID=
PIPE_PID=
EXIT_CODE=
FAILURES=() # for a script that judges more than exit codes

# begin NAME: the run's directory is $LOGS from now on, and clean_up runs however the script ends.
begin() {
  cd "$PROJECT_ROOT" || exit
  LOGS=$(mktemp -d "${TMPDIR:-/tmp}/servercore-$1.XXXXXX")
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
}

build() { # SYSTEM
  local preset=$1-release
  "$TOOLS_DIR/setup.sh" "--$1"
  run_step "configure $preset" "$LOGS/build.log" cmake --preset "$preset"
  run_step "build $preset" "$LOGS/build.log" \
    cmake --build --preset "$preset" --target GameServer DummyClient -- --quiet
}

# launch COMMAND...: replaces the calling subshell. Background jobs of a script ignore SIGINT, which would be inherited;
# and in a session of their own the programs do not see the terminal's Ctrl-C before this script does.
launch() {
  exec setsid env --default-signal=INT,QUIT "$@" </dev/null
}

# start SYSTEM PROGRAM ARGUMENT...: launches one of ours.
start() {
  local program=$PROJECT_ROOT/Binaries/$1-release/bin/$2
  local -a command=("$program")
  [[ $1 != windows ]] || command=("$TOOLS_DIR/CMake/wine-run.sh" "$program.exe")
  shift 2
  launch "${command[@]}" "$@"
}

# wait_for PID SECONDS: false when the process is still there at the deadline.
wait_for() {
  local deadline=$(($(now_ms) + $2 * 1000))
  while kill -0 "$1" 2>/dev/null; do
    (($(now_ms) < deadline)) || return 1
    sleep 0.05
  done
}

# Sets EXIT_CODE to that of a process that has ended.
collect() { # PID
  EXIT_CODE=0
  wait "$1" || EXIT_CODE=$?
}

# Asks a program to end as Ctrl-C would, and insists when it does not.
stop() { # NAME PID
  kill -INT "$2" 2>/dev/null || true
  if ! wait_for "$2" "$STOP_DEADLINE"; then
    echo "the $1 did not stop within $STOP_DEADLINE s; it is killed"
    kill -KILL "$2" 2>/dev/null || true
  fi
  collect "$2"
}

# The address in the server's line `ready listen=ADDRESS:PORT`; a line still being written does not count.
server_address() {
  local line
  while IFS= read -r line; do
    if [[ $line =~ ^ready\ listen=([^[:space:]]+) ]]; then
      printf '%s' "${BASH_REMATCH[1]}"
      return
    fi
  done <"$LOGS/server.out"
  return 1
}

# start_server SYSTEM ARGUMENT...: sets SERVER_PID and SERVER_ADDRESS, or ends the script.
start_server() {
  local deadline=$(($(now_ms) + READY_DEADLINE * 1000))
  : >"$LOGS/server.out"
  start "$1" GameServer --listen 127.0.0.1:0 "${@:2}" >"$LOGS/server.out" 2>"$LOGS/server.err" &
  SERVER_PID=$!
  until SERVER_ADDRESS=$(server_address); do
    if ! kill -0 "$SERVER_PID" 2>/dev/null; then
      collect "$SERVER_PID"
      SERVER_PID=
      server_failed "ended before it was ready, with exit code $EXIT_CODE"
    fi
    (($(now_ms) < deadline)) || server_failed "did not print 'ready listen=' within $READY_DEADLINE s"
    sleep 0.05
  done
}

server_failed() { # WHAT_IT_DID
  echo "--- the end of the server's output"
  tail -q -n 30 "$LOGS/server.out" "$LOGS/server.err"
  die "the server $1"
}

# Wine takes over a terminal it is given and draws on it; behind a pipe the lines stay plain lines.
start_client() { # SYSTEM ARGUMENT...
  if [[ $1 == windows ]]; then
    mkfifo "$LOGS/client.pipe"
    sed -u 's/\r$//' <"$LOGS/client.pipe" &
    PIPE_PID=$!
    start windows DummyClient run --plain --connect "$SERVER_ADDRESS" "${@:2}" >"$LOGS/client.pipe" 2>&1 &
  else
    start linux DummyClient run --plain --connect "$SERVER_ADDRESS" "${@:2}" &
  fi
  CLIENT_PID=$!
}

# play_on_server SYSTEM SECONDS ARGUMENT...: lets a client of that system play for so long, and sets EXIT_CODE to its own.
play_on_server() {
  start_client "$1" --seconds "${@:2}"
  if wait_for "$CLIENT_PID" $(($2 + CLIENT_GRACE)); then
    collect "$CLIENT_PID"
  else
    echo "the client did not end within $CLIENT_GRACE s of its time; it is stopped"
    stop client "$CLIENT_PID"
    EXIT_CODE=124 # as timeout(1) says it
  fi
  CLIENT_PID=
  # The last lines may still be on their way.
  [[ -z $PIPE_PID ]] || wait_for "$PIPE_PID" 5 || true
}

# What the server prints when it has stopped: its totals and its ledger.
print_totals() {
  if grep -q '^ledger' "$LOGS/server.out"; then
    echo "--- the server's totals and ledger"
    sed -e '/^ready /d' -e 's/\r$//' "$LOGS/server.out"
  else
    echo "--- the server printed no ledger; its whole output"
    sed 's/\r$//' "$LOGS/server.out"
  fi
}

failed() { # WHAT
  FAILURES+=("$1")
}

# Stops the server, which has to end well and with nothing left.
stop_and_judge_server() {
  stop server "$SERVER_PID"
  SERVER_PID=
  ((EXIT_CODE == 0)) || failed "the server ended with exit code $EXIT_CODE"
  grep -q '^ledger balanced=yes' "$LOGS/server.out" || failed "the server's ledger does not balance"
}

# For a script's end, however it comes.
stop_programs() { # KEEP_LOGS
  [[ -z $CLIENT_PID ]] || stop client "$CLIENT_PID"
  [[ -z $SERVER_PID ]] || stop server "$SERVER_PID"
  if $1; then
    echo "the logs of this run are in $LOGS" >&2
  else
    rm -rf "$LOGS"
  fi
}
