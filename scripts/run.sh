#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# run.sh: the main job. From nothing to a table: what went through the allocator
# in a real kernel, and PASS or FAIL. What the guest left is kept as by test.sh.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work
# shellcheck source=scripts/runs.sh
. "$TOP/scripts/runs.sh"

# What the guest needs is not needed to see that there is no base.
"$TOP/scripts/deps.sh"
rc=0
"$TOP/scripts/tree.sh" || rc=$?
[ "$rc" -ne "$EXIT_GONE" ] || { base_gone; exit 0; }
[ "$rc" -eq 0 ] || exit "$rc"
"$TOP/scripts/deps.sh" run
run=$("$TOP/scripts/guest.sh")
"$TOP/scripts/keep.sh" "$run" "$kept/run"
drop_old
say "what the guest left: $kept/run"
"$TOP/scripts/verdict.sh" "$run"
