#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# bench-size.sh: what the series does to the size of an x86_64 kernel with the guest's
# network paths, of the files in it that the series changes, of those that are not in it, with
# allmodconfig, and of its structs, into results/bench/BASE.size: lines TABLE, SIDE, NAME,
# BYTES; behind '| ' the report of the kernel's own bloat-o-meter, and behind '= ' the structs
# as pahole shows them.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

work=$(work_dir)
out=$TOP/results/bench/$BASE.size
# shellcheck source=scripts/allmod.sh
. "$TOP/scripts/allmod.sh"
structs=page_frag_cache,page_frag,sock,tcp_sock,udp_sock,mptcp_sock,task_struct
[ -z "$KERNEL_SRC" ] || die "results/bench/$BASE.size is of the packaged base, not of $KERNEL_SRC" \
	"run it without KERNEL_SRC"

# kernel_size SIDE
kernel_size() {
	size "$build/vmlinux-$1" | awk -v OFS='\t' -v side="$1" 'NR == 2 {
		print "size", side, "text", $1; print "size", side, "data", $2
		print "size", side, "bss", $3; print "size", side, "total", $4 }'
}

# object_sizes SIDE: text and data
object_sizes() {
	awk -F'\t' -v OFS='\t' -v side="$1" '{ print "object", side, $1, $2 + $3 }' "$build/objects-$1"
}

# others: what the series changes, on both sides, and that kernel does not have
others() {
	local name
	comm -12 <(allmod_objects | sort) <(git -C "$work/tree" diff --name-only base HEAD -- '*.c' | sed 's/c$/o/' | sort) |
		grep -vxFf <(cut -f 1 "$build"/objects-{base,patched}) |
		while read -r name; do
			! git -C "$work/tree" cat-file -e "base:${name%o}c" 2>/dev/null || printf '%s\n' "$name"
		done
}

# compile_others NAME...: of $tree, in $build
compile_others() { allmod_configure && rm -f "${@/#/$build/}" && kmake "$@"; }

# other_sizes SIDE COMMIT NAME...: text and data; one place for both sides, and a copy of each
other_sizes() {
	local build=$work/build/bench-objects name tree
	tree=$("$TOP/scripts/worktree.sh" bench-size "$2")
	mkdir -p "$build"
	step "other objects of the $1 kernel" "$work/log/build-bench-objects-$1.log" compile_others "${@:3}" ||
		die "the other objects of the $1 kernel do not build" "see $work/log/build-bench-objects-$1.log"
	for name in "${@:3}"; do
		mkdir -p "$build/$1/${name%/*}"
		cp "$build/$name" "$build/$1/$name"
		size "$build/$name" | awk -v OFS='\t' -v side="$1" -v name="$name" 'NR == 2 { print "allmod", side, name, $1 + $2 }'
	done
}

# layouts SIDE: the structs that a cache is, and where there is room in the one that has it
layouts() {
	echo "= $1:"
	pahole -C page_frag_cache,page_frag "$build/types-$1/skbuff.o" 2>/dev/null | expand | sed 's/^/= /; s/ *$//'
	echo "= struct sock, where its fragments come from, holes and sum:"
	pahole -C sock "$build/types-$1/sock.o" 2>/dev/null | expand |
		grep -E 'struct page_frag|XXX|/\* (size|sum|last|padding|paddings)' | sed 's/^/= /; s/ *$//'
}

# struct_sizes SIDE
struct_sizes() {
	local object
	for object in "$build/types-$1"/*.o; do pahole --sizes "$object"; done | awk -v OFS='\t' -v side="$1" -v wanted="$structs" '
		BEGIN { split(wanted, names, ","); for (i in names) want[names[i]] = 1 }
		$1 in want { print "struct", side, $1, $2 }' | sort -u
}

# others_bloat NAME...: of each, where there is a difference
others_bloat() {
	local name old=$work/build/bench-objects
	for name; do
		! cmp -s "$old/base/$name" "$old/patched/$name" || continue
		printf '\n%s\n' "$name"
		python3 -B "$work/bench-size-tree/scripts/bloat-o-meter" "$old/base/$name" "$old/patched/$name"
	done
}

bloat() { python3 -B "$work/bench-size-tree/scripts/bloat-o-meter" "$build/vmlinux-base" "$build/vmlinux-patched"; }

build=$("$TOP/scripts/size-kernels.sh")
mapfile -t others < <(others)
[ ${#others[@]} -gt 0 ] || die "that kernel has all that the series changes" "see others() in scripts/bench-size.sh"
mkdir -p "$TOP/results/bench"
{
	cat "$build/facts"
	for side in base patched; do
		kernel_size "$side"
		object_sizes "$side"
		struct_sizes "$side"
		layouts "$side"
	done
	other_sizes base base "${others[@]}"
	other_sizes patched HEAD "${others[@]}"
	{ bloat && others_bloat "${others[@]}"; } | sed 's/^/| /; s/ *$//'
} >"$work/bench-size"
[ "$(grep -c '^struct' "$work/bench-size")" -ge 12 ] || die "pahole does not know the structs $structs" \
	"see $work/bench-size"
mv "$work/bench-size" "$out"
say "sizes: $out"
