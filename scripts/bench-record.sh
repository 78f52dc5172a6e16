#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# bench-record.sh: the raw data of the last run of make bench into results/bench/,
# if it is a run that says something; with TRY=NAME that of the try, with PLACED=lines
# or PLACED=inside that of kernels whose code lies elsewhere.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base

TRY=${TRY:-}
PLACED=${PLACED:-}
[ -z "$TRY" ] || [ -z "$PLACED" ] || die "TRY and PLACED are two questions" "give one of them"
# A record is judged by the limits that are written down.
unset BENCH_NOISE BENCH_UNQUIET BENCH_LOAD
aside=${TRY:+try.$TRY.}${PLACED:+placed.$PLACED.}
run=$(work_dir)/log/bench${TRY:+-tries/$TRY}${PLACED:+-placed/$PLACED}/run
record=results/bench/$BASE.${aside}run
[ -z "$KERNEL_SRC" ] || die "$record is of the packaged base, not of $KERNEL_SRC" \
	"run it without KERNEL_SRC"
[ -s "$run" ] || die "there is no run of base $BASE" "run: make bench BASE=$BASE${TRY:+ TRY=$TRY}${PLACED:+ PLACED=$PLACED}"
# A base is judged by all rows, run as often as the report says, each with an interval that
# is worth its name.
if [ -z "$aside" ]; then
	! grep -q '^# bench .* bench\.' "$run" ||
		die "the last run has some rows only, or other samples" "run: make bench BASE=$BASE, without BENCH_ARGS"
	[ "$(sed -n 's/^# bench .* pairs \([0-9]*\) .*/\1/p' "$run")" -ge 10 ] ||
		die "the last run has fewer than ten pairs" "run: make bench BASE=$BASE"
fi
"$TOP/scripts/bench.py" --check "$run"
mkdir -p "$TOP/results/bench"
cp "$run" "$TOP/$record"
say "results: $TOP/$record"
