/* SPDX-License-Identifier: GPL-2.0 */
/* What the rows are made of, in a kernel with the series. See base.h. */
#ifndef BENCH_API_H
#define BENCH_API_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/page_frag_cache.h>
#include <linux/sched.h>
#include <net/sock.h>

#define BENCH_SIDE	"patched"

struct bench_builder {
	struct page_frag_cache cache;
};

static inline void *bench_alloc_va(struct page_frag_cache *nc, unsigned int size)
{
	return page_frag_alloc_va(nc, size, GFP_ATOMIC);
}

static inline void *bench_alloc_va_align(struct page_frag_cache *nc,
					 unsigned int size, unsigned int align)
{
	return page_frag_alloc_va_align(nc, size, GFP_ATOMIC, align);
}

static inline struct page *bench_alloc_both(struct page_frag_cache *nc,
					    unsigned int *offset,
					    unsigned int size, void **va)
{
	return page_frag_alloc(nc, offset, size, va, GFP_ATOMIC);
}

static inline struct page *bench_alloc_pg(struct page_frag_cache *nc,
					  unsigned int *offset, unsigned int size)
{
	return page_frag_alloc_pg(nc, offset, size, GFP_ATOMIC);
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

static inline struct page *bench_build_sock(struct bench_builder *b,
					    unsigned int *room,
					    unsigned int *offset)
{
	void *va;

	*room = 32;
	return page_frag_alloc_prepare_rewind(&b->cache, offset, room, &va,
					      GFP_KERNEL);
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

/* The benchmark is the one user that looks into a cache. */
static inline unsigned int bench_held(const struct page_frag_cache *nc)
{
	return nc->encoded_end ? compound_nr(page_frag_cache_page(nc)) : 0;
}

static inline unsigned int bench_held_sock(const struct sock *sk)
{
	return bench_held(&sk->sk_frag_cache);
}

static inline unsigned int bench_held_task(void)
{
	return bench_held(&current->task_frag_cache);
}

#endif
