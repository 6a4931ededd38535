#!/usr/bin/env bash
# Tools/test.sh [OPTION...] [-- CTEST_ARGUMENT...]
#
# Sets up what is missing, then builds and tests every part. All parts run even when one fails. The last line of the
# output is the total; the exit code is 0 only when nothing failed.
#
#   --quick       linux-debug only
#   --only PART   this part only (may be given several times)
#   --list        the names of the parts
#   --help        this text
#   -- ...        the rest goes to ctest, for example: Tools/test.sh --quick -- -R Session
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=Common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/Common.sh"

# Each is a preset of CMakePresets.json.
readonly ALL_PARTS=(linux-debug linux-asan linux-tsan windows-release)
readonly LOGS=$PROJECT_ROOT/Binaries/test-logs

PARTS=()
CTEST_ARGUMENTS=()
declare -A PASSED=() FAILED=() SKIPPED=() TOOK=()

add_part() {
  [[ " ${ALL_PARTS[*]} " == *" $1 "* ]] || usage_error "unknown part '$1'; the parts are: ${ALL_PARTS[*]}"
  [[ " ${PARTS[*]} " == *" $1 "* ]] || PARTS+=("$1")
}

parse_options() {
  while (($# > 0)); do
    case $1 in
      --quick) add_part linux-debug ;;
      --only) require_value "$1" $# && add_part "$2" && shift ;;
      --list) printf '%s\n' "${ALL_PARTS[@]}" && exit 0 ;;
      --help) show_help && exit 0 ;;
      --) CTEST_ARGUMENTS=("${@:2}") && break ;;
      *) usage_error "unknown option '$1'" ;;
    esac
    shift
  done
  ((${#PARTS[@]} > 0)) || PARTS=("${ALL_PARTS[@]}")
}

# Some kernels place memory more randomly than GCC 12's ThreadSanitizer can bear ("unexpected memory mapping"). Where
# the kernel lets us (containers may not), its tests run without that.
launcher_of() { # PART
  if [[ $1 == linux-tsan ]] && setarch -R true 2>/dev/null; then
    printf 'setarch\n-R\n'
  fi
}

# Runs ctest and shows all it says except the lines about tests that start or pass.
run_ctest() { # PART RESULTS
  local -a launcher
  mapfile -t launcher < <(launcher_of "$1")
  "${launcher[@]}" ctest --preset "$1" --output-junit "$2" "${CTEST_ARGUMENTS[@]}" </dev/null 2>&1 |
    tee -a "$LOGS/$1.log" |
    { grep --line-buffered -vE '^ *[0-9]+/[0-9]+ Test +#[0-9]+: .* Passed +[0-9.]+ sec$|^ +Start +[0-9]+: |^$' || true; }
}

# Prints "PASSED FAILED SKIPPED" from ctest's JUnit file. A test that could not run (no executable, a broken fixture) is
# written down there as skipped like one that chose to skip; here it has failed.
count_results() { # RESULTS
  python3 - "$1" <<'PYTHON'
import sys
import xml.etree.ElementTree

passed = failed = skipped = 0
for case in xml.etree.ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
    reason = case.find("skipped")
    if case.get("status") == "run":
        passed += 1
    elif case.get("status") == "disabled" or (reason is not None and reason.get("message").startswith("SKIP_")):
        skipped += 1
    else:
        failed += 1
print(passed, failed, skipped)
PYTHON
}

# Sets the part's counts; false when it could not be built or ctest found fault with it.
build_and_test() { # PART
  local part=$1 results=$LOGS/$1.xml ctest_code=0
  local -a needs=("--${part%%-*}")
  # One part looks at the reports in a browser; the page is the same in all.
  [[ $part != linux-debug ]] || needs+=(--browser)
  rm -f "$results" "$LOGS/$part.log"
  "$TOOLS_DIR/setup.sh" "${needs[@]}" &&
    run_step "configure" "$LOGS/$part.log" cmake --preset "$part" &&
    run_step "build" "$LOGS/$part.log" cmake --build --preset "$part" -- --quiet || return
  [[ $part != windows-* ]] || (wine_start) || return
  run_ctest "$part" "$results" || ctest_code=$?
  [[ -s $results ]] || return # ctest could not even list the tests, and has said why
  read -r PASSED["$part"] FAILED["$part"] SKIPPED["$part"] < <(count_results "$results") || return
  return "$ctest_code"
}

run_part() { # PART
  local part=$1 start
  start=$(now_ms)
  PASSED[$part]=0 FAILED[$part]=0 SKIPPED[$part]=0
  printf '\n== %s\n' "$part"
  # Whatever went wrong without a failed test to show for it counts as one.
  if ! build_and_test "$part" && ((FAILED[$part] == 0)); then
    FAILED[$part]=1
  fi
  TOOK[$part]=$(seconds_since "$start")
  printf '== %s: %d passed, %d failed, %d skipped in %s s\n' \
    "$part" "${PASSED[$part]}" "${FAILED[$part]}" "${SKIPPED[$part]}" "${TOOK[$part]}"
}

print_table() {
  local part passed=0 failed=0 skipped=0
  printf '\n%-18s %8s %8s %8s %9s\n' part passed failed skipped seconds
  for part in "${PARTS[@]}"; do
    printf '%-18s %8d %8d %8d %9s\n' \
      "$part" "${PASSED[$part]}" "${FAILED[$part]}" "${SKIPPED[$part]}" "${TOOK[$part]}"
    ((passed += PASSED[$part], failed += FAILED[$part], skipped += SKIPPED[$part], 1))
  done
  printf 'total: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0))
}

main() {
  local part
  parse_options "$@"
  cd "$PROJECT_ROOT"
  mkdir -p "$LOGS"
  for part in "${PARTS[@]}"; do
    run_part "$part"
  done
  print_table
}

main "$@"
