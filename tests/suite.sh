#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# suite.sh: does scripts/suite.pl tell a run that is worse than the base's from one
# that is not? Two equal runs are written, and each case changes one of them.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tap.sh" "suite"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A run with one test of each kind; what comes before the TAP is not of it.
write_run() {
	mkdir -p "$work/$1"
	printf '%s\n' 'hello' 'ok 9 - not a test' '' 'TAP version 13' '1..4' 'ok 1 one # time=7ms' \
		'not ok 2 two # time=1ms' 'ok 3 three # SKIP no card' 'ok 4 one' >"$work/$1/output"
	printf '%s\n' 'exit 1' '# end' >"$work/$1/result"
	printf '%s\n' 'WARNING: at boot' 'suite: begin' 'suite: end' >"$work/$1/console.log"
	echo 0 >"$work/$1/status"
}

fresh() { rm -rf "$work"/{base,patched}; write_run base; write_run patched; }

compare() { "$here/../scripts/suite.pl" s "${judge:-tap}" "$work/base" "$work/patched" "$work/table"; }

# case NAME SIDE FILE EDIT STATUS PATTERN
edited() {
	fresh
	sed -i "$4" "$work/$2/$3"
	says "$1" "$5" "$6" compare
}

fresh
says "equal runs are no worse" 0 '^ok - suite s: base pass, patched pass: one$' compare
says "a failure of both is shown as such" 0 '^ok - suite s: base fail, patched fail: two: fails on the base too$' compare
says "a skip of both is a skip, with its reason" 0 '^ok .*base skip, patched skip: three # SKIP no card$' compare
says "two tests of one name are two" 0 '^ok .*patched pass: one \(2\)$' compare
verdict "the table has a line for each test" "$([ "$(wc -l <"$work/table")" = 8 ] && echo yes)" "$(cat "$work/table")"
edited "pass to fail is worse" patched output 's/^ok 1 one/not ok 1 one/' 1 '^not ok .*base pass, patched fail: one: worse'
edited "pass to skip is worse" patched output 's/^ok 4 one/ok 4 one # SKIP x/' 1 '^not ok .*base pass, patched skip: one \(2\): worse'
edited "skip to fail is worse" patched output 's/^ok 3.*/not ok 3 three/' 1 '^not ok .*base skip, patched fail: three: worse'
edited "TODO does not excuse" patched output 's/^ok 1 one.*/not ok 1 one # TODO flaky/' 1 '^not ok .*patched fail: one'
edited "fail to pass is better" patched output 's/^not ok 2/ok 2/' 0 '^ok .*base fail, patched pass: two: better'
edited "a test that is missing on the patched kernel" patched output '/^ok 4/d' 1 '^not ok .*base pass, patched missing: one \(2\)'
edited "even one that the base fails" patched output '/^not ok 2/d' 1 '^not ok .*base fail, patched missing: two'
edited "a test that is missing on the base is shown" base output '/^ok 4/d' 0 '^ok .*base missing, patched pass: one \(2\): the base does not have it'
edited "and has to pass" base output '/^not ok 2/d' 1 '^not ok .*base missing, patched fail: two'
edited "a plan that is not kept" patched output 's/^1\.\.4/1..5/' 1 '^not ok .*patched fail: the report is whole'
edited "a warning of the kernel" patched console.log '2a WARNING: at x' 1 '^not ok .*no kernel warning: worse than the base \(WARNING: at x\)'
edited "tests that never began" patched console.log d 1 '^not ok .*patched missing: no kernel warning'
edited "a guest that dies" patched status 's/0/134/' 1 '^not ok .*patched fail: the guest came to its end.*status 134'
edited "a guest without an end" patched result '/end/d' 1 '^not ok .*patched fail: the guest came to its end'
edited "no exit status" patched result '/exit/d' 1 '^not ok .*patched missing: exit status'
# died [TEXT]: of one thing, but for the patched kernel's TEXT
died() {
	fresh
	rm "$work"/*/result
	for side in base patched; do
		echo 134 >"$work/$side/status"
		printf '[ 1.2] Kernel panic - ip 0x%x\n' $RANDOM >>"$work/$side/console.log"
	done
	[ $# -eq 0 ] || printf '%s\n' 'suite: begin' "$1" >"$work/patched/console.log"
}
died
says "what both kernels died of" 0 '^ok .*base missing, patched missing: exit status: nor does the base' compare
died; sed -i d "$work"/*/output
says "which is not enough" 2 '^not ok .*the base passes nothing' compare
died "BUG: Bad page state"
says "the patched kernel died of something else" 1 '^not ok .*patched missing: exit status' compare
died; echo "timeout after 4 s" | tee "$work"/*/status >/dev/null
says "neither came to its end in time" 1 '^not ok .*patched missing: exit status' compare
fresh; sed -i /exit/d "$work"/*/result
says "no exit status although both lived" 1 '^not ok .*patched missing: exit status' compare
edited "a timeout" base result 's/exit 1/exit 0/' 1 '^not ok .*patched fail: exit status: worse than the base \(status 1\)'
fresh; sed -i 's/exit 1/exit 124/' "$work"/*/result
says "a timeout of both is named" 0 'patched fail: exit status: fails on the base too \(timeout\)' compare
fresh; sed -i 's/^ok \([14]\)/not ok \1/' "$work"/*/output
says "a base that passes nothing" 2 '^not ok - suite s: the base passes nothing' compare
fresh; rm -rf "$work/patched"
says "a run that is not there" 1 '^not ok .*patched missing: one' compare

# repeated N BASE PATCHED: runs again, of which the first so many of a side fail in "one"
repeated() {
	local side n fail
	rm -rf "$work/again"
	mkdir "$work/again"
	for side in base patched; do
		fail=$2
		[ "$side" = base ] || fail=$3
		for ((n = 1; n <= $1; n++)); do
			write_run "again/$side-$n"
			[ "$n" -gt "$fail" ] || sed -i 's/^ok 1 one/not ok 1 one/' "$work/again/$side-$n/output"
		done
	done
}
compare_again() { "$here/../scripts/suite.pl" s tap "$work/base" "$work/patched" "$work/table" "$work/again"; }

fresh; sed -i 's/^ok 1 one/not ok 1 one/' "$work/patched/output"
repeated 20 0 0
says "a test that fails no more when it is run again" 0 '^ok .*patched fail: one \(run again 20 times, it failed 0 times on the base, 0 on the patched kernel\)$' compare_again
verdict "the table says so" "$(grep -q $'one\tpass\tfail\t\trun again 20 times' "$work/table" && echo yes)" "$(cat "$work/table")"
verdict "and what can be run again" "$([ "$(awk -F'\t' '$7 == "alone" { print $2 }' "$work/table")" = one ] && echo yes)" "$(cat "$work/table")"
repeated 20 0 4
says "four failures more may be chance" 0 '^ok .*patched fail: one \(run again 20 times, it failed 0 times on the base, 4 on' compare_again
repeated 20 0 5
says "five more are none" 1 '^not ok .*patched fail: one: worse than the base \(run again 20 times, it failed 0 times on the base, 5 on' compare_again
repeated 20 20 20
says "a test that always fails on both" 0 '^ok .*patched fail: one \(run again 20 times, it failed 20 times on the base, 20 on' compare_again
repeated 20 10 15
says "fifteen failures and ten" 0 '^ok .*patched fail: one \(run' compare_again
repeated 20 10 17
says "seventeen and ten" 1 '^not ok .*patched fail: one: worse than the base \(run' compare_again
repeated 19 0 0
says "too few runs again" 1 '^not ok .*patched fail: one: it was not run again$' compare_again
repeated 20 0 0; rm -r "$work/again/patched-7"
says "fewer on the patched kernel" 1 '^not ok .*patched fail: one: it was not run again$' compare_again
repeated 20 0 0; sed -i 's/ one/ other/' "$work"/again/patched-[1-5]/output
says "what is missing did not pass" 1 '^not ok .*patched fail: one: worse.* 5 on the patched' compare_again
repeated 20 0 0; sed -i '2a WARNING: at x' "$work/again/patched-7/console.log"
says "a warning in a run again" 1 '^not ok .*runs again: no kernel warning: not in 0 of the base, 1 of the patched kernel$' compare_again
repeated 20 0 0; echo 134 >"$work/again/patched-7/status"
says "a guest that dies in one" 1 '^not ok .*runs again: the guest came to its end: not in 0 of the base, 1 of the patched kernel$' compare_again
repeated 20 0 0; echo 134 | tee "$work"/again/{patched-[1-4],base-5}/status >/dev/null
says "which may be, if the base does" 0 '^ok .*runs again: the guest came to its end: not in 1 of the base, 4 of the patched kernel$' compare_again
repeated 20 0 0; echo 134 | tee "$work"/again/{patched-[1-8],base-5}/status >/dev/null
says "and not much oftener" 1 '^not ok .*runs again: the guest came to its end: not in 1 of the base, 8 of the patched kernel$' compare_again
repeated 20 0 0; sed -i '2a WARNING: at x' "$work/patched/console.log"
says "runs again excuse no warning" 1 '^not ok .*patched fail: no kernel warning: worse than the base \(WARNING: at x\)$' compare_again
fresh; sed -i 's/ one/ other/' "$work/patched/output"
says "nor a test that is missing" 1 '^not ok .*patched missing: one: worse than the base' compare_again

judge=own
fresh; sed -i '/^not ok 2/d; s/1\.\.4/1..2/; /^ok 3/d; s/^ok 4 one/ok 2 two: 7 bytes/' "$work"/*/output
sed -i 's/exit 1/exit 0/' "$work"/*/result
says "of a program of ours equal values are no worse" 0 '^ok .*base pass, patched pass: two: 7 bytes$' compare
sed -i 's/7 bytes/8 bytes/' "$work/patched/output"
says "another value is a failure" 1 '^not ok .*base pass, patched missing: two: 7 bytes' compare
sed -i 's/8 bytes/7 bytes/' "$work/patched/output"
sed -i 's/exit 0/exit 1/' "$work"/*/result
says "and so is an error on both" 1 '^not ok .*base fail, patched fail: exit status: it has to pass' compare
judge=lines
compare_lines_again() { "$here/../scripts/suite.pl" s lines "$work/base" "$work/patched" "$work/table" "$work/again"; }
# printed_again N: runs again, of which the first N of the patched kernel print 'recv: data mismatch'
printed_again() {
	local side n
	rm -rf "$work/again"
	for side in base patched; do
		for n in {1..20}; do
			mkdir -p "$work/again"
			cp -r "$work/base" "$work/again/$side-$n"
			[ "$side" = base ] || [ "$n" -gt "$1" ] || echo 'recv: data mismatch' >>"$work/again/$side-$n/output"
		done
	done
}
# printed LINE...: by a command without TAP, on both kernels
printed() {
	fresh
	for side in base patched; do
		printf '%s\n' "$@" >"$work/$side/output"
		sed -i 's/exit 1/exit 0/' "$work/$side/result"
	done
}
printed 'ipv4 tx:1472 gso:0' '' '  OK ' 'tx=17 (2 MB) txc=0 zc=n' 'tx=18 (3 MB) txc=0 zc=n' 'USR: 123.5 s 77 us (seq=0, len=10)  (USR +-3 us)' 'at 0x7f01'
says "of a command without TAP each line is a test" 0 '^ok - suite s: base pass, patched pass: ipv4 tx:1472 gso:0$' compare
says "without the blanks around it" 0 'patched pass: OK$' compare
says "what it measured is no part of it, and two of one text are one" 0 'patched pass: tx=N \(N MB\) txc=0 zc=n, 2 times$' compare
says "nor are times" 0 'patched pass: USR: N s N us \(seq=0, len=10\) \(USR N us\)$' compare
says "and addresses" 0 'patched pass: at N$' compare
sed -i 's/gso:0/gso:1/' "$work/patched/output"
says "what it was asked for is" 1 '^not ok .*base pass, patched missing: ipv4 tx:1472 gso:0: worse than the base$' compare
verdict "a line that is missing can be run again" "$(grep -q $'gso:0\tpass\tmissing\tworse.*\talone$' "$work/table" && echo yes)" "$(cat "$work/table")"
printed 'tx=17 (2 MB) txc=9 zc=y' 'rx=17 (2 MB)'
sed -i 's/rx=17/rx=0/' "$work/patched/output"
says "nothing received is another thing than something" 1 '^not ok .*base pass, patched missing: rx=N \(N MB\): worse' compare
printed $'a\tb' OK
says "a tab is a blank" 0 '^ok .*patched pass: a b$' compare
printed OK
echo 'recv: data mismatch' >>"$work/patched/output"
says "what only the patched kernel says is a failure" 1 '^not ok .*base missing, patched pass: recv: data mismatch: only the patched' compare
printed_again 4
says "unless it says that no oftener than chance allows" 0 '^ok .*data mismatch: the base does not have it \(run again 20 times, it failed 0 times on the base, 4 on' compare_lines_again
printed_again 5
says "five times of twenty is oftener" 1 '^not ok .*data mismatch: worse than the base \(run again 20 times, it failed 0 times on the base, 5 on' compare_lines_again
verdict "of no report it is told whether it is whole" "$(compare_lines_again | grep -q 'report is whole' || echo yes)"
printed OK
sed -i 's/exit 0/exit 4/' "$work/patched/result"
says "status 4 is a skip" 1 '^not ok .*base pass, patched skip: exit status' compare
printed OK
sed -i 's/exit 0/exit 1/' "$work/patched/result"
says "another status is worse" 1 '^not ok .*base pass, patched fail: exit status' compare
verdict "which can be run again" "$(grep -q $'exit status\tpass\tfail\t.*\talone$' "$work/table" && echo yes)" "$(cat "$work/table")"
sed -i 's/exit 0/exit 1/' "$work/base/result"
says "a command that fails on the base, whatever it prints, is nothing to compare with" 2 '^not ok - suite s: the base passes nothing' compare
judge=sockmap
fresh; for side in base patched; do
	printf '%s\n' '# 1/ 6  sockmap::txmsg test passthrough:OK' '# 2/ 9 sockhash:ktls:txmsg test drop:FAIL' '# 1/ 6  sockmap::txmsg test passthrough:OK' >"$work/$side/output"
done
says "lines of test_sockmap" 0 '^ok .*base fail, patched fail: 2/ 9 sockhash:ktls:txmsg test drop' compare
verdict "each of which counts once" "$([ "$(wc -l <"$work/table")" = 5 ] && echo yes)" "$(cat "$work/table")"
sed -i 's/OK/FAIL/' "$work/patched/output"
says "one of which is worse" 1 '^not ok .*base pass, patched fail: 1/ 6 sockmap::txmsg test passthrough' compare
done_testing
