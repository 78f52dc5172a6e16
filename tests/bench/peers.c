// SPDX-License-Identifier: GPL-2.0
/* What to compare with: floors, and the allocators that are not changed. */
#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/numa.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/page_pool/helpers.h>

#include "loop.h"

static int bench_empty(const struct bench_row *row, u64 ops,
		       struct bench_result *res)
{
	u64 start = ktime_get_ns();
	u64 i;

	for (i = 0; i < ops; i++)
		barrier();
	res->ns = ktime_get_ns() - start;
	res->ops = ops;
	return 0;
}

static int bench_atomic(const struct bench_row *row, u64 ops,
			struct bench_result *res)
{
	atomic_t count = ATOMIC_INIT(1);
	u64 start = ktime_get_ns();
	u64 i;

	for (i = 0; i < ops; i++) {
		atomic_inc(&count);
		atomic_dec(&count);
	}
	res->ns = ktime_get_ns() - start;
	res->ops = ops;
	return atomic_read(&count) == 1 ? 0 : -EIO;
}

/* The one atomic that freeing a fragment cannot do without. */
static int bench_atomic_put(const struct bench_row *row, u64 ops,
			    struct bench_result *res)
{
	atomic_t count = ATOMIC_INIT(ops + 1);
	u64 start = ktime_get_ns();
	u64 i, zero = 0;

	for (i = 0; i < ops; i++)
		zero += atomic_dec_and_test(&count);
	res->ns = ktime_get_ns() - start;
	res->ops = ops;
	return zero ? -EIO : 0;
}

static int bench_spinlock(const struct bench_row *row, u64 ops,
			  struct bench_result *res)
{
	u64 start = ktime_get_ns();
	DEFINE_SPINLOCK(lock);
	u64 i;

	for (i = 0; i < ops; i++) {
		spin_lock(&lock);
		spin_unlock(&lock);
	}
	res->ns = ktime_get_ns() - start;
	res->ops = ops;
	return 0;
}

static void *bench_take_kmalloc(void *state, unsigned int size)
{
	return kmalloc(size, GFP_ATOMIC);
}

static void bench_give_kmalloc(void *state, void *held)
{
	kfree(held);
}

static int bench_kmalloc(const struct bench_row *row, u64 ops,
			 struct bench_result *res)
{
	static const struct bench_ops how = {
		bench_take_kmalloc, bench_give_kmalloc
	};

	return bench_loop(row, ops, res, &how, NULL);
}

static void *bench_take_order0(void *state, unsigned int size)
{
	return alloc_page(GFP_ATOMIC);
}

static void bench_give_order0(void *state, void *held)
{
	__free_page(held);
}

static int bench_page(const struct bench_row *row, u64 ops,
		      struct bench_result *res)
{
	static const struct bench_ops how = {
		bench_take_order0, bench_give_order0
	};

	return bench_loop(row, ops, res, &how, NULL);
}

static void *bench_take_pool(void *state, unsigned int size)
{
	unsigned int offset = 0;
	struct page *page = page_pool_alloc_frag(state, &offset, size, GFP_ATOMIC);

	OPTIMIZER_HIDE_VAR(offset);
	return page;
}

static void bench_give_pool(void *state, void *held)
{
	page_pool_put_full_page(state, held, true);
}

/* With softirqs off, as in NAPI: a page pool is fast nowhere else. */
static int bench_pool(const struct bench_row *row, u64 ops,
		      struct bench_result *res)
{
	static const struct bench_ops how = { bench_take_pool, bench_give_pool };
	struct page_pool_params params = {
		.pool_size = 256, .nid = NUMA_NO_NODE,
	};
	struct page_pool *pool = page_pool_create(&params);
	int err;

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	local_bh_disable();
	err = bench_loop(row, ops, res, &how, pool);
	local_bh_enable();
	page_pool_destroy(pool);
	return err;
}

/* Without a second processor an atomic is not locked and a lock is nothing. */
#define BENCH_FLOOR	(IS_ENABLED(CONFIG_SMP) ? 8000000 : 48000000)

/* The first row is the one that is run between the others. */
static const struct bench_row rows[] = {
	{ "empty", "peer", bench_empty, 50000000 },
	{ "atomic", "peer", bench_atomic, BENCH_FLOOR },
	{ "atomic-put", "peer", bench_atomic_put, 2 * BENCH_FLOOR },
	{ "spinlock", "peer", bench_spinlock, BENCH_FLOOR },
	BENCH_SIZES("kmalloc", "peer", bench_kmalloc, 2000000, 1),
	{ "kmalloc-x16/256", "peer", bench_kmalloc, 2000000, 256, 16 },
	{ "kmalloc-x64/256", "peer", bench_kmalloc, 2000000, 256, 64 },
	{ "page/4096", "peer", bench_page, 1500000, 4096, 1 },
	{ "page-x16/4096", "peer", bench_page, 1500000, 4096, 16 },
	{ "page-pool/256", "peer", bench_pool, 3000000, 256, 1 },
	{ "page-pool/1024", "peer", bench_pool, 3000000, 1024, 1 },
	{ "page-pool/2048", "peer", bench_pool, 3000000, 2048, 1 },
	{ "page-pool-x16/256", "peer", bench_pool, 3000000, 256, 16 },
	{ "page-pool-x64/256", "peer", bench_pool, 3000000, 256, 64 },
};

const struct bench_rows bench_peer_rows = { rows, ARRAY_SIZE(rows) };
