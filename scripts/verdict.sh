#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# verdict.sh RUNDIR: what the guest of boot.sh did, as a table, then PASS or FAIL.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
PATHS=${PATHS:-$top/tests/guest/paths}
TRIALS=${TRIALS:-$top/tests/guest/trials}
run=${1:?usage: verdict.sh RUNDIR}
# shellcheck source=scripts/verdict-lib.sh
. "$top/scripts/verdict-lib.sh"

# Every path of the list, in the rounds it belongs to: those of a path that needs
# something in some base only depend on the base.
check_rows() {
	local name need round
	while read -r name need _; do
		for round in 1 2 3 4; do
			! round_has $round "$need" || check_row $round "$name"
		done
	done < <(grep -vE '^(#|$)' "$PATHS" | sed "s/frag@$(figure base)/frag/; s/frag@[0-9.]*/-/")
}

# round_has ROUND NEED
round_has() {
	case $1 in
	2) [ "$2" != - ] ;;
	4) [ "$2" = frag ] ;;
	esac
}

check_row() {
	local row
	row=$(lines "^# row $1 $2 " | tail -n 1)
	[ -n "$row" ] || { fault "round $1 has no row for $2"; return; }
	awk '$5 > 0 && $6 == "equal" { found = 1 } END { exit !found }' <<<"$row" ||
		fault "round $1, $2: no bytes, or not the bytes that were sent"
}

# Every trial of the list: its bytes, and no page is left of it.
check_trials() {
	local name carrier count
	while read -r name carrier _; do
		count=$(lines "^# trial $name " | awk '$4 != "none" { print $5 }' | tail -n 1)
		[ "$count" = 0 ] || fault "trial $name: ${count:-no count of} pages left of it"
		[[ $carrier != starved* ]] || check_refused "$name"
	done < <(grep -vE '^(#|$)' "$TRIALS")
}

# A trial without memory in which none was refused is none.
check_refused() {
	local pages sends
	read -r pages sends < <(lines "^# trial $1 " | awk '{ print $6, $7 }' | tail -n 1) || :
	[[ ${pages:-} =~ ^[1-9] ]] || fault "trial $1: ${pages:-no count of} pages refused"
	[[ ${sends:-} =~ ^[1-9] ]] || fault "trial $1: ${sends:-no count of} sends refused"
}

# pages_of_caches ROUND: each that was filled keeps its current page, of at most 8 pages
pages_of_caches() {
	local caches
	caches=$(figure "caches_round$1")
	if [[ $caches =~ ^[0-9]+$ ]]; then echo $((caches * 8)); else echo "$caches"; fi
}

check_figures() {
	at_most kernel_warnings 0
	at_most tainted 0
	objects_unchecked || at_most leaked_objects 0
	at_most pages_round1 "$(figure pages_allowed1)"
	at_most pages_round3 "$(figure pages_allowed3)"
	at_most pages_left1 0
	at_most pages_left3 0
	at_most pages_kept3 "$(figure pages_allowed_kept)"
	at_most pages_ring3 0
	# Whatever the guest allows itself.
	at_most pages_round1 "$(pages_of_caches 1)"
	at_most pages_round3 "$(pages_of_caches 3)"
	at_most kunit_failed 0
	above_zero kunit_passed
	above_zero order3_round4
	above_zero order0_round4
}

table() {
	lines '^# row ' | awk '
	function row(name, bytes, equal, high, low, reused) {
		printf "%-36s %10s  %-9s %8s %8s %8s\n", name, bytes, equal,
			high, low, reused
	}
	BEGIN { row("path", "bytes", "digest", "order-3", "order-0", "reuses") }
	$3 == 1 { row($4, $5, $6, $7, $8, $9) }
	$3 == 2 { row($4 " (order-3 refused)", $5, $6, $7, $8, $9) }
	$3 == 4 { halves++; half_bytes += $5; half_high += $7; half_low += $8; half_reused += $9
		  if ($6 != "equal" || half_equal == "") half_equal = $6 }
	$3 == 3 { n++; bytes += $5; high += $7; low += $8; reused += $9
		  if ($6 != "equal" || equal == "") equal = $6 }
	END { if (halves) row(halves " paths (half refused)", half_bytes, half_equal,
			half_high, half_low, half_reused)
	      if (n) row("all " n " paths again", bytes, equal, high, low, reused) }'
}

summary() {
	printf '\nkernel warnings: %s\n' "$(figure kernel_warnings)"
	printf 'leaks: %s pages held when idle (%s caches of the CPUs may keep %s), %s when idle again (%s may keep %s; %s were in use); objects: %s\n' \
		"$(figure pages_round1)" "$(figure caches_round1)" "$(figure pages_allowed1)" \
		"$(figure pages_round3)" "$(figure caches_round3)" "$(figure pages_allowed3)" \
		"$(figure pages_busy)" "$(figure leaked_objects)"
	printf 'trials: %s, %s pages left of them, %s of the paths; %s kept by the kernel'"'"'s own sockets\n' \
		"$(lines '^# trial ' | wc -l)" "$(lines '^# trial ' | awk '{ n += $5 } END { print n + 0 }')" \
		"$(figure pages_left3)" "$(figure pages_kept3)"
	printf 'refused: %s pages and %s sends, in the trials without memory\n' \
		"$(lines '^# trial ' | awk '{ n += $6 } END { print n + 0 }')" \
		"$(lines '^# trial ' | awk '{ n += $7 } END { print n + 0 }')"
	printf 'checkers: %s\n' "$(figure checkers)"
	printf 'KUnit cases: %s passed, %s failed\n' \
		"$(figure kunit_passed)" "$(figure kunit_failed)"
}

check_emulator
check_result
check_tests
check_rows
check_trials
check_console
check_figures
check_checkers
table
summary
conclude
