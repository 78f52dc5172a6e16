#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# verdict.sh RUNDIR: what the guest of boot.sh did, as a table, then PASS or
# FAIL alone on the last line with the exit status to match. A run passes for
# what it shows, never for what it does not: each thing missing is a fault.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
PATHS=${PATHS:-$top/tests/guest/paths}
TRIALS=${TRIALS:-$top/tests/guest/trials}
run=${1:?usage: verdict.sh RUNDIR}
result=$run/result
console=$run/console.log
# What the kernel prints when something is wrong; none of it is expected.
alarm='WARNING:|BUG:|Oops|Call Trace:|KASAN:|Kernel panic|INFO: (task|rcu)'
faults=()

fault() { faults+=("$1"); }

# Lines of the result channel that match; none is not an error here.
lines() { grep -E "$1" "$result" 2>/dev/null || :; }

# figure NAME: its value, or "missing"
figure() {
	local value
	value=$(lines "^# figure $1 " | awk '{ print $4 }' | tail -n 1)
	echo "${value:-missing}"
}

check_emulator() {
	local status=missing
	[ ! -r "$run/status" ] || status=$(<"$run/status")
	case $status in
	0) ;;
	timeout*) fault "the guest was stopped: $status (VM_TIMEOUT is the limit)" ;;
	*) fault "the emulator ended with status $status" ;;
	esac
}

check_result() {
	local planned given
	[ -s "$result" ] || { fault "the guest wrote no result"; return; }
	[ "$(tail -n 1 "$result")" = '# end' ] ||
		fault "the result has no end: the guest stopped before '# end'"
	planned=$(lines '^1\.\.[0-9]+$' | sed 's/1\.\.//')
	given=$(lines '^(not )?ok ' | sed -E 's/^(not )?ok ([0-9]*).*/\2/')
	[ -n "$planned" ] || { fault "the result has no plan"; return; }
	[ "$given" = "$(seq "$planned")" ] ||
		fault "$planned results were planned, $(wc -w <<<"$given") given, or not in order"
}

check_tests() {
	local line
	while read -r line; do fault "$line"; done < <(lines '^ *not ok')
}

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
		[ "$carrier" != starved ] || check_refused "$name"
	done < <(grep -vE '^(#|$)' "$TRIALS")
}

# A trial without memory in which none was refused is none.
check_refused() {
	local pages sends
	read -r pages sends < <(lines "^# trial $1 " | awk '{ print $6, $7 }' | tail -n 1) || :
	[[ ${pages:-} =~ ^[1-9] ]] || fault "trial $1: ${pages:-no count of} pages refused"
	[[ ${sends:-} =~ ^[1-9] ]] || fault "trial $1: ${sends:-no count of} sends refused"
}

check_console() {
	[ -s "$console" ] || { fault "the kernel wrote no log"; return; }
	! grep -qE "$alarm" "$console" ||
		fault "in the kernel's log: $(grep -m1 -E "$alarm" "$console")"
}

# at_most NAME LIMIT: a figure that is missing is above any limit
at_most() {
	local value
	value=$(figure "$1")
	[[ $value =~ ^[0-9]+$ && $2 =~ ^[0-9]+$ && $value -le $2 ]] ||
		fault "$1 is $value, at most $2 allowed"
}

# No number is needed of a kernel without kmemleak; one that was asked for has to
# give it, and a run that does not say what was asked for does too.
objects_unchecked() {
	[ -r "$run/debug" ] || { fault "the run does not say what DEBUG was"; return 1; }
	! grep -qw kmemleak "$run/debug" && [ "$(figure leaked_objects)" = unchecked ]
}

# above_zero NAME
above_zero() {
	[[ $(figure "$1") =~ ^[1-9] ]] || fault "$1 is $(figure "$1")"
}

# Each checker that was asked for looked at the run.
check_checkers() {
	local word
	[ -r "$run/debug" ] || return 0
	for word in $(<"$run/debug"); do
		grep -qw "$word" <<<"$(figure checkers)" ||
			fault "$word was asked for; in the guest there was: $(figure checkers)"
	done
}

check_figures() {
	at_most kernel_warnings 0
	objects_unchecked || at_most leaked_objects 0
	at_most pages_round1 "$(figure pages_allowed1)"
	at_most pages_round3 "$(figure pages_allowed3)"
	at_most pages_left1 0
	at_most pages_left3 0
	at_most pages_kept3 "$(figure pages_allowed_kept)"
	at_most pages_ring3 0
	# Whatever the guest allows itself: the same caches, the same paths, the same pages.
	[ "$(figure caches_round3)" != "$(figure caches_round1)" ] ||
		at_most pages_round3 "$(figure pages_round1)"
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
	printf 'refused: %s order-0 pages and %s sends, in the trials without memory\n' \
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
if [ ${#faults[@]} -ne 0 ]; then
	printf 'fault: %s\n' "${faults[@]}"
	printf 'the log: %s\n' "$console"
	echo FAIL
	exit 1
fi
echo PASS
