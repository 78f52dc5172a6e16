#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# verdict.sh: does scripts/verdict.sh tell a bad run from a good one? The good
# one is kept in verdict/good; each bad one differs from it in one way.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export PATHS=$here/verdict/paths TRIALS=$here/verdict/trials
good=$here/verdict/good script=$here/../scripts/verdict.sh
# shellcheck source=tests/verdict-lib.sh
. "$here/verdict-lib.sh"

echo "KTAP version 1"
echo "1..$(grep -cE '^(bad|judged) ' "$0")"
copy_good
judged "good run" PASS 0 "^kernel warnings: 0"
sed -i 's/^\(# figure caches_round3\) .*/\1 4/; s/^\(# figure pages_\(round\|allowed\)3\) .*/\1 32/' "$work/run/result"
judged "good run, with one more cache in round 3" PASS 0 "32 when idle again \(4 may keep 32"
copy_good
sed -i 's/^# figure base .*/# figure base 7.3/; /^# row 2 /d' "$work/run/result"
judged "good run of a base in which the path needs nothing" PASS 0 "^kernel warnings: 0"
copy_good
echo kmemleak >"$work/run/debug"
sed -i 's/^\(# figure leaked_objects\) .*/\1 0/; s/^# figure checkers /&kmemleak,/' "$work/run/result"
judged "good run with kmemleak" PASS 0 "objects: 0"
bad "empty result" "wrote no result" truncate -s 0 result
bad "no result" "wrote no result" rm result
bad "no end marker" "has no end" sed -i '/^# end/d' result
bad "text after the end" "has no end" add result "ok 99 late"
bad "no plan" "no plan" sed -i '/^1\.\./d' result
bad "short plan" "given, or not in order" sed -i '/^ok 2 /d' result
bad "result given twice" "given, or not in order" sed -i '/^ok 2 /p' result
bad "not ok" "not ok 2" sed -i 's/^ok 2 /not &/' result
bad "not ok inside the suite" "not ok 1" sed -i '0,/^ \+ok 1 /s/^\( *\)ok 1 /\1not ok 1 /' result
bad "path without a row" "no row for loopback" sed -i '/^# row 1 loopback/d' result
bad "round without a row" "round 2 has no row" sed -i '/^# row 2 /d' result
bad "random round without a row" "round 4 has no row" sed -i '/^# row 4 /d' result
bad "random round without order-3 pages" "order3_round4 is 0" sed -i 's/^\(# figure order3_round4\) .*/\1 0/' result
bad "random round without order-0 pages" "order0_round4 is missing" sed -i '/^# figure order0_round4/d' result
bad "wrong digest" "not the bytes that were sent" sed -i '0,/ equal /s// DIFFERENT /' result
bad "no bytes" "no bytes" sed -i 's/^\(# row 1 loopback[^ ]*\) [0-9]*/\1 0/' result
bad "page leak" "pages_round3 is 999" sed -i 's/^\(# figure pages_round3\) .*/\1 999/' result
bad "leak of one order-3 page" "pages_round3 is 32, at most 24" sed -i 's/^\(# figure pages_round3\) .*/\1 32/' result
bad "leak that the guest allows itself" "pages_round3 is 32, at most 24" sed -i 's/^\(# figure pages_\(round\|allowed\)3\) .*/\1 32/' result
bad "no count of the caches" "pages_round3 is 24, at most missing" sed -i '/^# figure caches_round3/d' result
bad "page left of the paths" "pages_left3 is 8" sed -i 's/^\(# figure pages_left3\) .*/\1 8/' result
bad "count of what is left missing" "pages_left1 is missing" sed -i '/^# figure pages_left1/d' result
bad "too much kept" "pages_kept3 is 33, at most 32" sed -i 's/^\(# figure pages_kept3\) .*/\1 33/' result
bad "ring of a card that is gone" "pages_ring3 is 1, at most 0" sed -i 's/^\(# figure pages_ring3\) .*/\1 1/' result
bad "no count of the rings" "pages_ring3 is missing" sed -i '/^# figure pages_ring3/d' result
bad "trial that was not made" "trial storm/fork: no count" sed -i '/^# trial storm/d' result
bad "trial that moved nothing" "trial faults/udp4: no count" sed -i 's/^\(# trial faults[^ ]*\) [^ ]*/\1 none/' result
bad "page left of a trial" "trial storm/fork: 8 pages left" sed -i 's/^\(# trial storm.*\) 0$/\1 8/' result
bad "page left of a trial without memory" "trial starved/tcp4: 1 pages left" sed -i 's/^\(# trial starved[^ ]* [^ ]*\) 0/\1 1/' result
bad "trial without memory in which there was memory" "trial starved/tcp4: 0 pages refused" sed -i 's/ 512 40$/ 0 40/' result
bad "writes without memory that were not refused" "trial starved/tap: 0 sends refused" sed -i 's/ 300 20$/ 300 0/' result
bad "trial without memory in which no send failed" "trial starved/tcp4: 0 sends refused" sed -i 's/ 512 40$/ 512 0/' result
bad "trial without memory that counted nothing" "trial starved/tcp4: no count of pages refused" sed -i 's/ 512 40$//' result
bad "checker asked for and not there" "poison was asked for; in the guest there was: page_owner" add debug poison
bad "checkers not named" "kasan was asked for; .*: missing" sh -c "echo kasan >debug; sed -i '/^# figure checkers/d' result"
bad "object leak" "leaked_objects is 1" sed -i 's/^\(# figure leaked_objects\) .*/\1 1/' result
bad "leak scan missing" "leaked_objects is missing" sed -i '/^# figure leaked_objects/d' result
bad "kmemleak asked for, leaks not looked for" "leaked_objects is unchecked" add debug kmemleak
bad "kmemleak among what was asked for" "leaked_objects is unchecked" add debug "kasan kmemleak"
bad "what was asked for missing" "does not say what DEBUG was" rm debug
bad "limit of pages after round 1 missing" "at most missing" sed -i '/^# figure pages_allowed1/d' result
bad "limit of pages after round 3 missing" "at most missing" sed -i '/^# figure pages_allowed3/d' result
bad "warning seen by the guest" "kernel_warnings is 1" sed -i 's/^\(# figure kernel_warnings\) .*/\1 1/' result
bad "kernel tainted" "tainted is 512, at most 0" sed -i 's/^\(# figure tainted\) .*/\1 512/' result
bad "taint not looked at" "tainted is missing" sed -i '/^# figure tainted/d' result
bad "KUnit failure" "kunit_failed is 1" sed -i 's/^\(# figure kunit_failed\) .*/\1 1/' result
bad "KUnit missing" "kunit_passed is missing" sed -i '/^# figure kunit_passed/d' result
bad "no KUnit case" "kunit_passed is 0" sed -i 's/^\(# figure kunit_passed\) .*/\1 0/' result
bad "WARNING in the log" "log: .*WARNING" add console.log "[ 1.0] WARNING: CPU: 0 PID: 1 at mm/page_frag_cache.c:1"
bad "BUG in the log" "log: .*BUG" add console.log "[ 1.0] BUG: unable to handle page fault"
bad "KASAN in the log" "log: .*KASAN" add console.log "[ 1.0] BUG: KASAN: slab-use-after-free in x"
bad "Oops in the log" "log: .*Oops" add console.log "[ 1.0] Oops: 0000 [#1] SMP"
bad "panic in the log" "log: .*panic" add console.log "[ 1.0] Kernel panic - not syncing: x"
bad "call trace in the log" "log: .*Call Trace" add console.log "[ 1.0] Call Trace:"
bad "UBSAN in the log" "log: .*UBSAN" add console.log "[ 1.0] UBSAN: shift-out-of-bounds in mm/page_frag_cache.c:1:2"
bad "KCSAN in the log" "log: .*KCSAN" add console.log "[ 1.0] KCSAN: data-race in x / y"
bad "page written to after it was freed" "log: .*pagealloc" add console.log "[ 1.0] pagealloc: memory corruption"
bad "lock that lockdep cannot follow" "log: .*INFO: trying to register" add console.log "[ 1.0] INFO: trying to register non-static key."
bad "no log" "wrote no log" rm console.log
bad "timeout" "stopped: timeout" sed -i 's/.*/timeout after 600 s/' status
bad "emulator failed" "ended with status 1" sed -i 's/.*/1/' status
bad "no status" "ended with status missing" rm status
exit $failed
