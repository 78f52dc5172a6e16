#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fuzz.sh: libFuzzer on the allocator for FUZZ_SECONDS. What it finds is kept as
# crash-* beside the objects; what it learns is kept there too, as corpus/.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work
# shellcheck source=scripts/unit-lib.sh
. "$TOP/scripts/unit-lib.sh"

FUZZ_SECONDS=${FUZZ_SECONDS:-60}
FUZZ_SEED=${FUZZ_SEED:-1}
[[ $FUZZ_SECONDS =~ ^[1-9][0-9]*$ ]] || die "FUZZ_SECONDS=$FUZZ_SECONDS is no number of seconds" "make fuzz FUZZ_SECONDS=60"

"$TOP/scripts/deps.sh" unit
"$TOP/scripts/tree.sh"
log=$work/log/fuzz.log
say "seed $FUZZ_SEED, $FUZZ_SECONDS s"
step "fuzzing" "$log" fuzz -seed="$FUZZ_SEED" -max_total_time="$FUZZ_SECONDS" -print_final_stats=1 ||
	die "the fuzzer found something, or did not build: $log" \
	    "run it again on the input: $out/fuzz/fuzz $out/fuzz/crash-*; then make it a test with a name"
grep -a ' calls of the interface' "$log"
