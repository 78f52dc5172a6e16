#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# bench-size.sh: what the series does to the size of an x86_64 kernel with the guest's
# network paths, of the files in it that the series changes, and of its structs, into
# results/bench/BASE.size: lines TABLE, SIDE, NAME, BYTES; behind '| ' the report of the
# kernel's own bloat-o-meter, and behind '= ' the structs as pahole shows them.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

work=$(work_dir)
out=$TOP/results/bench/$BASE.size
structs=page_frag_cache,page_frag,sock,task_struct
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

# layouts SIDE: the structs that a cache is
layouts() {
	echo "= $1:"
	pahole -C page_frag_cache,page_frag "$build/skbuff-$1.o" 2>/dev/null | expand | sed 's/^/= /; s/ *$//'
}

# struct_sizes SIDE
struct_sizes() {
	local object
	for object in sock skbuff; do pahole --sizes "$build/$object-$1.o"; done | awk -v OFS='\t' -v side="$1" -v wanted="$structs" '
		BEGIN { split(wanted, names, ","); for (i in names) want[names[i]] = 1 }
		$1 in want { print "struct", side, $1, $2 }' | sort -u
}

bloat() { python3 -B "$work/bench-size-tree/scripts/bloat-o-meter" "$build/vmlinux-base" "$build/vmlinux-patched"; }

build=$("$TOP/scripts/size-kernels.sh")
mkdir -p "$TOP/results/bench"
{
	cat "$build/facts"
	for side in base patched; do
		kernel_size "$side"
		object_sizes "$side"
		struct_sizes "$side"
		layouts "$side"
	done
	bloat | sed 's/^/| /; s/ *$//'
} >"$work/bench-size"
[ "$(grep -c '^struct' "$work/bench-size")" -ge 6 ] || die "pahole does not know the structs $structs" \
	"see $work/bench-size"
mv "$work/bench-size" "$out"
say "sizes: $out"
