#!/usr/bin/env bash
# wine-test.sh PROGRAM.exe [ARGUMENT...]: runs a test program as wine-run.sh does, and once more when it has not run at
# all: once in some thousand starts, Wine 8 ends with an error before the program's first line. A test that has run has
# printed something, and is not repeated whatever its result. The exit code is the program's.
set -euo pipefail

OUTPUT=$(mktemp)
trap 'rm -f "$OUTPUT"' EXIT

run() {
  "${BASH_SOURCE[0]%/*}/wine-run.sh" "$@" 2>&1 | tee "$OUTPUT"
}

code=0
run "$@" || code=$?
if ((code != 0)) && [[ ! -s $OUTPUT ]]; then
  echo "wine-test.sh: Wine ended with code $code before the program began; trying once more"
  code=0
  run "$@" || code=$?
fi
exit "$code"
