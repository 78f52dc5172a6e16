/* SPDX-License-Identifier: GPL-2.0 */
/* What the rows are made of, in a kernel without the series. */
#ifndef BENCH_API_H
#define BENCH_API_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <net/sock.h>

#define BENCH_SIDE	"base"

struct bench_builder {
	struct page_frag frag;
};

static inline void *bench_alloc_va(struct page_frag_cache *nc, unsigned int size)
{
	return page_frag_alloc(nc, size, GFP_ATOMIC);
}

static inline void *bench_alloc_va_align(struct page_frag_cache *nc,
					 unsigned int size, unsigned int align)
{
	return page_frag_alloc_align(nc, size, GFP_ATOMIC, align);
}

/* There is no other way to have the page of a fragment. */
static inline struct page *bench_alloc_both(struct page_frag_cache *nc,
					    unsigned int *offset,
					    unsigned int size, void **va)
{
	struct page *page;

	*va = page_frag_alloc(nc, size, GFP_ATOMIC);
	if (unlikely(!*va))
		return NULL;

	page = virt_to_head_page(*va);
	*offset = *va - page_address(page);
	return page;
}

static inline struct page *bench_alloc_pg(struct page_frag_cache *nc,
					  unsigned int *offset, unsigned int size)
{
	void *va;

	return bench_alloc_both(nc, offset, size, &va);
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

/* bench_build_sock() - as sockets ask: 32 bytes or what there is, told in @room */
static inline struct page *bench_build_sock(struct bench_builder *b,
					    unsigned int *room,
					    unsigned int *offset)
{
	if (unlikely(!skb_page_frag_refill(32, &b->frag, GFP_KERNEL)))
		return NULL;

	*room = b->frag.size - b->frag.offset;
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

static inline unsigned int bench_held_sock(const struct sock *sk)
{
	return sk->sk_frag.page ? compound_nr(sk->sk_frag.page) : 0;
}

static inline unsigned int bench_held_task(void)
{
	return current->task_frag.page ? compound_nr(current->task_frag.page) : 0;
}

#endif
