// SPDX-License-Identifier: GPL-2.0
/* The allocator alone. */
#include <linux/list.h>

#include "api.h"
#include "loop.h"

#define BENCH_ALIGN	64
/*
 * Blocks that are given back in pieces, for what needs a page of order 0: more than the
 * watermarks keep from those that can wait.
 */
#define BENCH_PIECES	1024
#define BENCH_TRIES	10

struct bench_state {
	struct page_frag_cache nc;
	struct bench_builder builder;
	struct page *held;
	u64 large;
};

static void *bench_take_va(void *state, unsigned int size)
{
	struct bench_state *s = state;

	return bench_alloc_va(&s->nc, size);
}

static void *bench_take_align(void *state, unsigned int size)
{
	struct bench_state *s = state;

	return bench_alloc_va_align(&s->nc, size, BENCH_ALIGN);
}

static void *bench_take_pg(void *state, unsigned int size)
{
	struct bench_state *s = state;
	unsigned int offset = 0;
	struct page *page = bench_alloc_pg(&s->nc, &offset, size);

	OPTIMIZER_HIDE_VAR(offset);
	return page;
}

static void *bench_take_both(void *state, unsigned int size)
{
	struct bench_state *s = state;
	unsigned int offset = 0;
	void *va = NULL;
	struct page *page = bench_alloc_both(&s->nc, &offset, size, &va);

	OPTIMIZER_HIDE_VAR(offset);
	OPTIMIZER_HIDE_VAR(va);
	return page;
}

/* As a protocol does: ask, look where it is, take it. */
static void *bench_take_build(void *state, unsigned int size)
{
	struct bench_state *s = state;
	unsigned int offset = 0;
	struct page *page = bench_build(&s->builder, size, &offset);

	OPTIMIZER_HIDE_VAR(offset);
	if (likely(page))
		bench_built(&s->builder, size);
	return page;
}

static void *bench_take_sock(void *state, unsigned int size)
{
	struct bench_state *s = state;
	unsigned int offset = 0, room = 0;
	struct page *page = bench_build_sock(&s->builder, &room, &offset);

	OPTIMIZER_HIDE_VAR(offset);
	if (unlikely(!page || room < size))
		return NULL;
	bench_built(&s->builder, size);
	return page;
}

/*
 * An skb that grows: its first fragment of a page holds a reference, what is added to
 * that takes none. When the page is full it goes, and the next one is new.
 */
static void *bench_take_more(void *state, unsigned int size)
{
	struct bench_state *s = state;
	unsigned int offset = 0;
	struct page *page = bench_build(&s->builder, size, &offset);

	OPTIMIZER_HIDE_VAR(offset);
	if (likely(page && page == s->held)) {
		bench_built_more(&s->builder, size);
	} else if (page) {
		bench_built(&s->builder, size);
		if (s->held)
			put_page(s->held);
		s->held = page;
	}
	return page;
}

static void *bench_take_new(void *state, unsigned int size)
{
	struct bench_state *s = state;
	void *va = bench_alloc_va(&s->nc, size);

	page_frag_cache_drain(&s->nc);
	return va;
}

/*
 * The same, looking at the order: each asks for a page of high order, and may get what
 * somebody gave back meanwhile.
 */
static void *bench_take_small(void *state, unsigned int size)
{
	struct bench_state *s = state;
	void *va = bench_take_new(state, size);

	if (likely(va))
		s->large += PageCompound(virt_to_page(va));
	return va;
}

static void bench_give_va(void *state, void *held)
{
	bench_free_va(held);
}

static void bench_give_page(void *state, void *held)
{
	put_page(held);
}

static void bench_give_none(void *state, void *held)
{
}

static void bench_drain(struct bench_state *s)
{
	page_frag_cache_drain(&s->nc);
	bench_builder_drain(&s->builder);
	if (s->held)
		put_page(s->held);
}

/* A function for each, in which take and give are compiled into the loop. */
#define BENCH_LOOP(NAME, TAKE, GIVE)					\
static int bench_##NAME(const struct bench_row *row, u64 ops,		\
			struct bench_result *res)			\
{									\
	static const struct bench_ops how = {				\
		bench_take_##TAKE, bench_give_##GIVE			\
	};								\
	struct bench_state state = {};					\
	int err = bench_loop(row, ops, res, &how, &state);		\
									\
	bench_drain(&state);						\
	return state.large > ops / 100 ? -EAGAIN : err;			\
}

BENCH_LOOP(alloc_free, va, va)
BENCH_LOOP(alloc_align_free, align, va)
BENCH_LOOP(alloc_pg_put, pg, page)
BENCH_LOOP(alloc_both_put, both, page)
BENCH_LOOP(build_put, build, page)
BENCH_LOOP(sock_put, sock, page)
BENCH_LOOP(build_more, more, none)
BENCH_LOOP(refill_new, new, va)
BENCH_LOOP(refill_small, small, va)

static __always_inline int
bench_alloc_by(const struct bench_row *row, u64 ops, struct bench_result *res,
	       void *(*take)(void *state, unsigned int size))
{
	struct bench_state state = {};
	int err = bench_spend_loop(row, ops, res, take, &state);

	bench_drain(&state);
	return err;
}

static int bench_alloc(const struct bench_row *row, u64 ops,
		       struct bench_result *res)
{
	return bench_alloc_by(row, ops, res, bench_take_va);
}

static int bench_alloc_align(const struct bench_row *row, u64 ops,
			     struct bench_result *res)
{
	return bench_alloc_by(row, ops, res, bench_take_align);
}

/* All memory there is in blocks of order 3, and blocks with a hole of order 2. */
struct bench_hog {
	struct list_head blocks;
	struct list_head pieces;
};

static void bench_hog_split(struct bench_hog *hog, struct page *block)
{
	unsigned int i;

	split_page(block, BENCH_ORDER);
	list_add(&block->lru, &hog->pieces);
	for (i = 1; i < 1 << BENCH_ORDER; i++)
		__free_page(block + i);
}

/* The flags are those of the allocators' own first try. */
static struct page *bench_hog_block(void)
{
	gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC;

	return alloc_pages(gfp, BENCH_ORDER);
}

static void bench_hog_fill(struct bench_hog *hog)
{
	struct page *block;

	while ((block = bench_hog_block()))
		list_add(&block->lru, &hog->blocks);
}

/* Twice: what a watermark kept back can be had once there are pages again. */
static int bench_hog_take(struct bench_hog *hog)
{
	struct page *block;
	unsigned int i;

	bench_hog_fill(hog);
	for (i = 0; i < BENCH_PIECES && !list_empty(&hog->blocks); i++) {
		block = list_first_entry(&hog->blocks, struct page, lru);
		list_del(&block->lru);
		bench_hog_split(hog, block);
	}
	bench_hog_fill(hog);
	return i == BENCH_PIECES ? 0 : -ENOMEM;
}

static void bench_hog_give(struct bench_hog *hog)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &hog->pieces, lru)
		__free_page(page);
	list_for_each_entry_safe(page, next, &hog->blocks, lru)
		__free_pages(page, BENCH_ORDER);
}

/* bench_order0() - another row while there is no page of high order; -EAGAIN: there was */
static int bench_order0(const struct bench_row *row, u64 ops,
			struct bench_result *res,
			int (*run)(const struct bench_row *row, u64 ops,
				   struct bench_result *res))
{
	struct bench_hog hog = {
		.blocks = LIST_HEAD_INIT(hog.blocks),
		.pieces = LIST_HEAD_INIT(hog.pieces),
	};
	int err = bench_hog_take(&hog) ?: -EAGAIN;
	unsigned int tries;

	for (tries = 0; err == -EAGAIN && tries < BENCH_TRIES; tries++) {
		bench_hog_fill(&hog);
		*res = (struct bench_result) {};
		err = run(row, ops, res);
	}
	bench_hog_give(&hog);
	return err;
}

/*
 * The page that the first one gets is used again, by all others: also by one more, which
 * tells its order.
 */
static int bench_small_free(const struct bench_row *row, u64 ops,
			    struct bench_result *res)
{
	static const struct bench_ops how = { bench_take_va, bench_give_va };
	struct bench_state state = {};
	int err = bench_loop(row, ops, res, &how, &state);
	void *va = bench_take_va(&state, row->size);
	bool large = va && PageCompound(virt_to_page(va));

	if (va)
		bench_free_va(va);
	bench_drain(&state);
	return large ? -EAGAIN : err;
}

static int bench_small_build(const struct bench_row *row, u64 ops,
			     struct bench_result *res)
{
	static const struct bench_ops how = { bench_take_build, bench_give_page };
	struct bench_state state = {};
	int err = bench_loop(row, ops, res, &how, &state);
	struct page *page = bench_take_build(&state, row->size);
	bool large = page && PageCompound(page);

	if (page)
		put_page(page);
	bench_drain(&state);
	return large ? -EAGAIN : err;
}

static int bench_order0_free(const struct bench_row *row, u64 ops,
			     struct bench_result *res)
{
	return bench_order0(row, ops, res, bench_small_free);
}

static int bench_order0_build(const struct bench_row *row, u64 ops,
			      struct bench_result *res)
{
	return bench_order0(row, ops, res, bench_small_build);
}

static int bench_order0_new(const struct bench_row *row, u64 ops,
			    struct bench_result *res)
{
	return bench_order0(row, ops, res, bench_refill_small);
}

static const struct bench_row rows[] = {
	BENCH_SIZES("alloc", "time", bench_alloc, 32000000, 0),
	BENCH_SIZES("alloc-align", "time", bench_alloc_align, 32000000, 0),
	BENCH_SIZES("alloc-free", "time", bench_alloc_free, 8000000, 1),
	BENCH_SIZES("alloc-free-x16", "time", bench_alloc_free, 8000000, 16),
	BENCH_SIZES("alloc-free-x64", "time", bench_alloc_free, 8000000, 64),
	BENCH_SIZES("alloc-align-free", "time", bench_alloc_align_free, 8000000, 1),
	{ "alloc-align-free-x16/256", "time", bench_alloc_align_free, 8000000, 256, 16 },
	{ "alloc-align-free-x64/256", "time", bench_alloc_align_free, 8000000, 256, 64 },
	BENCH_SIZES("alloc-pg-put", "time", bench_alloc_pg_put, 8000000, 1),
	{ "alloc-pg-put-x64/256", "time", bench_alloc_pg_put, 8000000, 256, 64 },
	BENCH_SIZES("alloc-both-put", "time", bench_alloc_both_put, 8000000, 1),
	{ "alloc-both-put-x64/256", "time", bench_alloc_both_put, 8000000, 256, 64 },
	BENCH_SIZES("build-put", "time", bench_build_put, 8000000, 1),
	{ "build-put-x16/256", "time", bench_build_put, 8000000, 256, 16 },
	{ "build-put-x64/256", "time", bench_build_put, 8000000, 256, 64 },
	{ "sock-put/256", "time", bench_sock_put, 8000000, 256, 1 },
	{ "sock-put/1024", "time", bench_sock_put, 8000000, 1024, 1 },
	{ "sock-put-x16/256", "time", bench_sock_put, 8000000, 256, 16 },
	BENCH_SIZES("build-more", "time", bench_build_more, 24000000, 1),
	{ "refill-new/256", "time", bench_refill_new, 600000, 256, 1 },
	{ "refill-new/4096", "time", bench_refill_new, 600000, 4096, 1 },
	{ "order0/256", "time", bench_order0_free, 8000000, 256, 1 },
	{ "order0/4096", "time", bench_order0_free, 4000000, 4096, 1 },
	{ "order0-build/256", "time", bench_order0_build, 8000000, 256, 1 },
	{ "order0-build/4096", "time", bench_order0_build, 4000000, 4096, 1 },
	{ "order0-new/256", "time", bench_order0_new, 100000, 256, 1 },
};

const struct bench_rows bench_micro_rows = { rows, ARRAY_SIZE(rows) };
