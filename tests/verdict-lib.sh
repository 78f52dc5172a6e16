# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables of whoever sources it
# Does a verdict tell a bad run from a good one? The good one is kept in $good; each bad
# one differs from it in one way. Sourced with the script to test in $script.

number=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

report() {
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number $2"
	else
		failed=1
		echo "not ok $number $2"
		sed 's/^/# /' "$work/out"
	fi
}

# judged NAME WORD STATUS PATTERN: the last line, the exit status, what it says
judged() {
	local status=0 ok=0
	"$script" "$work/run" >"$work/out" 2>&1 || status=$?
	[ "$(tail -n 1 "$work/out")" = "$2" ] || ok=1
	[ $status = "$3" ] || ok=1
	grep -qE -e "$4" "$work/out" || ok=1
	report $ok "$1"
}

copy_good() {
	rm -rf "$work/run"
	cp -r "$good" "$work/run"
}

# bad NAME PATTERN COMMAND...: COMMAND spoils the good run, in its directory
bad() {
	local name=$1 pattern=$2
	shift 2
	copy_good
	(cd "$work/run" && "$@")
	if diff -r "$good" "$work/run" >"$work/out"; then
		report 1 "$name: the run was not spoilt"
		return
	fi
	judged "$name" FAIL 1 "^fault: .*$pattern"
}

# shellcheck disable=SC2317 # bad calls it
add() { echo "$2" >>"$1"; }

