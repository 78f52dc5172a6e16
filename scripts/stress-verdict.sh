#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# stress-verdict.sh RUNDIR: what the guest of stress.sh did, as a table, then PASS or FAIL.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
RUNNER=${RUNNER:-$top/tools/testing/selftests/mm/test_page_frag.sh}
run=${1:?usage: stress-verdict.sh RUNDIR}
# shellcheck source=scripts/verdict-lib.sh
. "$top/scripts/verdict-lib.sh"

# Of each case that was not skipped the figures, and that it did something.
check_cases() {
	local name tested=0
	[[ $(figure cases) =~ ^[1-9] ]] || fault "cases is $(figure cases)"
	while read -r name; do
		tested=$((tested + 1))
		lines "^# stress $name: .*allocated=[1-9]" | grep -q . ||
			fault "$name: no figures, or nothing was allocated"
	done < <(lines '^ok [0-9]+ [a-z0-9-]+$' | cut -d' ' -f3)
	[ "$tested" -gt 0 ] || fault "no case was run"
	while read -r name; do fault "skipped without a reason: $name"; done \
		< <(lines '^ok .* # SKIP *$')
}

# The whole of what was asked for: nothing of it may be missing in the plan already.
check_plan() {
	local want
	want=$("$RUNNER" -l | wc -l)
	[ "$(figure cases)" = "$want" ] || fault "$want cases are there, $(figure cases) were planned"
}

table() {
	lines '^# stress [a-z0-9-]+: ' | awk '
	function row(name, ms, n, cpus, refills, fallbacks, reused) {
		printf "%-16s %8s %12s %14s %9s %9s %9s\n", name, ms, n, cpus, refills, fallbacks, reused
	}
	BEGIN { row("case", "ms", "fragments", "per s and CPU", "refills", "order-0", "reuses") }
	{
		split("", v)
		for (i = 4; i <= NF; i++) { split($i, pair, "="); v[pair[1]] = pair[2] }
		cpus = 0; rate = 0
		for (key in v) if (key ~ /^allocated_per_second_cpu/) { cpus++; rate += v[key] }
		row(substr($3, 1, length($3) - 1), v["ms"], v["allocated"], cpus ? int(rate / cpus) : 0,
			v["refills_high"] + v["refills_low"], v["refills_low"], v["reused"])
	}'
}

summary() {
	printf '\nkernel warnings: %s, pages left: %s, leaked objects: %s\n' \
		"$(figure kernel_warnings)" "$(figure pages_left)" "$(figure leaked_objects)"
	printf 'checkers: %s\n' "$(figure checkers)"
	lines ' # SKIP ' | sed 's/^ok [0-9]* /skipped: /'
}

check_emulator
check_result
check_tests
check_cases
check_plan
check_console
at_most kernel_warnings 0
at_most pages_left 0
objects_unchecked || at_most leaked_objects 0
check_checkers
table
summary
conclude
