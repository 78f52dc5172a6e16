// SPDX-License-Identifier: GPL-2.0
/* Every old name of the interface, in the places where drivers have them. */
#include "demo.h"

#define demo_small(ring, gfp)	page_frag_alloc(&(ring)->pf_cache, 128, gfp)

static void *demo_get(struct demo_ring *ring, gfp_t gfp)
{
	return page_frag_alloc_align(&ring->pf_cache, DEMO_BUF, gfp,
				     SMP_CACHE_BYTES);
}

static void *demo_get_masked(struct demo_ring *ring, gfp_t gfp,
			     unsigned int align)
{
	if (align == 1)
		return page_frag_alloc(&ring->pf_cache,
				       DEMO_BUF, gfp);

	return __page_frag_alloc_align(&ring->pf_cache, DEMO_BUF, gfp, -align);
}

int demo_fill(struct demo_ring *ring, gfp_t gfp)
{
	void *buf;

	while (ring->used < ARRAY_SIZE(ring->buf)) {
		buf = ring->used & 1 ? demo_get(ring, gfp) :
		      ring->used & 2 ? demo_get_masked(ring, gfp, ring->used) :
		      demo_small(ring, gfp);
		if (!buf)
			return -ENOMEM;
		ring->buf[ring->used++] = buf;
	}
	return 0;
}

void demo_empty(struct demo_ring *ring)
{
	while (ring->used)
		page_frag_free(ring->buf[--ring->used]);
}

void demo_stop(struct demo_ring *ring)
{
	demo_empty(ring);
	page_frag_cache_drain(&ring->pf_cache);
}

/* For pages of the driver itself, which hold references of their own. */
void demo_pages_put(struct page *page, unsigned int held)
{
	__page_frag_cache_drain(page, held);
}

const struct demo_ops demo_ops = {
	.release = page_frag_free,
	.get = __page_frag_alloc_align,
};
