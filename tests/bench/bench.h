/* SPDX-License-Identifier: GPL-2.0 */
/* The benchmark: rows, each of which is run several times a boot. */
#ifndef BENCH_H
#define BENCH_H

#include <linux/types.h>

/* Fragments that a row holds at a time, at most. */
#define BENCH_BATCH	64

/*
 * What one run of a row has done. ops and bytes have to be the same on every
 * kernel; skbs and frags are what the row is about, or beside the point.
 */
struct bench_result {
	u64 ns;
	u64 ops;
	u64 bytes;
	u64 skbs;
	u64 frags;
};

/*
 * @kind: "time" or "count"; a count is not a matter of time
 * @run: runs in a new thread on CPU 0, whose page fragments are its own
 * @ops: so many that it takes 50 ms
 */
struct bench_row {
	const char *name;
	const char *kind;
	int (*run)(const struct bench_row *row, u64 ops,
		   struct bench_result *res);
	u64 ops;
	unsigned int size;
	unsigned int batch;
};

extern const struct bench_row bench_micro_rows[];
extern const unsigned int bench_micro_nr;
extern const struct bench_row bench_net_rows[];
extern const unsigned int bench_net_nr;

int bench_net_init(void);

#endif
