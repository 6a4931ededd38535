#!/usr/bin/env bash
# Tools/fuzz.sh [--merge] SECONDS [TARGET...]
#
# Sets up what is missing, builds the fuzzers with Clang and lets them look for inputs that break something, for SECONDS
# in all, which the targets share. Exit code 0: nothing was found.
#
#   TARGET     Framer, Session or Schedule (tests/Fuzz/FuzzTargets.h); none: all
#   --merge    afterwards, adds to the committed corpus (tests/Fuzz/Corpus) what reaches code that it does not reach
#   --list     the names of the targets
#   --help     this text
#
# What breaks something is in Binaries/fuzz/found/TARGET, inputs that reach new code in Binaries/fuzz/corpus/TARGET; both
# stay for the next run. To repeat a finding: Binaries/fuzz/bin/FuzzReplay TARGET FILE.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=Common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/Common.sh"

readonly ALL_TARGETS=(Framer Session Schedule)
readonly BUILD=$PROJECT_ROOT/Binaries/fuzz CORPUS=$PROJECT_ROOT/tests/Fuzz/Corpus
# The longest input worth trying, and the seconds after which one counts as endless.
readonly -A LONGEST=([Framer]=4096 [Session]=600 [Schedule]=1500)
readonly ENDLESS=20

TARGETS=()
TOTAL_SECONDS=
MERGE=false
declare -A RUNS=() NEW=() FOUND=()

parse_options() {
  while (($# > 0)); do
    case $1 in
      --merge) MERGE=true ;;
      --list) printf '%s\n' "${ALL_TARGETS[@]}" && exit 0 ;;
      --help) show_help && exit 0 ;;
      -*) usage_error "unknown option '$1'" ;;
      *) if [[ -z $TOTAL_SECONDS ]]; then require_number SECONDS "$1" 1 1000000 && TOTAL_SECONDS=$1; else add_target "$1"; fi ;;
    esac
    shift
  done
  [[ -n $TOTAL_SECONDS ]] || usage_error "for how many SECONDS?"
  ((${#TARGETS[@]} > 0)) || TARGETS=("${ALL_TARGETS[@]}")
}

add_target() {
  [[ " ${ALL_TARGETS[*]} " == *" $1 "* ]] || usage_error "unknown target '$1'; the targets are: ${ALL_TARGETS[*]}"
  [[ " ${TARGETS[*]} " == *" $1 "* ]] || TARGETS+=("$1")
}

build() {
  local log=$PROJECT_ROOT/Binaries/test-logs/fuzz.log
  local -a names=("${TARGETS[@]/#/Fuzz}")
  mkdir -p "$(dirname -- "$log")" && : >"$log"
  "$TOOLS_DIR/setup.sh" --linux --fuzz
  run_step "configure" "$log" cmake --preset fuzz
  run_step "build" "$log" cmake --build --preset fuzz --target "${names[@]}" FuzzReplay -- --quiet
}

count_files() { # DIRECTORY
  find "$1" -type f | wc -l
}

# fuzz TARGET SECONDS: what it finds is told by the files it leaves.
fuzz() {
  local target=$1 seconds=$2 found=$BUILD/found/$1 corpus=$BUILD/corpus/$1 log=$BUILD/$1.log before
  mkdir -p "$found" "$corpus"
  before=$(count_files "$corpus")
  printf '\n== %s for %d s\n' "$target" "$seconds"
  # One finding would end the run, and there may be more: -fork goes on.
  "$BUILD/bin/Fuzz$target" -fork=1 -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1 -max_total_time="$seconds" \
    -max_len="${LONGEST[$target]}" -timeout="$ENDLESS" -artifact_prefix="$found/" "$corpus" "$CORPUS/$target" \
    </dev/null 2>&1 | tee "$log" | { grep --line-buffered -E '^#[0-9]+:|ERROR|SUMMARY' || true; }
  RUNS[$target]=$(awk '/^#[0-9]+:/ { sub(/^#/, ""); sub(/:.*/, ""); runs = $0 } END { print runs + 0 }' "$log")
  NEW[$target]=$(($(count_files "$corpus") - before))
  FOUND[$target]=$(count_files "$found")
}

merge() { # TARGET
  local fresh=$BUILD/merged/$1
  rm -rf "$fresh" && mkdir -p "$fresh"
  run_step "merge $1" "$BUILD/$1.log" "$BUILD/bin/Fuzz$1" -set_cover_merge=1 -max_len="${LONGEST[$1]}" "$fresh" "$CORPUS/$1" "$BUILD/corpus/$1" &&
    find "$CORPUS/$1" -type f -delete && cp "$fresh"/* "$CORPUS/$1/"
}

print_table() {
  local target found=0
  printf '\n%-10s %12s %12s %10s\n' target runs "new inputs" findings
  for target in "${TARGETS[@]}"; do
    printf '%-10s %12d %12d %10d\n' "$target" "${RUNS[$target]}" "${NEW[$target]}" "${FOUND[$target]}"
    ((found += FOUND[$target], 1))
  done
  printf 'total: %d findings%s\n' "$found" "$( ((found == 0)) || printf ', in %s' "$BUILD/found")"
  ((found == 0))
}

main() {
  local target
  parse_options "$@"
  cd "$PROJECT_ROOT"
  build
  # As under ctest; libFuzzer itself looks for leaks.
  export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
  for target in "${TARGETS[@]}"; do
    fuzz "$target" $(((TOTAL_SECONDS + ${#TARGETS[@]} - 1) / ${#TARGETS[@]}))
  done
  if $MERGE; then
    for target in "${TARGETS[@]}"; do
      merge "$target"
    done
  fi
  print_table
}

main "$@"
