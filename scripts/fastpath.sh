#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fastpath.sh [--check]: what one call costs in code, base and patched, x86_64:
# instructions when there is room, text of the caller and of the allocator, size
# of the cache. With --check: fails if the patched call has become longer than
# results/BASE.tsv says.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work
# shellcheck source=scripts/records.sh
. "$TOP/scripts/records.sh"

work=$(work_dir)
tree=${CHECK_TREE:-$work/tree}
built=$work/build${CHECK_TREE:+-gates}/fastpath
call="256 bytes by address, there is room"
objects=(mm/page_alloc.o mm/page_frag_cache.o)

# The caller is a file of its own in a copy, never in the tree.
caller() {
	cat <<-EOC
	// SPDX-License-Identifier: GPL-2.0
	#include <linux/mm.h>
	#include <linux/$1>
	char cache_size[sizeof(struct page_frag_cache)];
	void *caller(struct page_frag_cache *nc);
	void *caller(struct page_frag_cache *nc)
	{
		return $2(nc, 256, GFP_ATOMIC);
	}
	EOC
}

# build_caller TREE BUILD HEADER CALL
build_caller() {
	mkdir -p "$2/caller"
	caller "$3" "$4" >"$2/caller/caller.c"
	"$TOP/scripts/external.sh" "$1" "$2" "$2/caller" caller.o >&2
}

build_allocator() {
	local object targets=()
	for object in "${objects[@]}"; do
		[ ! -e "$1/${object%.o}.c" ] || targets+=("$object")
	done
	make -s -C "$1" O="$2" CC="ccache gcc" -j"$JOBS" "${targets[@]}" >&2
}

symbol_size() { nm -S --radix=d "$1" | awk -v name="$2" '$4 == name { print $2 + 0 }'; }

# sizes COLUMN BUILD
sizes() {
	local files=() object
	for object in "${objects[@]}"; do
		[ ! -e "$2/$object" ] || files+=("$2/$object")
	done
	measured "size: struct page_frag_cache, 64-bit: $1" "$(symbol_size "$2/caller/caller.o" cache_size)" bytes
	measured "size: text of a function with one such call: $1" "$(symbol_size "$2/caller/caller.o" caller)" bytes
	measured "size: text of the allocator and of page_alloc.c: $1" "$(size -t "${files[@]}" | awk 'END { print $1 }')" bytes
}

measured() { record fastpath "$@" "counted in the compiled code"; }

count() { python3 "$TOP/scripts/fastpath.py" "$@"; }

count_patched() {
	local build=$built
	build_caller "$tree" "$build" page_frag_cache.h page_frag_alloc_va
	count "$build/caller/caller.o:caller"
}

count_base() {
	local build=$work/build/fastpath-base header=gfp.h object=mm/page_alloc.o base
	base=$("$TOP/scripts/worktree.sh" base base)
	[ ! -e "$base/mm/page_frag_cache.c" ] || { header=page_frag_cache.h; object=mm/page_frag_cache.o; }
	build_caller "$base" "$build" "$header" page_frag_alloc
	build_allocator "$base" "$build"
	count "$build/caller/caller.o:caller" "$build/$object:__page_frag_alloc_align"
}

patched=$(count_patched)
if [ "${1:-}" = --check ]; then
	limit=$(recorded "speed: $call: patched")
	[ -n "$limit" ] || die "results/$BASE.tsv has no length of the fast path" "run: make record BASE=$BASE"
	echo "patched: $patched instructions, recorded: $limit"
	[ "$patched" -le "$limit" ]
	exit
fi
base=$(count_base)
build_allocator "$tree" "$built"
records_new fastpath
measured "speed: $call: base" "$base" instructions
measured "speed: $call: patched" "$patched" instructions
sizes base "$work/build/fastpath-base"
sizes patched "$built"
printf '@table speed@\n@table size@\n' | "$TOP/scripts/render.py" "$records/fastpath.tsv"
