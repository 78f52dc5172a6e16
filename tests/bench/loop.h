/* SPDX-License-Identifier: GPL-2.0 */
/* Take some, give them back: one loop for every allocator. */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/mm.h>

#include "bench.h"

/* What an allocator's page is, when there is memory. */
#define BENCH_ORDER	3
#define BENCH_PAGE	(PAGE_SIZE << BENCH_ORDER)

/* Known where the loop is compiled, so that neither is a call through a pointer. */
struct bench_ops {
	void *(*take)(void *state, unsigned int size);
	void (*give)(void *state, void *held);
};

/* bench_fill() - one batch; returns how many there are */
static __always_inline unsigned int
bench_fill(const struct bench_ops *how, void *state, void **held,
	   unsigned int batch, unsigned int size)
{
	unsigned int n;

	for (n = 0; n < batch; n++) {
		held[n] = how->take(state, size);
		if (unlikely(!held[n]))
			break;
	}
	return n;
}

static __always_inline int
bench_loop(const struct bench_row *row, u64 ops, struct bench_result *res,
	   const struct bench_ops *how, void *state)
{
	unsigned int size = row->size, batch = row->batch, n = batch;
	void *held[BENCH_BATCH];
	u64 start = ktime_get_ns();

	for (; res->ops < ops && n == batch; res->ops += n) {
		unsigned int i;

		n = bench_fill(how, state, held, batch, size);
		for (i = 0; i < n; i++)
			how->give(state, held[i]);
	}
	res->ns = ktime_get_ns() - start;
	res->bytes = res->ops * size;
	return n == batch ? 0 : -ENOMEM;
}

/*
 * bench_spend() - a page full of fragments, whose references go back at once: one
 * atomic a page, and the page is used again
 */
static __always_inline unsigned int
bench_spend(void *(*take)(void *state, unsigned int size), void *state,
	    unsigned int batch, unsigned int size)
{
	void *first = take(state, size), *va = first;
	unsigned int n;

	for (n = 1; n < batch && likely(va); n++) {
		va = take(state, size);
		OPTIMIZER_HIDE_VAR(va);
	}
	if (unlikely(!va || virt_to_head_page(first) != virt_to_head_page(va)))
		return 0;
	page_ref_sub(virt_to_head_page(va), batch);
	return batch;
}

static __always_inline int
bench_spend_loop(const struct bench_row *row, u64 ops, struct bench_result *res,
		 void *(*take)(void *state, unsigned int size), void *state)
{
	unsigned int size = row->size, batch = BENCH_PAGE / size, n = batch;
	u64 start = ktime_get_ns();

	for (; res->ops < ops && n; res->ops += n)
		n = bench_spend(take, state, batch, size);
	res->ns = ktime_get_ns() - start;
	res->bytes = res->ops * size;
	return n ? 0 : -ENOMEM;
}

#endif
