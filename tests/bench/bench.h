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
 * @name: what it does, and after a slash the size; -xN: N at a time
 * @kind: "time", or "count", which is not a matter of time, or "peer": timed,
 *        and the same code in both kernels
 * @run: runs in a new thread on CPU 0, whose page fragments are its own
 * @ops: so many that it takes some 50 ms, of which main.c makes several turns
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

/* A row for each size. */
#define BENCH_SIZES(NAME, KIND, RUN, OPS, BATCH)		\
	{ NAME "/64", KIND, RUN, OPS, 64, BATCH },		\
	{ NAME "/256", KIND, RUN, OPS, 256, BATCH },		\
	{ NAME "/1024", KIND, RUN, OPS, 1024, BATCH },		\
	{ NAME "/2048", KIND, RUN, OPS, 2048, BATCH },		\
	{ NAME "/4096", KIND, RUN, OPS, 4096, BATCH }

struct bench_rows {
	const struct bench_row *rows;
	unsigned int nr;
};

extern const struct bench_rows bench_micro_rows;
extern const struct bench_rows bench_peer_rows;
extern const struct bench_rows bench_replaced_rows;
extern const struct bench_rows bench_ring_rows;
extern const struct bench_rows bench_path_rows;
extern const struct bench_rows bench_count_rows;

#endif
