#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# size-kernels.sh: two x86_64 kernels with the guest's network paths and without its
# checkers, the base and the patched one; prints the directory that has of each SIDE
# vmlinux-SIDE, bzImage-SIDE, config-SIDE, tree-SIDE and release-SIDE; types-SIDE/, objects
# with the types; objects-SIDE, the sizes of what the series changes; and facts,
# the head of a record of them. Both are built in one place, one after the other: a path is
# part of what is compiled.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

work=$(work_dir)
build=$work/build/bench-size
typed=(net/core/{sock,skbuff}.o net/ipv4/{tcp,udp}.o net/mptcp/protocol.o)

kmake() { make -C "$work/bench-size-tree" O="$build" CC="ccache gcc" -j"$JOBS" "$@"; }

# id COMMIT: what a kernel is made of
id() {
	git -C "$work/tree" rev-parse "$1^{tree}"
	gcc -dumpfullversion
	cat "$TOP"/configs/{vm-x86_64,vm-net,size}.config "$TOP"/scripts/{config,size-kernels}.sh | sha256sum
}

# objects TREE: the files that the series changes and that are in this kernel: name, text, data,
# bss. An object without its source is of the other side.
objects() {
	local file
	git -C "$work/tree" diff --name-only base HEAD -- '*.c' | while read -r file; do
		if [ ! -e "$1/$file" ] || [ ! -e "$build/${file%.c}.o" ]; then continue; fi
		size "$build/${file%.c}.o" | awk -v OFS='\t' -v name="${file%.c}.o" 'NR == 2 { print name, $1, $2, $3 }'
	done
}

# build_side SIDE COMMIT
build_side() {
	local tree id
	id=$(id "$2")
	[ "$(cat "$build/id-$1" 2>/dev/null)" != "$id" ] || return 0
	rm -f "$build/id-$1"
	tree=$("$TOP/scripts/worktree.sh" bench-size "$2")
	"$TOP/scripts/config.sh" "$tree" "$build" x86_64 "$TOP"/configs/{vm-x86_64,vm-net,size}.config >&2
	step "building the $1 kernel" "$work/log/build-bench-size-$1.log" kmake vmlinux bzImage ||
		die "the $1 kernel does not build" "see $work/log/build-bench-size-$1.log"
	cp "$build/vmlinux" "$build/vmlinux-$1"
	cp "$build/arch/x86/boot/bzImage" "$build/bzImage-$1"
	objects "$tree" >"$build/objects-$1"
	step "types of the $1 kernel" "$work/log/build-bench-types-$1.log" kmake KCFLAGS=-g "${typed[@]}" ||
		die "the types of the $1 kernel do not build" "see $work/log/build-bench-types-$1.log"
	mkdir -p "$build/types-$1"
	cp "${typed[@]/#/$build/}" "$build/types-$1/"
	config_lines "$build/.config" >"$build/config-$1"
	git -C "$tree" rev-parse --short=12 'HEAD^{tree}' >"$build/tree-$1"
	make -s -C "$tree" kernelversion >"$build/release-$1"
	echo "$id" >"$build/id-$1"
}

facts() {
	local side
	echo "# SPDX-License-Identifier: GPL-2.0"
	for side in base patched; do
		echo "# $side $(cat "$build/release-$side") tree $(cat "$build/tree-$side")"
	done
	echo "# config $(sha256sum <"$build/config-base" | cut -c1-16) gcc $(gcc -dumpfullversion)"
}

need_space "$work" 3000
build_side base base
build_side patched HEAD
cmp "$build/config-base" "$build/config-patched" >&2 || die "the two kernels have different configurations" \
	"compare config-base and config-patched in $build"
facts >"$build/facts"
printf '%s\n' "$build"
