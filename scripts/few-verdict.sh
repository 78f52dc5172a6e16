#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# few-verdict.sh RUNDIR: judge a guest that took only some ways. The last line is PASS or
# FAIL alone; the exit status is 0 or 1.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
run=${1:?usage: few-verdict.sh RUNDIR}
# shellcheck source=scripts/verdict-lib.sh
. "$top/scripts/verdict-lib.sh"

check_emulator
check_result
check_tests
check_console
conclude
