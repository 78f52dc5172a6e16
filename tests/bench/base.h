/* SPDX-License-Identifier: GPL-2.0 */
/* What the rows are made of, in a kernel without the series. */
#ifndef BENCH_API_H
#define BENCH_API_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/skbuff.h>

#define BENCH_SIDE	"base"

struct bench_builder {
	struct page_frag frag;
};

static inline void *bench_alloc_va(struct page_frag_cache *nc, unsigned int size)
{
	return page_frag_alloc(nc, size, GFP_ATOMIC);
}

static inline void bench_free_va(void *va)
{
	page_frag_free(va);
}

/* bench_build() - room for @size bytes; it is not given to anybody yet */
static inline struct page *bench_build(struct bench_builder *b, unsigned int size,
				       unsigned int *offset)
{
	if (unlikely(!skb_page_frag_refill(size, &b->frag, GFP_KERNEL)))
		return NULL;

	*offset = b->frag.offset;
	return b->frag.page;
}

/* bench_built() - what was built is a fragment of its own */
static inline void bench_built(struct bench_builder *b, unsigned int size)
{
	get_page(b->frag.page);
	b->frag.offset += size;
}

/* bench_built_more() - what was built is the end of the last fragment */
static inline void bench_built_more(struct bench_builder *b, unsigned int size)
{
	b->frag.offset += size;
}

static inline void bench_builder_drain(struct bench_builder *b)
{
	if (b->frag.page)
		put_page(b->frag.page);
}

#endif
