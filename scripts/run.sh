#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# run.sh: the main job. From nothing to a table: what went through the allocator
# in a real kernel, and PASS or FAIL.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

"$TOP/scripts/deps.sh" run
"$TOP/scripts/tree.sh"
run=$("$TOP/scripts/guest.sh")
"$TOP/scripts/verdict.sh" "$run"
