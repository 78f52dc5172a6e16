// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the rows while the kernel boots, reports on the console, switches off.
 * There is no user space. scripts/bench.py reads the report:
 *
 *	bench: begin SIDE REPEATS
 *	bench: ROW KIND REPEAT ns=N ops=N bytes=N skbs=N frags=N turns=N
 *	bench: end SAMPLES
 *
 * Only a run that came to its end without an error has the last line.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include <linux/string.h>

#include "api.h"
#include "net.h"

static unsigned int repeats = 3;
module_param(repeats, uint, 0);

/* A sample of what is timed is one of so many turns at most, each a part of the row. */
static unsigned int turns = 40;
module_param(turns, uint, 0);
#define BENCH_PARTS	4

/* How two processors meet differs from sample to sample: of those it takes more. */
#define BENCH_RINGS	5

/* In percent, of the operations of every row; for a boot that is no measurement. */
static unsigned int scale = 100;
module_param(scale, uint, 0);

/* Rows whose names begin so; all, if there are none. */
static char *only[8];
static unsigned int only_nr;
module_param_array(only, charp, &only_nr, 0);

static unsigned int samples;
/* The quickest that the empty loop was in this boot, ns. */
static u64 quickest = U64_MAX;

struct bench_job {
	const struct bench_row *row;
	u64 ops;
	struct bench_result res;
	struct completion done;
	int err;
};

static int bench_thread(void *data)
{
	struct bench_job *job = data;

	job->err = job->row->run(job->row, job->ops, &job->res);
	kthread_complete_and_exit(&job->done, 0);
}

/* One run, and the slower of the empty loops before and after it. */
struct bench_turn {
	struct bench_result empty;
	struct bench_result res;
};

static bool bench_timed(const struct bench_row *row)
{
	return strcmp(row->kind, "count");
}

static u64 bench_ops(const struct bench_row *row)
{
	u64 ops = row->ops * scale / 100;

	return max(bench_timed(row) ? ops / BENCH_PARTS : ops, 1ULL);
}

static int bench_run(const struct bench_row *row, struct bench_result *res)
{
	struct bench_job job = { .row = row, .ops = bench_ops(row) };
	struct task_struct *task;

	init_completion(&job.done);
	task = kthread_create(bench_thread, &job, "bench/%s", row->name);
	if (IS_ERR(task))
		return PTR_ERR(task);
	kthread_bind(task, 0);
	wake_up_process(task);
	wait_for_completion(&job.done);
	*res = job.res;
	return job.err;
}

static void bench_print(const struct bench_row *row, unsigned int repeat,
			const struct bench_result *res, unsigned int turned)
{
	pr_info("bench: %s %s %u ns=%llu ops=%llu bytes=%llu skbs=%llu frags=%llu turns=%u\n",
		row->name, row->kind, repeat, res->ns, res->ops, res->bytes,
		res->skbs, res->frags, turned);
	samples++;
}

static int bench_turn(const struct bench_row *empty, const struct bench_row *row,
		      struct bench_turn *turn)
{
	struct bench_result after;
	int err = bench_run(empty, &turn->empty) ?: bench_run(row, &turn->res) ?:
		  bench_run(empty, &after);

	if (err)
		return err;
	quickest = min3(quickest, turn->empty.ns, after.ns);
	if (after.ns > turn->empty.ns)
		turn->empty = after;
	return 0;
}

/* Within 3 % of the quickest. */
static bool bench_quiet(const struct bench_turn *turn)
{
	return turn->empty.ns <= quickest + quickest / 32;
}

/*
 * Who shares the processor's core with this machine makes it slower, and no clock
 * here knows of it. What counts is a turn around which the empty loop was quick, or the
 * one with the quickest: it is chosen without a look at what the row took.
 */
static int bench_sample(const struct bench_row *empty, const struct bench_row *row,
			unsigned int repeat)
{
	unsigned int i, nr = bench_timed(row) ? turns : 1;
	struct bench_turn best, turn;
	int err = bench_turn(empty, row, &best);

	for (i = 1; i < nr && !err && !bench_quiet(&best); i++) {
		err = bench_turn(empty, row, &turn);
		if (!err && turn.empty.ns < best.empty.ns)
			best = turn;
	}
	if (err)
		return err;
	bench_print(empty, repeat, &best.empty, i);
	bench_print(row, repeat, &best.res, i);
	return 0;
}

static bool bench_wanted(const struct bench_row *row)
{
	unsigned int i;

	for (i = 0; i < only_nr; i++)
		if (strstarts(row->name, only[i]))
			return true;
	return !only_nr;
}

static int bench_rows(const struct bench_rows *some, unsigned int repeat)
{
	const struct bench_row *empty = &bench_peer_rows.rows[0];
	unsigned int i;
	int err = 0;

	for (i = 0; i < some->nr && !err; i++) {
		const struct bench_row *row = &some->rows[i];

		if (row == empty || !bench_wanted(row))
			continue;
		err = bench_sample(empty, row, repeat);
		if (err)
			pr_err("bench: failed %s %d\n", row->name, err);
	}
	return err;
}

/* Who waits on one processor for another thread would wait for ever. */
static int bench_rings(unsigned int repeat)
{
	unsigned int i, nr = num_online_cpus() > 1 ? BENCH_RINGS : 0;
	int err = 0;

	for (i = 0; i < nr && !err; i++)
		err = bench_rows(&bench_ring_rows, repeat);
	return err;
}

/* What all else is measured against comes first. */
static int bench_repeat(unsigned int repeat)
{
	int err = bench_rows(&bench_peer_rows, repeat);

	if (!err)
		err = bench_rows(&bench_replaced_rows, repeat);
	if (!err)
		err = bench_rings(repeat);
	if (!err)
		err = bench_rows(&bench_micro_rows, repeat);
	if (!err)
		err = bench_rows(&bench_path_rows, repeat);
	if (!err)
		err = bench_rows(&bench_count_rows, repeat);
	return err;
}

static int __init bench_all(void)
{
	unsigned int repeat;
	int err = bench_net_init() ?: bench_veth_init() ?: bench_tap_init() ?:
		  bench_virtio_init();

	if (err)
		pr_err("bench: failed devices %d\n", err);
	for (repeat = 0; repeat < repeats && !err; repeat++)
		err = bench_repeat(repeat);
	return err;
}

static int __init bench_init(void)
{
	pr_info("bench: begin %s %u\n", BENCH_SIDE, repeats);
	if (!bench_all())
		pr_info("bench: end %u\n", samples);
	kernel_power_off();
	return 0;
}
late_initcall_sync(bench_init);
