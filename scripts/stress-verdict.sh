#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# stress-verdict.sh RUNDIR: what the guest of stress.sh did, as a table, then PASS or FAIL.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
RUNNER=${RUNNER:-$top/tools/testing/selftests/mm/test_page_frag.sh}
run=${1:?usage: stress-verdict.sh RUNDIR}
# shellcheck source=scripts/verdict-lib.sh
. "$top/scripts/verdict-lib.sh"

# cannot CASE: the machine is known not to be able to; that is said, by a skip
cannot() { grep -qsx "$1" "$run/cannot" && lines "^ok [0-9]+ $1 # SKIP " | grep -q .; }

# ms_given: what the runner says that each case has
ms_given() { lines '^# stress seed ' | sed -nE 's/^# stress seed [0-9]+, ([1-9][0-9]*) ms for each case$/\1/p' | tail -n 1; }

# Of each case the figures, and that they say what it claims: it ran for its time, and
# nothing was lost. In a guest of ours there is no other reason to skip one.
check_case() {
	local name=$1
	! cannot "$name" || return 0
	lines "^ok [0-9]+ $name$" | grep -q . || fault "$name was not tested"
	lines "^# stress $name: " | tail -n 1 | awk '
		{ for (i = 4; i <= NF; i++) { split($i, pair, "="); v[pair[1]] = pair[2] } }
		END { told = "damaged" in v
		      lost = v["damaged"] + v["misplaced"] + v["wrong_order"] + v["wrong_context"] + v["untracked"]
		      exit !(v["allocated"] > 0 && v["allocated"] == v["freed"] && v["pages_freed"] > 0 &&
			v["refills_high"] + v["refills_low"] == v["pages_freed"] && told && !lost) }' ||
		fault "$name: the figures are missing, or do not add up"
	check_time "$name"
}

# check_time CASE: one that ended early has tested less than the run claims
check_time() {
	local ms
	ms=$(lines "^# stress $1: " | tail -n 1 | sed -nE 's/.* ms=([0-9]+) .*/\1/p')
	[ -z "$given" ] || [ "${ms:-0}" -ge "$given" ] ||
		fault "$1 ran for ${ms:-no} ms of $given"
}

check_cases() {
	local names name given
	given=$(ms_given)
	[ -n "$given" ] || fault "the runner does not say how long each case has"
	mapfile -t names < <("$RUNNER" -l)
	[ ${#names[@]} -gt 0 ] || fault "the runner has no cases"
	[ "$(figure cases)" = "${#names[@]}" ] ||
		fault "${#names[@]} cases are there, $(figure cases) were planned"
	for name in "${names[@]}"; do check_case "$name"; done
}

# check_machine: it is the one that was asked for. KASAN takes an eighth of the memory, the
# kernel's own part is the larger the less there is.
check_machine() {
	local kind cpus mib least=60
	read -r kind cpus mib 2>/dev/null <"$run/machine" || { fault "the run does not say what machine was asked for"; return; }
	[ "$mib" -gt 256 ] || least=50
	[ "$(figure cpus)" = "$cpus" ] || fault "$kind of $cpus processors was asked for, there were: $(figure cpus)"
	at_most memory_mib "$mib"
	[[ $(figure memory_mib) != missing && $(figure memory_mib) -gt $((mib * least / 100)) ]] ||
		fault "memory_mib is $(figure memory_mib), of $mib that were asked for"
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
check_machine
check_console
at_most kernel_warnings 0
at_most tainted 0
at_most pages_left 0
above_zero pages_busy
objects_unchecked || at_most leaked_objects 0
check_checkers
table
summary
conclude
