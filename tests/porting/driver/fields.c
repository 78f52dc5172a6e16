// SPDX-License-Identifier: GPL-2.0
/* What drivers did with the fields before there were functions for it. */
#include "demo.h"

static void demo_reset(struct page_frag_cache *nc)
{
	if (nc->va)
		__page_frag_cache_drain(virt_to_head_page(nc->va),
					nc->pagecnt_bias);
	nc->va = NULL;
}

void demo_stop_by_hand(struct demo_ring *ring)
{
	struct page_frag_cache fresh;

	ring->from_reserve = ring->pf_cache.pfmemalloc;
	demo_reset(&ring->pf_cache);
	if (ring->pf_cache.va)
		__page_frag_cache_drain(virt_to_page(ring->pf_cache.va),
					ring->pf_cache.pagecnt_bias);
	ring->pf_cache.va = NULL;
	fresh.va = NULL;
	ring->pf_cache = fresh;
}
