#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# plants-verdict.sh RUNDIR: did the guest of stress-plants.sh come to its end? PASS or FAIL.
# What its kernel's log has of warnings is planted.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
run=${1:?usage: plants-verdict.sh RUNDIR}
# shellcheck source=scripts/verdict-lib.sh
. "$top/scripts/verdict-lib.sh"

check_emulator
check_result
check_tests
conclude
