#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# bench.sh: the unpatched base and the patched kernel, built alike, with tests/bench
# in each; booted under UML by turns, PAIRS times; then the table of bench.py. With
# TRY=NAME the sides are the patched kernel and the same with tests/bench-tries/NAME.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

PAIRS=${PAIRS:-10}
# For the kernel: bench.repeats=N, bench.scale=PERCENT, bench.only=PREFIX,PREFIX...
BENCH_ARGS=${BENCH_ARGS:-}
TRY=${TRY:-}
tries=$TOP/tests/bench-tries
work=$(work_dir)
raw=$work/log/bench${TRY:+-tries/$TRY}
# Where the kernel of each side is built.
declare -A where=([base]=bench-base [patched]=bench-patched)
[ -z "$TRY" ] || where=([base]=bench-patched [patched]=bench-try)
fragments=("$TOP/configs/bench.config")
machine=(mem=512M panic=-1)
if [ -n "${um_smp:-}" ]; then
	fragments+=("$TOP/configs/bench-smp.config")
	machine+=(seccomp=on ncpus=2)
fi

kmake() { make -C "$1" O="$2" ARCH=um CC="ccache gcc" -j"$JOBS" "${@:3}"; }

# put_bench TREE SIDE API: the benchmark, in a work tree of its own, with what the rows
# are made of. Files that do not differ keep their time.
put_bench() {
	local api
	api=$(sed "s/^#define BENCH_SIDE.*/#define BENCH_SIDE \"$2\"/" "$TOP/tests/bench/$3.h")
	mkdir -p "$1/bench"
	cp -u "$TOP"/tests/bench/{Kbuild,*.c,bench.h,loop.h,net.h} "$1/bench/"
	cmp -s - "$1/bench/api.h" <<<"$api" || printf '%s\n' "$api" >"$1/bench/api.h"
	echo 'obj-y += bench/' >>"$1/Kbuild"
}

# build_side SIDE COMMIT API [PATCH]: the kernel of that commit
build_side() {
	local build=$work/build/${where[$1]} tree
	tree=$("$TOP/scripts/worktree.sh" "${where[$1]}" "$2")
	[ -z "${4:-}" ] || git -C "$tree" apply "$4" || die "$4 does not apply" "see what changed in the files it names"
	put_bench "$tree" "$1" "$3"
	mkdir -p "$build"
	CC="ccache gcc" "$TOP/scripts/config.sh" "$tree" "$build" um "${fragments[@]}"
	step "building the $1 kernel" "$work/log/build-bench-$1.log" kmake "$tree" "$build" linux ||
		die "the $1 kernel does not build" "see $work/log/build-bench-$1.log"
	"$build/linux" --version >"$raw/version-$1"
}

config() { config_lines "$work/build/${where[$1]}/.config"; }

build_sides() {
	if [ -z "$TRY" ]; then
		build_side base base base
		build_side patched HEAD patched
	else
		build_side base HEAD patched
		build_side patched HEAD patched "$tries/$TRY"
	fi
}

facts() {
	local side
	echo "# SPDX-License-Identifier: GPL-2.0"
	for side in base patched; do
		echo "# $side $(cat "$raw/version-$side") tree $(git -C "$work/${where[$side]}-tree" rev-parse --short=12 'HEAD^{tree}')"
	done
	[ -z "$TRY" ] || echo "# try $TRY $(sha256sum <"$tries/$TRY" | cut -c1-16): $(sed -n 's/^Try: //p' "$tries/$TRY")"
	echo "# config $(config base | sha256sum | cut -c1-16) gcc $(gcc -dumpfullversion)"
	echo "# cpu $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1) x $(nproc)"
	echo "# bench $(cat "$TOP"/tests/bench/* | sha256sum | cut -c1-16) pairs $PAIRS machine ${machine[*]} $BENCH_ARGS"
}

# boot SIDE PAIR PLACE: again, twice at most, if others took too much. That is noted.
boot() {
	local args left load
	read -ra args <<<"$BENCH_ARGS"
	for left in 2 1 0; do
		"$TOP/scripts/bench-boot.py" "$1" "$2" "$3" "$raw" "$work/build/${where[$1]}/linux" \
			"${machine[@]}" "${args[@]}" || return
		load=$("$TOP/scripts/bench.py" --load "$raw/boot-$(printf %03d "$2")-$3-$1") || return
		[ -n "$load" ] && [ "$left" -gt 0 ] || return 0
		echo "# boot again: $2/$3 ($1), others took $load %" >>"$raw/run"
	done
}

# Each goes first in every other pair, so that neither has the warmer machine.
boot_pairs() {
	local pair first=base second=patched
	for ((pair = 1; pair <= PAIRS; pair++)); do
		boot "$first" "$pair" 1 || return
		boot "$second" "$pair" 2 || return
		read -r first second <<<"$second $first"
	done
}

[[ $PAIRS =~ ^[1-9][0-9]*$ ]] || die "PAIRS is no number: $PAIRS" "make bench PAIRS=10"
# The module takes no more, and would leave out the others.
[[ ! $BENCH_ARGS =~ bench\.only=([^,\ ]*,){8} ]] || die "bench.only has more than eight prefixes" "give fewer, or shorter ones"
[ -z "$TRY" ] || [ -f "$tries/$TRY" ] || die "no such try: $TRY" "one of: $(cd "$tries" && echo *)"
need_space "$work" 3000
rm -rf "$raw"
mkdir -p "$raw"
build_sides
cmp <(config base) <(config patched) || die "the two kernels have different configurations" \
	"compare .config of ${where[base]} and ${where[patched]} in $work/build"
facts >"$raw/run"
step "$PAIRS pairs of boots" "$work/log/bench-boot.log" boot_pairs ||
	die "a boot ended without its report" "see $raw, the last one there"
cat "$raw"/boot-* >>"$raw/run"
say "raw data: $raw/run"
rc=0
"$TOP/scripts/bench.py" "$raw/run" || rc=$?
# A finding is a record too.
[ "$rc" -eq 0 ] || [ "$rc" -eq 3 ] || exit 1
[ "$rc" -eq 0 ] || die "the patched kernel takes more than the base" "see the rows with MORE"
