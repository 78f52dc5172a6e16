/* SPDX-License-Identifier: GPL-2.0 */
/* Take some, give them back: one loop for every allocator. */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/ktime.h>

#include "bench.h"

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

#endif
