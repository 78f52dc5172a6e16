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

static int bench_old_free(const struct bench_row *row, u64 ops,
			  struct bench_result *res)
{
	static const struct bench_ops how = { bench_take_old, bench_give_old };
	struct bench_old old = {};
	int err = bench_loop(row, ops, res, &how, &old);

	bench_old_drain(&old);
	return err;
}

static int bench_old_put(const struct bench_row *row, u64 ops,
			 struct bench_result *res)
{
	static const struct bench_ops how = {
		bench_take_old_build, bench_give_old_page
	};
	struct bench_old old = {};
	int err = bench_loop(row, ops, res, &how, &old);

	bench_old_drain(&old);
	return err;
}

static const struct bench_row rows[] = {
	BENCH_SIZES("old-alloc-free", "peer", bench_old_free, 8000000, 1),
	{ "old-alloc-free-x16/256", "peer", bench_old_free, 8000000, 256, 16 },
	{ "old-alloc-free-x64/256", "peer", bench_old_free, 8000000, 256, 64 },
	BENCH_SIZES("old-build-put", "peer", bench_old_put, 8000000, 1),
	{ "old-build-put-x16/256", "peer", bench_old_put, 8000000, 256, 16 },
	{ "old-build-put-x64/256", "peer", bench_old_put, 8000000, 256, 64 },
};

const struct bench_rows bench_replaced_rows = { rows, ARRAY_SIZE(rows) };
