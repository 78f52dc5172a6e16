# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the verdicts of a guest's run have in common. Sourced with the run's directory in
# $run. A run passes for what it shows, never for what it does not: each thing missing is
# a fault.

# shellcheck disable=SC2154 # whoever sources it sets it
result=$run/result
console=$run/console.log
# What the kernel prints when something is wrong; none of it is expected. The guest, which
# has no script of these, has the same line in tests/guest/counts.sh.
alarm='WARNING:|BUG:|Oops|Call Trace:|KASAN:|KCSAN:|UBSAN:|pagealloc: |Kernel panic|INFO: (task|rcu|trying to register)'
faults=()

fault() { faults+=("$1"); }

# Lines of the result channel that match; none is not an error here.
lines() { grep -E "$1" "$result" 2>/dev/null || :; }

# figure NAME: its value, the last that is given, or "missing"
declare -A figures=()
while read -r _ _ name value _; do figures[$name]=$value; done < <(lines '^# figure [^[:space:]]')
figure() { echo "${figures[$1]:-missing}"; }

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

# conclude: PASS or FAIL alone on the last line, with the exit status to match
conclude() {
	if [ ${#faults[@]} -ne 0 ]; then
		printf 'fault: %s\n' "${faults[@]}"
		printf 'the log: %s\n' "$console"
		echo FAIL
		exit 1
	fi
	echo PASS
}
