#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# few-verdict.sh: does scripts/few-verdict.sh tell a bad run from a good one? The good one
# is that of the stress verdict; what all verdicts have in common tests/verdict.sh tests.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
good=$here/stress-verdict/good script=$here/../scripts/few-verdict.sh
# shellcheck source=tests/verdict-lib.sh
. "$here/verdict-lib.sh"

echo "KTAP version 1"
echo "1..$(grep -cE '^(bad|judged) ' "$0")"
copy_good
judged "good run of a kernel without kmemleak" PASS 0 "^PASS$"
bad "empty result" "wrote no result" truncate -s 0 result
bad "short plan" "given, or not in order" sed -i '/^ok 3 /d' result
bad "way that failed" "not ok 3 hogged" sed -i 's/^ok 3 /not &/' result
bad "way that was skipped" "skipped: hogged # SKIP it is late" sed -i 's/^ok 3 hogged/& # SKIP it is late/' result
bad "leaks that were not looked for, for another reason" "skipped: kmemleak # SKIP it is late" \
	sed -i 's/^ok 9 kmemleak.*/ok 9 kmemleak # SKIP it is late/' result
copy_good
echo hogged >"$work/run/cannot"
sed -i 's/^ok 3 hogged/& # SKIP it cannot/' "$work/run/result"
judged "good run of a machine that cannot do one" PASS 0 "^PASS$"
bad "skip that is excused, of another one" "skipped: va # SKIP it cannot" \
	sh -c "echo hogged >cannot; sed -i 's/^ok 2 va/& # SKIP it cannot/' result"
bad "warning in the log" "log: .*WARNING" add console.log "[ 1.0] WARNING: CPU: 0 PID: 1"
bad "timeout" "stopped: timeout" sed -i 's/.*/timeout after 300 s/' status
exit "$failed"
