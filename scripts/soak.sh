#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# soak.sh: the stress on the kernels and machines of tests/soak, or on those that SOAK
# names, SOAK_SECONDS for all of these; without, an hour for all there are, and each its
# share. TAP. What each run left (result, the kernel's log,
# configuration, command) is kept in a directory for this soak, LAYER_KEPT or one of its own
# in the cache; the file soak.last there names that of the last one that came to its end.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

SOAK=${SOAK:-}
SOAK_SECONDS=${SOAK_SECONDS:-}
[[ $SOAK_SECONDS =~ ^([1-9][0-9]*)?$ ]] ||
	die "SOAK_SECONDS is no number of seconds: $SOAK_SECONDS" "for example: make soak SOAK_SECONDS=3600"
STRESS_SEED=${STRESS_SEED:-1}
[[ $STRESS_SEED =~ ^[0-9]+$ ]] || die "STRESS_SEED is no number: $STRESS_SEED" "for example: make soak STRESS_SEED=1"
work=$(work_dir)
kept=${LAYER_KEPT:-$work/soak/$(date -u +%Y%m%dT%H%M%SZ)}

# keep NAME TAP: what the run left, if there was one
keep() {
	mkdir -p "$kept/$1"
	cp "$2" "$kept/$1/tap"
	[ ! -d "$work/run-stress" ] || "$TOP/scripts/keep.sh" "$work/run-stress" "$kept/$1"
}

# number_on NAME TAP: its lines as ours
number_on() {
	while read -r line; do
		n=$((n + 1))
		echo "${line%%ok *}ok $n - soak $1: ${line#*: }"
	done < <(grep -E '^(not )?ok ' "$2")
}

export GUEST_KIND=stress

# soak_one NAME KIND CPUS MIB DEBUG: with numbers of its own; a run that says nothing is a
# failure, too
soak_one() {
	local tap=$kept/tap rc=0
	rm -rf "$work/run-stress"
	seed=$((seed + 1))
	STRESS_ON=$2 VM_CPUS=$3 VM_MEMORY=$4 DEBUG=$5 STRESS_SECONDS=$each STRESS_SEED=$seed \
		"$TOP/scripts/stress.sh" >"$tap" </dev/null || rc=$?
	[ "$rc" -eq 0 ] || bad=1
	grep -qE '^(not )?ok ' "$tap" || echo "not ok - stress: ended with $rc before it began" >>"$tap"
	number_on "$1" "$tap"
	keep "$1" "$tap"
}

# about: what was soaked, a line
about() {
	printf 'about\t%s\tgcc %s\t%s\t%s\n' "$(make -s -C "$work/tree" kernelversion)" "$(gcc -dumpfullversion)" \
		"$(tree_id)" "$(date -u +%Y-%m-%d)"
}

mapfile -t machines < <(soak_rows "$SOAK")
want=$(wc -w <<<"$SOAK")
if [ ${#machines[@]} -eq 0 ] || { [ "$want" -gt 0 ] && [ ${#machines[@]} -ne "$want" ]; }; then
	die "SOAK names a machine that is not there: $SOAK" "known: $(soak_rows '' | awk '{ print $1 }' | paste -sd' ')"
fi
all=$(soak_rows '' | wc -l)
each=$((SOAK_SECONDS ? SOAK_SECONDS / ${#machines[@]} : (3600 + all - 1) / all))
[ "$each" -gt 0 ] || die "$SOAK_SECONDS s are too few for ${#machines[@]} machines" "set SOAK_SECONDS or SOAK"
mkdir -p "$kept"
about >"$kept/about"
n=0 bad=0 seed=$((STRESS_SEED - 1))
for row in "${machines[@]}"; do
	read -r name kind cpus mib words <<<"$row"
	soak_one "$name" "$kind" "$cpus" "$mib" "$words"
done
echo "1..$n"
rm -f "$kept/tap"
printf '%s\n' "$kept" >"$work/soak.last"
say "kept: $kept; make soak-record puts its figures into results/"
[ "$bad" -eq 0 ]
