/* SPDX-License-Identifier: GPL-2.0 */
/* A ring of receive buffers, as a driver outside the tree may have it. */
#ifndef _DEMO_H
#define _DEMO_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#define DEMO_BUF	1536

struct demo_ring {
	struct page_frag_cache pf_cache;
	void *buf[64];
	unsigned int used;
	bool from_reserve;
};

struct demo_ops {
	void (*release)(void *buf);
	void *(*get)(struct page_frag_cache *nc, unsigned int size, gfp_t gfp,
		     unsigned int align_mask);
};

int demo_fill(struct demo_ring *ring, gfp_t gfp);
void demo_empty(struct demo_ring *ring);
void demo_stop(struct demo_ring *ring);
void demo_stop_by_hand(struct demo_ring *ring);
void demo_steal(struct page_frag_cache *nc, void **buf);
void demo_pages_put(struct page *page, unsigned int held);
extern const struct demo_ops demo_ops;

#endif /* _DEMO_H */
