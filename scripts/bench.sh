#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# bench.sh: the unpatched base and the patched kernel, built alike, with tests/bench
# in each; booted under UML by turns, PAIRS times; then the table of bench.py. With
# TRY=NAME the sides are the patched kernel and the same with tests/bench-tries/NAME. With
# PLACED=lines each pair has kernels of its own, whose code lies elsewhere, in both alike;
# with PLACED=inside the function that sends is another one inside too.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

PAIRS=${PAIRS:-10}
# For the kernel: bench.repeats=N, bench.scale=PERCENT, bench.only=PREFIX,PREFIX...
BENCH_ARGS=${BENCH_ARGS:-}
TRY=${TRY:-}
PLACED=${PLACED:-}
tries=$TOP/tests/bench-tries
work=$(work_dir)
raw=$work/log/bench${TRY:+-tries/$TRY}${PLACED:+-placed/$PLACED}
# With PLACED, what is linked behind each of these moves.
movable=(kernel/fork.c mm/page_frag_cache.c net/core/{sock,skbuff,datagram}.c net/ipv4/tcp{,_input,_output}.c)
pair=1
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
# are made of, and the base's allocators under other names. Files that do not differ keep their time.
put_bench() {
	local api
	api=$(sed "s/^#define BENCH_SIDE.*/#define BENCH_SIDE \"$2\"/" "$TOP/tests/bench/$3.h")
	mkdir -p "$1/bench"
	cp -u "$TOP"/tests/bench/{Kbuild,*.c,bench.h,loop.h,net.h} "$1/bench/"
	"$TOP/scripts/bench-old.sh" "$1/bench" || return
	cmp -s - "$1/bench/api.h" <<<"$api" || printf '%s\n' "$api" >"$1/bench/api.h"
	echo 'obj-y += bench/' >>"$1/Kbuild"
}

# some WHAT: 1 to 64, which the pair's number decides
some() {
	local sum
	sum=$(cksum <<<"$pair $1")
	echo $((${sum%% *} % 64 + 1))
}

# move_code TREE: by some cache lines behind each file
move_code() {
	local file
	for file in "${movable[@]}"; do
		[ -e "$1/$file" ] || continue
		printf '\nstatic void __used bench_moves_what_follows(void)\n{\n\tasm volatile(".skip %d, 0x90");\n}\n' \
			$((64 * $(some "$file"))) >>"$1/$file"
	done
}

# move_inside TREE: by some bytes in tcp_sendmsg_locked(), which jumps over them
move_inside() {
	local inside
	inside="\tasm volatile(\"jmp 1f; .skip $(some inside), 0x90; 1:\");"
	sed -i "/^int tcp_sendmsg_locked(/,/^}/ s/^\tflags = msg->msg_flags;$/$inside\n&/" "$1/net/ipv4/tcp.c"
	grep -q 'asm volatile("jmp 1f' "$1/net/ipv4/tcp.c" ||
		die "tcp_sendmsg_locked() does not begin as it did" "see move_inside in scripts/bench.sh"
}

# build_side SIDE COMMIT API [PATCH]: the kernel of that commit
build_side() {
	local build=$work/build/${where[$1]} tree
	tree=$("$TOP/scripts/worktree.sh" "${where[$1]}" "$2") || return
	[ -z "${4:-}" ] || git -C "$tree" apply "$4" || die "$4 does not apply" "see what changed in the files it names"
	[ -z "$PLACED" ] || move_code "$tree"
	[ "$PLACED" != inside ] || move_inside "$tree"
	put_bench "$tree" "$1" "$3" || return
	mkdir -p "$build"
	CC="ccache gcc" "$TOP/scripts/config.sh" "$tree" "$build" um "${fragments[@]}" || return
	step "building the $1 kernel" "$work/log/build-bench-$1.log" kmake "$tree" "$build" linux ||
		die "the $1 kernel does not build" "see $work/log/build-bench-$1.log"
	"$build/linux" --version >"$raw/version-$1"
}

config() { config_lines "$work/build/${where[$1]}/.config"; }

build_sides() {
	if [ -z "$TRY" ]; then
		build_side base base base && build_side patched HEAD patched
	else
		build_side base HEAD patched && build_side patched HEAD patched "$tries/$TRY"
	fi || return
	cmp <(config base) <(config patched) || die "the two kernels have different configurations" \
		"compare .config of ${where[base]} and ${where[patched]} in $work/build"
}

facts() {
	local side inside=
	[ "$PLACED" != inside ] || inside="inside of tcp_sendmsg_locked()"
	echo "# SPDX-License-Identifier: GPL-2.0"
	for side in base patched; do
		echo "# $side $(cat "$raw/version-$side") tree $(git -C "$work/${where[$side]}-tree" rev-parse --short=12 'HEAD^{tree}')"
	done
	[ -z "$PLACED" ] || echo "# placed: in each pair code lies elsewhere, behind ${movable[*]}${inside:+, and $inside}"
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
	local first=base second=patched
	for ((pair = 1; pair <= PAIRS; pair++)); do
		[ -z "$PLACED" ] || [ "$pair" -eq 1 ] || build_sides || return
		boot "$first" "$pair" 1 || return
		boot "$second" "$pair" 2 || return
		read -r first second <<<"$second $first"
	done
}

[[ $PAIRS =~ ^[1-9][0-9]*$ ]] || die "PAIRS is no number: $PAIRS" "make bench PAIRS=10"
# The module takes no more, and would leave out the others.
[[ ! $BENCH_ARGS =~ bench\.only=([^,\ ]*,){8} ]] || die "bench.only has more than eight prefixes" "give fewer, or shorter ones"
[[ $PLACED =~ ^(lines|inside)?$ ]] || die "PLACED is neither lines nor inside: $PLACED" "make bench PLACED=lines"
[ -z "$TRY" ] || [ -z "$PLACED" ] || die "TRY and PLACED are two questions" "give one of them"
[ -z "$TRY" ] || [ -f "$tries/$TRY" ] || die "no such try: $TRY" "one of: $(cd "$tries" && echo *)"
need_space "$work" 3000
rm -rf "$raw"
mkdir -p "$raw"
build_sides
facts >"$raw/run"
step "$PAIRS pairs of boots" "$work/log/bench-boot.log" boot_pairs ||
	die "a boot ended without its report, or a kernel was not built" "see $work/log/bench-boot.log and $raw, the last one there"
cat "$raw"/boot-* >>"$raw/run"
say "raw data: $raw/run"
rc=0
"$TOP/scripts/bench.py" "$raw/run" || rc=$?
# A finding is a record too.
[ "$rc" -eq 0 ] || [ "$rc" -eq 3 ] || exit 1
[ "$rc" -eq 0 ] || die "the patched kernel takes more than the base" "see the rows with MORE"
