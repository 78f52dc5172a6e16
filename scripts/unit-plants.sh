# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Each checker of make unit has to notice a bug that is planted for it. Sourced by
# unit.sh; the checkers are those of unit-lib.sh, on a copy of the sources.

plants=$work/build/unit/plants

# plant FILE SED PATTERN CHECKER...: the checker fails, and says PATTERN
plant() {
	local file=$1 edit=$2 pattern=$3 sources=$plants/src out=$plants rc=0
	shift 3
	rm -rf "$sources"
	mkdir -p "$sources"
	cp -r "$TOP/mm" "$TOP/include" "$sources"
	sed -i "$edit" "$sources/$file" || return
	! cmp -s "$TOP/$file" "$sources/$file" || { echo "nothing was planted: $edit"; return 1; }
	"$@" >"$plants/log" 2>&1 || rc=$?
	[ "$rc" -ne 0 ] || { echo "not noticed: $edit"; return 1; }
	grep -aE -m1 "$pattern" "$plants/log" || { tail -n 15 "$plants/log"; echo "no '$pattern'"; return 1; }
}

# twin NAME: the broken model is found wrong
twin() {
	local log
	! log=$(model "-D$1" 2>&1) || { echo "not noticed: $1"; return 1; }
	grep -m1 'assertion violated' <<<"$log"
}

asan() {
	umake asan CC=gcc "$out/asan/unit" || return
	"$out/asan/unit" "$@"
}

sweep() {
	umake asan CC=gcc "$out/asan/sweep" || return
	"$out/asan/sweep"
}

# A mutant that lives, and a file without the reason for it.
unexplained() {
	local log
	! log=$("$TOP/scripts/mutate.py" --only 'WARN(1,' --survivors /dev/null "$TOP" "$tree" "$plants/mutate" 1) ||
		{ echo "not noticed"; return 1; }
	grep '^not ok 2 ' <<<"$log"
}

gate "plant: memset beyond the page, AddressSanitizer" plant mm/page_frag_cache.c \
	's/memset(page_frag_cache_start(nc), 0, size)/memset(page_frag_cache_start(nc), 0, size + 1)/' \
	'use-after-poison' asan
gate "plant: shift by 100, UndefinedBehaviorSanitizer" plant mm/page_frag_cache.c \
	's/size = PAGE_SIZE << order;/size = PAGE_SIZE << (order + 100);/' \
	'runtime error: shift exponent' asan
gate "plant: the old page given up first, sweep" plant mm/page_frag_cache.c \
	's/^\tstruct page \*page = page_frag_page_get(fragsz, gfp, &order);/\tstruct page *page; page_frag_cache_drain(nc); page = page_frag_page_get(fragsz, gfp, \&order);/' \
	'BUG: .*not so' sweep
gate "plant: a rewind that is not told, sweep" plant include/linux/page_frag_cache.h \
	's/tracepoint_enabled(page_frag_refill)/false/' \
	'BUG: .*not so' sweep
gate "plant: a size near UINT_MAX fits, fuzzer" plant include/linux/page_frag_cache.h \
	's/likely(fragsz - 1 < avail)/likely(fragsz + 15 < avail + 16)/' \
	'BUG: .*not so' fuzz_again 5000
gate "plant: a write before the count is looked at, ThreadSanitizer" plant mm/page_frag_cache.c \
	's/^\tif (page_ref_count(page_frag_cache_page(nc)) != nc->pagecnt_bias)/\t*(char *)page_frag_cache_start(nc) = 0;\n&/' \
	'WARNING: ThreadSanitizer: data race' threads clang
gate "plant: a rewind without a look at the count, ThreadSanitizer" plant include/linux/page_frag_cache.h \
	's/^\tif (page_ref_count(page) != nc->pagecnt_bias)/\tif (false)/' \
	'WARNING: ThreadSanitizer: data race' threads clang
for name in NO_RELEASE NO_BRANCH SHORT_BIAS NO_TOP_UP STORE_COUNT SET_COUNT SPLIT_TEST REUSE_FIRST; do
	gate "plant: model with $name" twin "$name"
done
gate "plant: a line that no test runs, coverage" plant mm/page_frag_cache.c \
	's/^\tunsigned int avail = 0;$/\tunsigned int avail = 0;\n\n\tif (fragsz == 54321)\n\t\treturn 0;/' \
	'NOT EXPLAINED' coverage "$TOP" 100 95
gate "plant: one instruction more, counts" plant include/linux/page_frag_cache.h \
	's/^\tnc->pagecnt_bias--;/\tnc->pagecnt_bias--; asm volatile("nop");/' \
	'recorded [0-9]+, now [0-9]+  DIFFERS' counts
gate "plant: one instruction fewer, counts" plant include/linux/page_frag_cache.h \
	's/^\t\*offset = va - start;$/\t*offset = 0;/' \
	'recorded [0-9]+, now [0-9]+  DIFFERS' counts
gate "plant: a mutant lives without a reason, mutate" unexplained
