// SPDX-License-Identifier: GPL-2.0
/* What the series replaces, as the base has it, in the same boot: scripts/bench-old.sh. */
#include <linux/mm.h>

#include "loop.h"
#include "old.h"

struct bench_old {
	struct old_frag_cache nc;
	struct page_frag frag;
};

static void *bench_take_old(void *state, unsigned int size)
{
	struct bench_old *old = state;

	return __old_frag_alloc_align(&old->nc, size, GFP_ATOMIC, ~0u);
}

static void *bench_take_old_align(void *state, unsigned int size)
{
	struct bench_old *old = state;

	return __old_frag_alloc_align(&old->nc, size, GFP_ATOMIC, -64);
}

static void bench_give_old(void *state, void *held)
{
	old_frag_free(held);
}

static void *bench_take_old_build(void *state, unsigned int size)
{
	struct page_frag *frag = &((struct bench_old *)state)->frag;
	unsigned int offset;

	if (unlikely(!old_skb_frag_refill(size, frag, GFP_KERNEL)))
		return NULL;
	offset = frag->offset;
	OPTIMIZER_HIDE_VAR(offset);
	get_page(frag->page);
	frag->offset += size;
	return frag->page;
}

/* As sockets ask: 32 bytes, or what there is. */
static void *bench_take_old_sock(void *state, unsigned int size)
{
	struct page_frag *frag = &((struct bench_old *)state)->frag;
	unsigned int offset, room;

	if (unlikely(!old_skb_frag_refill(32, frag, GFP_KERNEL)))
		return NULL;
	room = frag->size - frag->offset;
	offset = frag->offset;
	OPTIMIZER_HIDE_VAR(offset);
	if (unlikely(room < size))
		return NULL;
	get_page(frag->page);
	frag->offset += size;
	return frag->page;
}

static void bench_give_old_page(void *state, void *held)
{
	put_page(held);
}

static void bench_old_drain(struct bench_old *old)
{
	old_frag_cache_drain(&old->nc);
	if (old->frag.page)
		put_page(old->frag.page);
}

/* A function for each, in which take and give are compiled into the loop. */
#define BENCH_OLD(NAME, TAKE, GIVE)					\
static int bench_##NAME(const struct bench_row *row, u64 ops,		\
			struct bench_result *res)			\
{									\
	static const struct bench_ops how = {				\
		bench_take_##TAKE, bench_give_##GIVE			\
	};								\
	struct bench_old old = {};					\
	int err = bench_loop(row, ops, res, &how, &old);		\
									\
	bench_old_drain(&old);						\
	return err;							\
}

BENCH_OLD(old_free, old, old)
BENCH_OLD(old_align_free, old_align, old)
BENCH_OLD(old_put, old_build, old_page)
BENCH_OLD(old_sock_put, old_sock, old_page)

static int bench_old_alloc(const struct bench_row *row, u64 ops,
			   struct bench_result *res)
{
	struct bench_old old = {};
	int err = bench_spend_loop(row, ops, res, bench_take_old, &old);

	bench_old_drain(&old);
	return err;
}

static const struct bench_row rows[] = {
	BENCH_SIZES("old-alloc", "peer", bench_old_alloc, 32000000, 0),
	BENCH_SIZES("old-alloc-free", "peer", bench_old_free, 8000000, 1),
	{ "old-alloc-free-x16/256", "peer", bench_old_free, 8000000, 256, 16 },
	{ "old-alloc-free-x64/256", "peer", bench_old_free, 8000000, 256, 64 },
	BENCH_SIZES("old-alloc-align-free", "peer", bench_old_align_free, 8000000, 1),
	BENCH_SIZES("old-build-put", "peer", bench_old_put, 8000000, 1),
	{ "old-build-put-x16/256", "peer", bench_old_put, 8000000, 256, 16 },
	{ "old-build-put-x64/256", "peer", bench_old_put, 8000000, 256, 64 },
	{ "old-sock-put/256", "peer", bench_old_sock_put, 8000000, 256, 1 },
	{ "old-sock-put/1024", "peer", bench_old_sock_put, 8000000, 1024, 1 },
};

const struct bench_rows bench_replaced_rows = { rows, ARRAY_SIZE(rows) };
