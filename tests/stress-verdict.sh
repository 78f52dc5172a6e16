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
bad "empty result" "wrote no result" truncate -s 0 result
bad "no end marker" "has no end" sed -i '/^# end/d' result
bad "short plan" "given, or not in order" sed -i '/^ok 3 /d' result
bad "no plan" "no plan" sed -i '/^1\.\./d' result
bad "case that failed" "not ok 2 va" sed -i 's/^ok 2 va/not ok 2 va # not as many pages were freed as taken/' result
bad "case without figures" "va: no figures" sed -i '/^# stress va/d' result
bad "case that did nothing" "va: no figures" sed -i 's/ allocated=91548/ allocated=0/' result
bad "case that was not planned" "2 cases are there, 1 were planned" sed -i 's/^# figure cases 2/# figure cases 1/' result
bad "no count of cases" "cases is missing" sed -i '/^# figure cases/d' result
bad "nothing run" "no case was run" sed -i 's/^ok 2 va/& # SKIP it is late/' result
bad "skip without a reason" "without a reason: ok 3 hogged" sed -i 's/^ok 3 hogged.*/ok 3 hogged # SKIP/' result
bad "runner that failed" "not ok 6" sed -i 's/^ok 6 the runner/not ok 6 the runner # it ended with 1/' result
bad "page left" "pages_left is 8" sed -i 's/^\(# figure pages_left\) .*/\1 8/' result
bad "no count of pages left" "pages_left is missing" sed -i '/^# figure pages_left/d' result
bad "leaked object" "leaked_objects is 1" sed -i 's/^\(# figure leaked_objects\) .*/\1 1/' result
bad "kmemleak asked for, leaks not looked for" "leaked_objects is unchecked" add debug kmemleak
bad "warning counted" "kernel_warnings is 1" sed -i 's/^\(# figure kernel_warnings\) .*/\1 1/' result
bad "call trace in the log" "log: .*Call Trace" add console.log "[ 1.0] Call Trace:"
bad "checker asked for and not there" "kcsan was asked for" add debug kcsan
bad "timeout" "stopped: timeout" sed -i 's/.*/timeout after 600 s/' status
exit "$failed"
