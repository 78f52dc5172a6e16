#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# bench-size.sh: what the series does to the size of an x86_64 kernel with the guest's
# network paths, and of its structs, into results/bench/BASE.size: lines TABLE, SIDE,
# NAME, BYTES, and the report of the kernel's own bloat-o-meter behind '| '. Both kernels
# are built in one place, one after the other: a path is part of what is compiled.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

work=$(work_dir)
build=$work/build/bench-size
out=$TOP/results/bench/$BASE.size
structs=page_frag_cache,page_frag,sock,task_struct
[ -z "$KERNEL_SRC" ] || die "results/bench/$BASE.size is of the packaged base, not of $KERNEL_SRC" \
	"run it without KERNEL_SRC"

kmake() { make -C "$work/bench-size-tree" O="$build" CC="ccache gcc" -j"$JOBS" "$@"; }

# build_side SIDE COMMIT: vmlinux-SIDE, config-SIDE and sock-SIDE.o, which has the types
build_side() {
	local tree
	tree=$("$TOP/scripts/worktree.sh" bench-size "$2")
	"$TOP/scripts/config.sh" "$tree" "$build" x86_64 "$TOP"/configs/vm-{x86_64,net}.config
	step "building the $1 kernel" "$work/log/build-bench-size-$1.log" kmake vmlinux ||
		die "the $1 kernel does not build" "see $work/log/build-bench-size-$1.log"
	cp "$build/vmlinux" "$build/vmlinux-$1"
	step "types of the $1 kernel" "$work/log/build-bench-types-$1.log" kmake KCFLAGS=-g net/core/sock.o ||
		die "net/core/sock.o of the $1 kernel does not build" "see $work/log/build-bench-types-$1.log"
	cp "$build/net/core/sock.o" "$build/sock-$1.o"
	config_lines "$build/.config" >"$build/config-$1"
	git -C "$tree" rev-parse --short=12 'HEAD^{tree}' >"$build/tree-$1"
	make -s -C "$tree" kernelversion >"$build/release-$1"
}

facts() {
	local side
	echo "# SPDX-License-Identifier: GPL-2.0"
	for side in base patched; do
		echo "# $side $(cat "$build/release-$side") tree $(cat "$build/tree-$side")"
	done
	echo "# config $(sha256sum <"$build/config-base" | cut -c1-16) gcc $(gcc -dumpfullversion)"
}

# kernel_size SIDE
kernel_size() {
	size "$build/vmlinux-$1" | awk -v OFS='\t' -v side="$1" 'NR == 2 {
		print "size", side, "text", $1; print "size", side, "data", $2
		print "size", side, "bss", $3; print "size", side, "total", $4 }'
}

# struct_sizes SIDE
struct_sizes() {
	pahole --sizes "$build/sock-$1.o" | awk -v OFS='\t' -v side="$1" -v wanted="$structs" '
		BEGIN { split(wanted, names, ","); for (i in names) want[names[i]] = 1 }
		$1 in want { print "struct", side, $1, $2 }' | sort -u
}

bloat() { python3 -B "$work/bench-size-tree/scripts/bloat-o-meter" "$build/vmlinux-base" "$build/vmlinux-patched"; }

need_space "$work" 3000
build_side base base
build_side patched HEAD
cmp "$build/config-base" "$build/config-patched" || die "the two kernels have different configurations" \
	"compare config-base and config-patched in $build"
mkdir -p "$TOP/results/bench"
{
	facts
	for side in base patched; do
		kernel_size "$side"
		struct_sizes "$side"
	done
	bloat | sed 's/^/| /; s/ *$//'
} >"$work/bench-size"
[ "$(grep -c '^struct' "$work/bench-size")" -ge 6 ] || die "pahole does not know the structs $structs" \
	"see $work/bench-size"
mv "$work/bench-size" "$out"
say "sizes: $out"
