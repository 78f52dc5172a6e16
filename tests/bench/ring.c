// SPDX-License-Identifier: GPL-2.0
/*
 * Allocated on one processor, freed on the other. What the ring between them takes
 * is a row of its own, with pointers to nothing.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ptr_ring.h>

#include "api.h"
#include "loop.h"

#define BENCH_RING	512
#define BENCH_NOTHING	((void *)-1L)

struct bench_ring {
	struct ptr_ring ring;
	struct completion done;
	void (*give)(struct bench_ring *r);
	struct page_frag_cache nc;
	struct bench_builder builder;
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

static const struct bench_row rows[] = {
	{ "ring", "peer", bench_ring_alone, 8000000 },
	{ "ring-alloc/64", "time", bench_ring_alloc, 1000000, 64 },
	{ "ring-alloc/256", "time", bench_ring_alloc, 1000000, 256 },
	{ "ring-alloc/1024", "time", bench_ring_alloc, 1000000, 1024 },
	{ "ring-alloc/4096", "time", bench_ring_alloc, 1000000, 4096 },
	{ "ring-build/64", "time", bench_ring_build, 1000000, 64 },
	{ "ring-build/256", "time", bench_ring_build, 1000000, 256 },
	{ "ring-build/1024", "time", bench_ring_build, 1000000, 1024 },
	{ "ring-build/4096", "time", bench_ring_build, 1000000, 4096 },
};

const struct bench_rows bench_ring_rows = { rows, ARRAY_SIZE(rows) };
