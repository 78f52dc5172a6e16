// SPDX-License-Identifier: GPL-2.0
/* What a person has to decide on: each place has to be reported. */
#include "demo.h"

#define DEMO_CALL(what)		page_frag_##what
#define demo_room(ring)		((ring)->pf_cache.offset)

typedef void *(*demo_alloc_t)(struct page_frag_cache *nc, unsigned int size,
			      gfp_t gfp);

static struct page_frag_cache demo_global = {
	.va = NULL,
	.offset = 0,
};

static demo_alloc_t demo_pointer = page_frag_alloc;

static unsigned int demo_left(struct demo_ring *ring)
{
	return ring->pf_cache.offset;
}

static bool demo_fits(struct page_frag_cache *nc, unsigned int size)
{
	return nc->va && nc->offset >= size;
}

void demo_steal(struct page_frag_cache *nc, void **buf)
{
	*buf = nc->va + nc->offset;
	nc->pagecnt_bias--;
	if (demo_room((struct demo_ring *)nc))
		DEMO_CALL(free)(demo_pointer(nc, demo_left((void *)nc), 0));
	demo_fits(&demo_global, nc->size);
}
