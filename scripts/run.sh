#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# run.sh: the main job. From nothing to a table: what went through the allocator
# in a real kernel, and PASS or FAIL.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

# What the guest needs is not needed to see that there is no base.
"$TOP/scripts/deps.sh"
rc=0
"$TOP/scripts/tree.sh" || rc=$?
[ "$rc" -ne "$EXIT_GONE" ] || { base_gone; exit 0; }
[ "$rc" -eq 0 ] || exit "$rc"
"$TOP/scripts/deps.sh" run
run=$("$TOP/scripts/guest.sh")
"$TOP/scripts/verdict.sh" "$run"
