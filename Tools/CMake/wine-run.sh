#!/usr/bin/env bash
# wine-run.sh PROGRAM.exe [ARGUMENT...]: runs a Windows program in the project's own Wine prefix. CMake calls it for every
# program of a cross build (CMAKE_CROSSCOMPILING_EMULATOR). It becomes Wine: its process id is the program's, so that
# `kill -INT` reaches the program as Ctrl-C.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=../Common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../Common.sh"

wine_start
exec wine "$@"
