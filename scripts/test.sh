#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# test.sh LAYER...: run scripts/LAYER.sh for each, keep its TAP, count all.
# The last line is 'N passed, N failed, N skipped'.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

work=$(work_dir)
out=$work/log/tap
failed_early() {
	printf 'Bail out!  %s ended with status %s: see the messages above\n' "$1" "$2"
}

# run_layer LAYER: its TAP is shown and kept; an exit without a 'not ok' counts
run_layer() {
	local tap=$out/$1.tap rc=0
	say "== $1, Linux $BASE"
	"$TOP/scripts/$1.sh" >"$tap" || rc=$?
	[ "$rc" -eq 0 ] || grep -q '^not ok' "$tap" || failed_early "$1" "$rc" >>"$tap"
	cat "$tap"
}

rm -rf "$out"
mkdir -p "$out"
"$TOP/scripts/deps.sh" "$@"
"$TOP/scripts/tree.sh"
for layer in "$@"; do run_layer "$layer"; done
say "logs: $work/log"
"$TOP/scripts/tally.pl" "$out"/*.tap
