#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# tree.sh: fetch the base, apply the series. Does nothing if both are done.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

work=$(work_dir)
"$TOP/scripts/import.sh" || exit
start=$SECONDS
"$TOP/scripts/apply.sh" "$work/tree"
say "  ok series on $(git -C "$work/tree" log -1 --format=%s base) ($((SECONDS - start)) s)"
