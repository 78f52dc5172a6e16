/* SPDX-License-Identifier: GPL-2.0 */
/* What the rows are made of, in a kernel with the series. See base.h. */
#ifndef BENCH_API_H
#define BENCH_API_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/page_frag_cache.h>

#define BENCH_SIDE	"patched"

struct bench_builder {
	struct page_frag_cache cache;
};

static inline void *bench_alloc_va(struct page_frag_cache *nc, unsigned int size)
{
	return page_frag_alloc_va(nc, size, GFP_ATOMIC);
}

static inline void bench_free_va(void *va)
{
	page_frag_free_va(va);
}

static inline struct page *bench_build(struct bench_builder *b, unsigned int size,
				       unsigned int *offset)
{
	void *va;

	return page_frag_alloc_prepare(&b->cache, offset, &size, &va, GFP_KERNEL);
}

static inline void bench_built(struct bench_builder *b, unsigned int size)
{
	page_frag_alloc_commit(&b->cache, size);
}

static inline void bench_built_more(struct bench_builder *b, unsigned int size)
{
	page_frag_alloc_commit_noref(&b->cache, size);
}

static inline void bench_builder_drain(struct bench_builder *b)
{
	page_frag_cache_drain(&b->cache);
}

#endif
