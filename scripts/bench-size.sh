#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# bench-size.sh: what the series does to the size of an x86_64 kernel with the guest's
# network paths, and of its structs, into results/bench/BASE.size: lines TABLE, SIDE,
# NAME, BYTES, and the report of the kernel's own bloat-o-meter behind '| '.
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

# struct_sizes SIDE
struct_sizes() {
	pahole --sizes "$build/sock-$1.o" | awk -v OFS='\t' -v side="$1" -v wanted="$structs" '
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
		struct_sizes "$side"
	done
	bloat | sed 's/^/| /; s/ *$//'
} >"$work/bench-size"
[ "$(grep -c '^struct' "$work/bench-size")" -ge 6 ] || die "pahole does not know the structs $structs" \
	"see $work/bench-size"
mv "$work/bench-size" "$out"
say "sizes: $out"
