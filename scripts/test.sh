#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# test.sh LAYER...: run scripts/LAYER.sh for each, keep its TAP, count all. The TAP and
# what each guest left go to a directory for this run, KEPT or one of the last ten in
# the cache. A layer with several guests keeps each below LAYER_KEPT, which is there.
# The last line is 'N passed, N failed, N skipped'. A base that has left the
# archive is one skip, or one failure with STRICT set.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work
# shellcheck source=scripts/records.sh
. "$TOP/scripts/records.sh"
# shellcheck source=scripts/runs.sh
. "$TOP/scripts/runs.sh"

work=$(work_dir)
out=$work/log/tap
failed_early() {
	printf 'Bail out!  %s ended with status %s: see the messages above\n' "$1" "$2"
}

# other_machine: than the layer has by itself
other_machine() { [ -n "${VM_CPUS:-}${VM_MEMORY:-}" ]; }

# in_part LAYER: is it narrowed by a knob? Then it is not what the letters call by its name.
in_part() {
	case $1 in
	unit) [ "${UNIT_PLANTS:-1}" = 0 ] || [ -n "${GATES_ONLY:-}${GATES_SKIP:-}" ] ;;
	check | matrix) [ -n "${GATES_ONLY:-}${GATES_SKIP:-}" ] ;;
	plant) [ -n "${PLANT_ONLY:-}" ] ;;
	guest-bugs) [ -n "${BUGS:-}" ] ;;
	boots) [ -n "${BOOT_WAYS:-}${BOOTS:-}" ] ;;
	soak) [ -n "${SOAK:-}" ] || [ "${SOAK_SECONDS:-3600}" -lt 3600 ] ;;
	vm) other_machine ;;
	stress) other_machine || [ "${STRESS_SECONDS:-30}" -lt 30 ] ;;
	hostile) in_part stress || [ -n "${HOSTILE:-}" ] || [ "${STRESS_ON:-guest}" != guest ] ;;
	stress-plants) [ -n "${DEBUG:-}" ] ;;
	*) false ;;
	esac
}

# keep_counts LAYER TAP: of a layer that passes, for the letters. One that fails has none,
# and if a part does, the whole has none any more.
keep_counts() {
	local counts name
	# It keeps its own, of each suite.
	[ "$1" != suite ] || return 0
	name=$(layer_name "$1")
	counts=$("$TOP/scripts/tally.pl" "$2") || { records_new "$name"; return 0; }
	! in_part "$1" || return 0
	records_new "$name"
	while read -r number what; do
		record "$name" "tests: $(title "$name"): ${what%,}" "$number" cases "counted in the report of the run"
	done < <(tail -n 1 <<<"$counts" | sed 's/, /\n/g')
}

# run_layer LAYER: its TAP is shown and kept; an exit without a 'not ok' counts
run_layer() {
	local tap=$out/$1.tap rc=0 start=$SECONDS began=$EPOCHSECONDS
	say "== $1, Linux $BASE"
	LAYER=$1 LAYER_KEPT=$kept/$1 "$TOP/scripts/$1.sh" >"$tap" || rc=$?
	[ "$rc" -eq 0 ] || grep -q '^not ok' "$tap" || failed_early "$1" "$rc" >>"$tap"
	cat "$tap"
	say "== $1 took $((SECONDS - start)) s"
	keep_counts "$1" "$tap"
	keep_layer "$1"
	if [ "$rc" -ne 0 ] || grep -q '^not ok' "$tap"; then keep_logs "$1" "$began"; fi
}

# keep_logs LAYER BEGAN: what it built and booted has said since
keep_logs() {
	mkdir -p "$kept/$1-log"
	find "$work/log" -maxdepth 2 -name '*.log' -newermt "@$2" -exec cp -p -t "$kept/$1-log" {} + ||
		say "not all logs of $1 could be kept in $kept/$1-log"
}

# The base cannot be had any more: there is nothing to test, and that is said.
skip_base() {
	base_gone
	printf '1..0 # SKIP base %s: its package has left the archive\n' "$BASE" | tee "$out/base.tap"
	cp "$out/base.tap" "$kept/"
	drop_old
	"$TOP/scripts/tally.pl" "$out/base.tap"
	exit 0
}

# keep_layer LAYER: its guests are those that say so; it may have kept all of them itself,
# of which the last is still there
keep_layer() {
	local run
	cp "$out/$1.tap" "$kept/"
	[ ! -d "$kept/$1" ] || return 0
	for run in "$work"/run "$work"/run-*; do
		[ "$(cat "$run/layer" 2>/dev/null)" != "$1" ] || "$TOP/scripts/keep.sh" "$run" "$kept/$1-${run##*/}"
	done
}

rm -rf "$out" "$work"/run*/layer
mkdir -p "$out" "$kept" || die "cannot create $kept" "give KEPT a directory you may write"
"$TOP/scripts/deps.sh" "$@"
rc=0
"$TOP/scripts/tree.sh" || rc=$?
[ "$rc" -ne "$EXIT_GONE" ] || skip_base
[ "$rc" -eq 0 ] || exit "$rc"
for layer in "$@"; do run_layer "$layer"; done
drop_old
say "logs: $work/log, reports and guests of this run: $kept"
"$TOP/scripts/tally.pl" "$out"/*.tap
