#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fastpath.sh [--check]: instructions of page_frag_alloc_va(nc, 256, GFP_ATOMIC)
# that finds room, on x86_64, base and patched, from one compiled caller each.
# With --check: fails if the patched one is longer than tests/fastpath records.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

work=$(work_dir)
tree=$work/tree
record=$TOP/tests/fastpath
config=$TOP/configs/fastpath.config

kmake() { make -s -C "$1" O="$2" CC="ccache gcc" -j"$JOBS" "${@:3}"; }

# The caller is a file of its own in a copy, never in the tree.
caller() {
	cat <<-EOF
	// SPDX-License-Identifier: GPL-2.0
	#include <linux/mm.h>
	#include <linux/$1>
	void *caller(struct page_frag_cache *nc);
	void *caller(struct page_frag_cache *nc)
	{
		return $2(nc, 256, GFP_ATOMIC);
	}
	EOF
}

# build_caller TREE BUILD HEADER CALL
build_caller() {
	"$TOP/scripts/config.sh" "$1" "$2" x86_64 "$config"
	kmake "$1" "$2" prepare modules_prepare
	mkdir -p "$2/caller"
	caller "$3" "$4" >"$2/caller/caller.c"
	echo 'obj-m := caller.o' >"$2/caller/Makefile"
	make -s -C "$2" M="$2/caller" CC="ccache gcc" caller.o
}

# The base is checked out aside, only as far as it differs.
base_tree() {
	git -C "$tree" worktree prune
	[ -e "$work/base-tree/Makefile" ] ||
		git -C "$tree" worktree add -q --force --detach "$work/base-tree" base
}

count_patched() {
	build_caller "$tree" "$work/build/fastpath" page_frag_cache.h page_frag_alloc_va >&2
	python3 "$TOP/scripts/fastpath.py" "$work/build/fastpath/caller/caller.o:caller"
}

count_base() {
	local header=gfp.h object=mm/page_alloc.o
	base_tree
	[ ! -e "$work/base-tree/mm/page_frag_cache.c" ] || { header=page_frag_cache.h; object=mm/page_frag_cache.o; }
	build_caller "$work/base-tree" "$work/build/fastpath-base" "$header" page_frag_alloc >&2
	kmake "$work/base-tree" "$work/build/fastpath-base" "$object" >&2
	python3 "$TOP/scripts/fastpath.py" "$work/build/fastpath-base/caller/caller.o:caller" \
		"$work/build/fastpath-base/$object:__page_frag_alloc_align"
}

mkdir -p "$work/build"
patched=$(count_patched)
if [ "${1:-}" = --check ]; then
	recorded=$(awk -v base="$BASE" '$1 == base { print $3 }' "$record")
	echo "patched: $patched instructions, recorded: $recorded"
	[ "$patched" -le "$recorded" ]
	exit
fi
printf '%s: base %s, patched %s instructions (%s)\n' "$BASE" "$(count_base)" "$patched" "$(gcc -dumpfullversion)"
