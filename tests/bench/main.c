// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the rows while the kernel boots, reports on the console, switches off.
 * There is no user space. scripts/bench.py reads the report:
 *
 *	bench: begin SIDE REPEATS
 *	bench: ROW KIND REPEAT ns=N ops=N bytes=N skbs=N frags=N
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

#include "api.h"
#include "net.h"

static unsigned int repeats = 5;
module_param(repeats, uint, 0);

/* In percent, of the operations of every row; for a boot that is no measurement. */
static unsigned int scale = 100;
module_param(scale, uint, 0);

static unsigned int samples;

struct bench_job {
	const struct bench_row *row;
	struct bench_result res;
	struct completion done;
	int err;
};

static int bench_thread(void *data)
{
	struct bench_job *job = data;
	u64 ops = max(job->row->ops * scale / 100, 1ULL);

	job->err = job->row->run(job->row, ops, &job->res);
	kthread_complete_and_exit(&job->done, 0);
}

static int bench_sample(const struct bench_row *row, unsigned int repeat)
{
	struct bench_job job = { .row = row };
	struct task_struct *task;

	init_completion(&job.done);
	task = kthread_create(bench_thread, &job, "bench/%s", row->name);
	if (IS_ERR(task))
		return PTR_ERR(task);
	kthread_bind(task, 0);
	wake_up_process(task);
	wait_for_completion(&job.done);
	if (job.err)
		return job.err;

	pr_info("bench: %s %s %u ns=%llu ops=%llu bytes=%llu skbs=%llu frags=%llu\n",
		row->name, row->kind, repeat, job.res.ns, job.res.ops,
		job.res.bytes, job.res.skbs, job.res.frags);
	samples++;
	return 0;
}

/* The empty loop in between tells when the machine was not ours alone. */
static int bench_rows(const struct bench_rows *some, unsigned int repeat)
{
	const struct bench_row *empty = &bench_peer_rows.rows[0];
	unsigned int i;
	int err = 0;

	for (i = 0; i < some->nr && !err; i++) {
		const struct bench_row *row = &some->rows[i];

		if (row->run != empty->run)
			err = bench_sample(empty, repeat);
		if (!err)
			err = bench_sample(row, repeat);
		if (err)
			pr_err("bench: failed %s %d\n", row->name, err);
	}
	return err;
}

/* Who waits on one processor for another thread would wait for ever. */
static int bench_repeat(unsigned int repeat)
{
	int err = bench_rows(&bench_peer_rows, repeat);

	if (!err)
		err = bench_rows(&bench_micro_rows, repeat);
	if (!err && num_online_cpus() > 1)
		err = bench_rows(&bench_ring_rows, repeat);
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
