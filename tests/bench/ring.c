// SPDX-License-Identifier: GPL-2.0
/*
 * Allocated on one processor, freed on the other. What the ring between them takes
 * is a row of its own, with pointers to nothing.
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ptr_ring.h>

#include "api.h"
#include "loop.h"

#define BENCH_RING	512
#define BENCH_NOTHING	((void *)-1L)

/* For ring-count: pages of 32 KiB, more of them than the ring has fragments of. */
#define BENCH_COUNTS	128
#define BENCH_COUNT_OF	32768
#define BENCH_BIAS	(BENCH_COUNT_OF + 1)

struct bench_count {
	atomic_t count;
} ____cacheline_aligned;

static struct bench_count bench_counts[BENCH_COUNTS];

struct bench_ring {
	struct ptr_ring ring;
	struct completion done;
	void (*give)(struct bench_ring *r);
	struct page_frag_cache nc;
	struct bench_builder builder;
	unsigned int page;
	unsigned int used;
	u64 ops;
};

static __always_inline void bench_put(struct bench_ring *r, void *ptr)
{
	while (unlikely(__ptr_ring_produce(&r->ring, ptr)))
		cpu_relax();
}

static __always_inline void *bench_get(struct bench_ring *r)
{
	void *ptr;

	while (unlikely(!(ptr = __ptr_ring_consume(&r->ring))))
		cpu_relax();
	return ptr;
}

static void bench_give_nothing(struct bench_ring *r)
{
	u64 i;

	for (i = 0; i < r->ops; i++)
		bench_get(r);
}

static void bench_give_va(struct bench_ring *r)
{
	u64 i;

	for (i = 0; i < r->ops; i++)
		bench_free_va(bench_get(r));
}

static void bench_give_page(struct bench_ring *r)
{
	u64 i;

	for (i = 0; i < r->ops; i++)
		put_page(bench_get(r));
}

static void bench_give_count(struct bench_ring *r)
{
	u64 i;

	for (i = 0; i < r->ops; i++)
		atomic_dec(bench_get(r));
}

static int bench_ring_thread(void *data)
{
	struct bench_ring *r = data;

	r->give(r);
	kthread_complete_and_exit(&r->done, 0);
}

static void *bench_take_nothing(struct bench_ring *r, unsigned int size)
{
	return BENCH_NOTHING;
}

static void *bench_take_va(struct bench_ring *r, unsigned int size)
{
	return bench_alloc_va(&r->nc, size);
}

/* The page is used up: what was not taken of its count goes, and the next has one. */
static noinline atomic_t *
bench_next_count(struct bench_ring *r, unsigned int size, int bias)
{
	atomic_t *count = &bench_counts[r->page].count;

	if (r->used)
		atomic_sub(bias ? bias - r->used / size : 1, count);
	r->page = (r->page + 1) % BENCH_COUNTS;
	r->used = 0;
	count = &bench_counts[r->page].count;
	atomic_set(count, bias ?: 1);
	return count;
}

/* What an allocator with a bias does to the count of a page, and nothing else. */
static void *bench_take_count(struct bench_ring *r, unsigned int size)
{
	atomic_t *count = &bench_counts[r->page].count;

	if (!r->used || r->used + size > BENCH_COUNT_OF)
		count = bench_next_count(r, size, BENCH_BIAS);
	r->used += size;
	return count;
}

/* What one does that takes a reference for each. */
static void *bench_take_get(struct bench_ring *r, unsigned int size)
{
	atomic_t *count = &bench_counts[r->page].count;

	if (!r->used || r->used + size > BENCH_COUNT_OF)
		count = bench_next_count(r, size, 0);
	r->used += size;
	atomic_inc(count);
	return count;
}

static void *bench_take_build(struct bench_ring *r, unsigned int size)
{
	unsigned int offset = 0;
	struct page *page = bench_build(&r->builder, size, &offset);

	OPTIMIZER_HIDE_VAR(offset);
	if (likely(page))
		bench_built(&r->builder, size);
	return page;
}

/* The other side counts: without memory it is tried again. */
static __always_inline u64
bench_ring_fill(struct bench_ring *r, unsigned int size,
		void *(*take)(struct bench_ring *r, unsigned int size))
{
	u64 i, failed = 0;
	void *ptr;

	for (i = 0; i < r->ops; i++) {
		while (unlikely(!(ptr = take(r, size))))
			failed++;
		bench_put(r, ptr);
	}
	return failed;
}

static int bench_ring_start(struct bench_ring *r)
{
	struct task_struct *task;
	int err = ptr_ring_init(&r->ring, BENCH_RING, GFP_KERNEL);

	if (err)
		return err;
	init_completion(&r->done);
	task = kthread_create(bench_ring_thread, r, "bench/ring");
	if (IS_ERR(task)) {
		ptr_ring_cleanup(&r->ring, NULL);
		return PTR_ERR(task);
	}
	kthread_bind(task, 1);
	wake_up_process(task);
	return 0;
}

static __always_inline int
bench_ring_by(const struct bench_row *row, u64 ops, struct bench_result *res,
	      void *(*take)(struct bench_ring *r, unsigned int size),
	      void (*give)(struct bench_ring *r))
{
	struct bench_ring r = { .ops = ops, .give = give };
	int err = bench_ring_start(&r);
	u64 start = ktime_get_ns();
	u64 failed;

	if (err)
		return err;
	failed = bench_ring_fill(&r, row->size, take);
	wait_for_completion(&r.done);
	res->ns = ktime_get_ns() - start;
	res->ops = ops;
	res->bytes = ops * row->size;
	page_frag_cache_drain(&r.nc);
	bench_builder_drain(&r.builder);
	ptr_ring_cleanup(&r.ring, NULL);
	return failed ? -ENOMEM : 0;
}

static int bench_ring_alone(const struct bench_row *row, u64 ops,
			    struct bench_result *res)
{
	return bench_ring_by(row, ops, res, bench_take_nothing,
			     bench_give_nothing);
}

static int bench_ring_alloc(const struct bench_row *row, u64 ops,
			    struct bench_result *res)
{
	return bench_ring_by(row, ops, res, bench_take_va, bench_give_va);
}

static int bench_ring_build(const struct bench_row *row, u64 ops,
			    struct bench_result *res)
{
	return bench_ring_by(row, ops, res, bench_take_build, bench_give_page);
}

static int bench_ring_count(const struct bench_row *row, u64 ops,
			    struct bench_result *res)
{
	return bench_ring_by(row, ops, res, bench_take_count, bench_give_count);
}

static int bench_ring_get(const struct bench_row *row, u64 ops,
			  struct bench_result *res)
{
	return bench_ring_by(row, ops, res, bench_take_get, bench_give_count);
}

static const struct bench_row rows[] = {
	{ "ring", "peer", bench_ring_alone, 8000000 },
	{ "ring-count/64", "peer", bench_ring_count, 1000000, 64 },
	{ "ring-count/256", "peer", bench_ring_count, 1000000, 256 },
	{ "ring-count/1024", "peer", bench_ring_count, 1000000, 1024 },
	{ "ring-count/4096", "peer", bench_ring_count, 1000000, 4096 },
	{ "ring-get/256", "peer", bench_ring_get, 400000, 256 },
	{ "ring-get/1024", "peer", bench_ring_get, 400000, 1024 },
	{ "ring-alloc/64", "time", bench_ring_alloc, 1000000, 64 },
	{ "ring-alloc/256", "time", bench_ring_alloc, 1000000, 256 },
	{ "ring-alloc/1024", "time", bench_ring_alloc, 1000000, 1024 },
	{ "ring-alloc/4096", "time", bench_ring_alloc, 400000, 4096 },
	{ "ring-build/64", "time", bench_ring_build, 400000, 64 },
	{ "ring-build/256", "time", bench_ring_build, 400000, 256 },
	{ "ring-build/1024", "time", bench_ring_build, 1000000, 1024 },
	{ "ring-build/4096", "time", bench_ring_build, 400000, 4096 },
};

const struct bench_rows bench_ring_rows = { rows, ARRAY_SIZE(rows) };
