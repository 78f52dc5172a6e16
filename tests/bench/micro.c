// SPDX-License-Identifier: GPL-2.0
/* The allocator alone, and what to compare it with. */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/ktime.h>

#include "api.h"
#include "bench.h"

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

/* bench_fill_va() - one batch; returns how many there are */
static __always_inline unsigned int
bench_fill_va(struct page_frag_cache *nc, void **held, unsigned int batch,
	      unsigned int size)
{
	unsigned int n;

	for (n = 0; n < batch; n++) {
		held[n] = bench_alloc_va(nc, size);
		if (unlikely(!held[n]))
			break;
	}
	return n;
}

static int bench_alloc_free(const struct bench_row *row, u64 ops,
			    struct bench_result *res)
{
	unsigned int size = row->size, batch = row->batch, n = batch;
	struct page_frag_cache nc = {};
	void *held[BENCH_BATCH];
	u64 start = ktime_get_ns();

	for (; res->ops < ops && n == batch; res->ops += n) {
		unsigned int i;

		n = bench_fill_va(&nc, held, batch, size);
		for (i = 0; i < n; i++)
			bench_free_va(held[i]);
	}
	res->ns = ktime_get_ns() - start;
	res->bytes = res->ops * size;
	page_frag_cache_drain(&nc);
	return n == batch ? 0 : -ENOMEM;
}

/* bench_fill() - as a protocol does: ask, look where it is, take it */
static __always_inline unsigned int
bench_fill(struct bench_builder *b, struct page **held, unsigned int batch,
	   unsigned int size)
{
	unsigned int n, offset;

	for (n = 0; n < batch; n++) {
		held[n] = bench_build(b, size, &offset);
		if (unlikely(!held[n]))
			break;
		OPTIMIZER_HIDE_VAR(offset);
		bench_built(b, size);
	}
	return n;
}

static int bench_build_put(const struct bench_row *row, u64 ops,
			   struct bench_result *res)
{
	unsigned int size = row->size, batch = row->batch, n = batch;
	struct page *held[BENCH_BATCH];
	struct bench_builder b = {};
	u64 start = ktime_get_ns();

	for (; res->ops < ops && n == batch; res->ops += n) {
		unsigned int i;

		n = bench_fill(&b, held, batch, size);
		for (i = 0; i < n; i++)
			put_page(held[i]);
	}
	res->ns = ktime_get_ns() - start;
	res->bytes = res->ops * size;
	bench_builder_drain(&b);
	return n == batch ? 0 : -ENOMEM;
}

/* Nobody holds the page: what is added to a fragment takes no reference. */
static int bench_build_more(const struct bench_row *row, u64 ops,
			    struct bench_result *res)
{
	struct bench_builder b = {};
	unsigned int size = row->size, offset;
	u64 start = ktime_get_ns();
	struct page *page = NULL;

	for (; res->ops < ops; res->ops++) {
		page = bench_build(&b, size, &offset);
		if (unlikely(!page))
			break;
		OPTIMIZER_HIDE_VAR(offset);
		bench_built_more(&b, size);
	}
	res->ns = ktime_get_ns() - start;
	res->bytes = res->ops * size;
	bench_builder_drain(&b);
	return page ? 0 : -ENOMEM;
}

/* The first row is the one that is run between the others. */
const struct bench_row bench_micro_rows[] = {
	{ "empty", "time", bench_empty, 400000000 },
	{ "atomic", "time", bench_atomic, 32000000 },
	{ "alloc-free/256", "time", bench_alloc_free, 32000000, 256, 1 },
	{ "alloc-free/1024", "time", bench_alloc_free, 32000000, 1024, 1 },
	{ "alloc-free/256x16", "time", bench_alloc_free, 32000000, 256, 16 },
	{ "build-put/256", "time", bench_build_put, 32000000, 256, 1 },
	{ "build-put/1024", "time", bench_build_put, 32000000, 1024, 1 },
	{ "build-put/256x16", "time", bench_build_put, 32000000, 256, 16 },
	{ "build-more/256", "time", bench_build_more, 64000000, 256 },
};
const unsigned int bench_micro_nr = ARRAY_SIZE(bench_micro_rows);
