#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# few-verdict.sh RUNDIR: judge a guest that took only some ways. The last line is PASS or
# FAIL alone; the exit status is 0 or 1.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
run=${1:?usage: few-verdict.sh RUNDIR}
# shellcheck source=scripts/verdict-lib.sh
. "$top/scripts/verdict-lib.sh"

# check_skips: what was to be driven was, but for leaks where nobody can look for them and
# for what the machine is known not to be able to
check_skips() {
	local name
	while read -r name; do
		[ "$name" = 'kmemleak # SKIP the kernel has no kmemleak' ] || grep -qsxF "${name%% # *}" "$run/cannot" ||
			fault "skipped: $name"
	done < <(lines '^ok [0-9]+ .* # SKIP' | sed -E 's/^ok [0-9]+ //')
}

check_emulator
check_result
check_tests
check_skips
check_console
conclude
