#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# bench-old.sh DIR: the two allocators of the base under other names, old.h and old.c, taken
# from its sources: so they can be run beside the series, in the same boot.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

git=$(work_dir)/tree
struct=include/linux/mm_types_task.h
allocator=mm/page_frag_cache.c
if ! git -C "$git" cat-file -e "base:$allocator" 2>/dev/null; then
	struct=include/linux/mm_types.h
	allocator=mm/page_alloc.c
fi

show() { git -C "$git" show "base:$1"; }

# from FILE NAME: that function
from() {
	show "$1" | sed -nE "/^[a-z].*[ *]$2\(/,/^\}/p" | grep . || die "the base has no $2() in $1" "see scripts/bench-old.sh"
	echo
}

# If the base has them: how it keeps an order and a flag beside the address.
encoded() {
	local header=include/linux/page_frag_cache.h name
	git -C "$git" cat-file -e "base:$header" 2>/dev/null || return 0
	printf '#include "../mm/page_alloc.h"\n\n#undef PAGE_FRAG_CACHE_ORDER_MASK\n#undef PAGE_FRAG_CACHE_PFMEMALLOC_BIT\n'
	show "$header" | sed -n '/^#if (PAGE_SIZE </,/^#define PAGE_FRAG_CACHE_PFMEMALLOC_BIT/p'
	echo
	from "$header" encoded_page_decode_pfmemalloc
	for name in create decode_order decode_virt decode_page; do from "$allocator" "encoded_page_$name"; done
}

# Other names for what the kernel has by these.
renamed() {
	sed -E 's/\bpage_frag_(free|cache_drain)\b/old_frag_\1/g
		s/\b__page_frag_(alloc_align|cache_drain|cache_refill)\b/__old_frag_\1/g
		s/\bstruct page_frag_cache\b/struct old_frag_cache/g
		s/\bskb_page_frag_refill\b/old_skb_frag_refill/g
		s/\b(encoded_page_)/old_\1/g; s/->old_encoded_page/->encoded_page/g
		s/\bnet_high_order_alloc_disable_key\b/old_order0_key/g'
}

header() {
	cat <<-'END'
		/* SPDX-License-Identifier: GPL-2.0 */
		#ifndef BENCH_OLD_H
		#define BENCH_OLD_H

		#include <linux/mm.h>

	END
	show "$struct" | sed -n '/^struct page_frag_cache {/,/^};/p'
	cat <<-'END'

		void __page_frag_cache_drain(struct page *page, unsigned int count);
		void page_frag_cache_drain(struct page_frag_cache *nc);
		void *__page_frag_alloc_align(struct page_frag_cache *nc, unsigned int fragsz,
					      gfp_t gfp_mask, unsigned int align_mask);
		void page_frag_free(void *addr);
		bool skb_page_frag_refill(unsigned int sz, struct page_frag *pfrag, gfp_t gfp);

		#endif
	END
}

source_file() {
	local name
	cat <<-'END'
		// SPDX-License-Identifier: GPL-2.0
		#include <linux/gfp.h>
		#include <linux/jump_label.h>
		#include "../mm/internal.h"
		#include "old.h"

		#undef SKB_FRAG_PAGE_ORDER
		#define SKB_FRAG_PAGE_ORDER get_order(32768)
		static DEFINE_STATIC_KEY_FALSE(net_high_order_alloc_disable_key);

	END
	encoded
	for name in __page_frag_cache_refill page_frag_cache_drain __page_frag_cache_drain __page_frag_alloc_align page_frag_free; do
		from "$allocator" "$name"
	done
	from net/core/sock.c skb_page_frag_refill
}

header | renamed >"$1/old.h.new"
source_file | renamed >"$1/old.c.new"
for file in old.h old.c; do
	# Files that do not differ keep their time.
	cmp -s "$1/$file.new" "$1/$file" || cp "$1/$file.new" "$1/$file"
	rm "$1/$file.new"
done
