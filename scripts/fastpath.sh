#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fastpath.sh [--check]: what a call costs in code, x86_64: instructions when there
# is room, of one call on base and patched, and of each call of tests/fastpath/calls.c;
# text of the caller and of the allocator, size of the cache. With --check: fails if a
# call of the patched kernel has not the instructions that results/BASE.tsv says, or,
# with another compiler than there, more of them.
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

# What tests/fastpath/calls.c has, and what is counted where it is.
declare -A calls=(
	[calls_aligned]="by address, aligned to 64"
	[calls_by_page]="by page and offset"
	[calls_by_both]="by page, offset and address"
	[calls_commit]="prepare and commit"
	[calls_commit_noref]="prepare and commit without a reference"
	[calls_as_sockets]="prepare from the start of an idle page, and commit"
)

count() { python3 "$TOP/scripts/fastpath.py" "$@"; }

count_patched() {
	local build=$built
	build_caller "$tree" "$build" page_frag_cache.h page_frag_alloc_va
	count "$build/caller/caller.o:caller"
}

# count_calls: what each call of the patched kernel takes: NAME, a tab, instructions
count_calls() {
	local function number
	cp "$TOP/tests/fastpath/calls.c" "$built/caller/"
	"$TOP/scripts/external.sh" "$tree" "$built" "$built/caller" calls.o >&2
	build_allocator "$tree" "$built"
	for function in "${!calls[@]}"; do
		number=$(count "$built/caller/calls.o:$function") || return
		printf '%s\t%s\n' "${calls[$function]}" "$number"
	done
	number=$(count "$built/mm/page_frag_cache.o:page_frag_free_va") || return
	printf 'free, not the last of its page\t%s\n' "$number"
}

# held RECORD INSTRUCTIONS: as many as recorded, or no more with another compiler
held() {
	local limit
	limit=$(recorded "$1")
	[ -n "$limit" ] || die "results/$BASE.tsv has no '$1'" "run: make record BASE=$BASE"
	echo "${1%: patched}: patched: $2 instructions, recorded: $limit"
	[ "$2" -eq "$limit" ] && return
	[ "$2" -lt "$limit" ] && [ "$(recorded_with "$1")" != "$(compiler fastpath)" ]
}

# held_all: every call is, or those that are not have been named
held_all() {
	local name number rc=0
	while IFS=$'\t' read -r name number; do
		held "calls: $name: patched" "$number" || rc=1
	done <<<"$each"
	held "speed: $call: patched" "$patched" || rc=1
	return "$rc"
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
each=$(count_calls)
if [ "${1:-}" = --check ]; then
	held_all || die "a fast path has not the instructions recorded" "if that is meant, run: make record BASE=$BASE"
	exit 0
fi
base=$(count_base)
records_new fastpath
measured "speed: $call: base" "$base" instructions
measured "speed: $call: patched" "$patched" instructions
while IFS=$'\t' read -r name number; do
	measured "calls: $name: patched" "$number" instructions
done <<<"$each"
sizes base "$work/build/fastpath-base"
sizes patched "$built"
printf '@table speed@\n@table calls@\n@table size@\n' | "$TOP/scripts/render.py" "$records/fastpath.tsv"
