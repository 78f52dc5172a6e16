#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# stress-verdict.sh: does scripts/stress-verdict.sh tell a bad run from a good one? What
# it has in common with verdict.sh is tested by tests/verdict.sh.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export RUNNER=$here/stress-verdict/runner
good=$here/stress-verdict/good script=$here/../scripts/stress-verdict.sh
# shellcheck source=tests/verdict-lib.sh
. "$here/verdict-lib.sh"

echo "KTAP version 1"
echo "1..$(grep -cE '^(bad|judged) ' "$0")"
copy_good
judged "good run" PASS 0 "^va +1076 +91548 +42500"
copy_good
echo kmemleak >"$work/run/debug"
sed -i 's/^ok 9 kmemleak.*/ok 9 kmemleak/; s/^\(# figure leaked_objects\) .*/\1 0/; s/^# figure checkers /&kmemleak,/' "$work/run/result"
judged "good run with kmemleak" PASS 0 "leaked objects: 0"
bad "empty result" "wrote no result" truncate -s 0 result
bad "no end marker" "has no end" sed -i '/^# end/d' result
bad "short plan" "given, or not in order" sed -i '/^ok 3 /d' result
bad "no plan" "no plan" sed -i '/^1\.\./d' result
bad "case that failed" "not ok 2 va" sed -i 's/^ok 2 va/not ok 2 va # not as many pages were freed as taken/' result
bad "case without figures" "va: the figures are missing" sed -i '/^# stress va/d' result
bad "case that did nothing" "va: .* do not add up" sed -i '/stress va/s/ allocated=91548 freed=91548/ allocated=0 freed=0/' result
bad "fragment that was not freed" "va: .* do not add up" sed -i '/stress va/s/ freed=91548/ freed=91547/' result
bad "page that was not freed" "hogged: .* do not add up" sed -i '/stress hogged/s/pages_freed=5330/pages_freed=5329/' result
bad "damage that the case does not tell" "va: .* do not add up" sed -i '/stress va/s/damaged=0/damaged=1/' result
bad "figure that is missing" "va: .* do not add up" sed -i '/stress va/s/damaged=0//' result
bad "case that ended early" "va ran for 999 ms of 1000" sed -i '/stress va/s/ ms=1076/ ms=999/' result
bad "case that does not say how long it ran" "va ran for no ms of 1000" sed -i '/stress va/s/ ms=1076//' result
bad "time of the cases missing" "does not say how long each case has" sed -i '/^# stress seed/d' result
bad "case that was not planned" "2 cases are there, 1 were planned" sed -i 's/^# figure cases 2/# figure cases 1/' result
bad "no count of cases" "missing were planned" sed -i '/^# figure cases/d' result
bad "case that was skipped" "hogged was not tested" sed -i 's/^ok 3 hogged.*/& # SKIP it is late/' result
copy_good
echo hogged >"$work/run/cannot"
sed -i 's/^ok 3 hogged.*/& # SKIP it cannot/; /^# stress hogged/d' "$work/run/result"
judged "good run of a machine that cannot do one" PASS 0 "^skipped: hogged # SKIP it cannot"
bad "case that is excused, for another one" "hogged was not tested" \
	sh -c "echo va >cannot; sed -i 's/^ok 3 hogged.*/& # SKIP it cannot/' result"
bad "case that is excused and does not say why" "hogged: the figures are missing" \
	sh -c "echo hogged >cannot; sed -i '/^# stress hogged/d' result"
bad "case under another name" "hogged was not tested" sed -i 's/^ok 3 hogged/ok 3 hugged/' result
bad "processor that is not there" "guest of 2 processors was asked for, there were: 1" sed -i 's/^\(# figure cpus\) .*/\1 1/' result
bad "count of processors missing" "there were: missing" sed -i '/^# figure cpus/d' result
bad "less memory than asked for" "memory_mib is 614, of 1024" sed -i 's/^\(# figure memory_mib\) .*/\1 614/' result
bad "more memory than asked for" "memory_mib is 968, at most 512" sh -c 'echo guest 2 512 >machine'
bad "memory not looked at" "memory_mib is missing, of 1024" sed -i '/^# figure memory_mib/d' result
bad "machine missing" "does not say what machine" rm machine
copy_good
echo guest 2 256 >"$work/run/machine"
sed -i 's/^\(# figure memory_mib\) .*/\1 129/' "$work/run/result"
judged "good run of a small machine" PASS 0 "^PASS$"
bad "small machine with less" "memory_mib is 128, of 256" \
	sh -c "echo guest 2 256 >machine; sed -i 's/^\(# figure memory_mib\) .*/\1 128/' result"
bad "runner that failed" "not ok 6" sed -i 's/^ok 6 the runner/not ok 6 the runner # it ended with 1/' result
bad "page left" "pages_left is 8" sed -i 's/^\(# figure pages_left\) .*/\1 8/' result
bad "pages never seen" "pages_busy is 0" sed -i 's/^\(# figure pages_busy\) .*/\1 0/' result
bad "no count of pages left" "pages_left is missing" sed -i '/^# figure pages_left/d' result
bad "leaked object" "leaked_objects is 1" sed -i 's/^\(# figure leaked_objects\) .*/\1 1/' result
bad "kmemleak asked for, leaks not looked for" "leaked_objects is unchecked" add debug kmemleak
bad "warning counted" "kernel_warnings is 1" sed -i 's/^\(# figure kernel_warnings\) .*/\1 1/' result
bad "kernel tainted" "tainted is 512, at most 0" sed -i 's/^\(# figure tainted\) .*/\1 512/' result
bad "taint not looked at" "tainted is missing" sed -i '/^# figure tainted/d' result
bad "call trace in the log" "log: .*Call Trace" add console.log "[ 1.0] Call Trace:"
bad "checker asked for and not there" "kcsan was asked for" add debug kcsan
bad "timeout" "stopped: timeout" sed -i 's/.*/timeout after 600 s/' status
exit "$failed"
