// SPDX-License-Identifier: GPL-2.0
/*
 * Scenarios for the model, made of pseudo-random bytes, with what pages there
 * are as -p says. Then each again with the n-th call of the page allocator
 * refused, and with all from the n-th on, for every n that there is; and once with
 * the high order switched off.
 */
#include <unistd.h>

#include <linux/page_frag_cache.h>

#include "shim.h"
#include "model.h"

#define SEED		0x70667261U
#define SCENARIOS	4
#define BYTES		1500

static uint8_t bytes[BYTES];

static void make_bytes(unsigned int scenario)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, SEED + scenario);
	for (i = 0; i < BYTES; i++)
		bytes[i] = prandom_u32_state(&rnd);
}

/* Returns the number of calls that were refused by number. */
static unsigned long run(unsigned long fail_at, bool fail_on)
{
	shim.calls = 0;
	shim.refused = 0;
	shim.fail_at = fail_at;
	shim.fail_on = fail_on;
	model_run(bytes, BYTES);
	return shim.refused;
}

static unsigned long sweep(bool fail_on)
{
	unsigned long n = 1;

	while (run(n, fail_on))
		n++;
	return n - 1;
}

static void run_with_order0_only(void)
{
	static_branch_enable(&page_frag_order0_key);
	run(0, false);
	static_branch_disable(&page_frag_order0_key);
}

int main(int argc, char **argv)
{
	unsigned long points = 0;
	unsigned int i;
	int opt;

	while ((opt = getopt(argc, argv, "p:")) != -1) {
		if (opt != 'p') {
			fprintf(stderr, "usage: %s [-p always|never|sometimes|pfmemalloc]\n",
				argv[0]);
			return 2;
		}
		shim_set_policy(optarg);
	}
	model_keeps_policy = true;
	for (i = 0; i < SCENARIOS; i++) {
		make_bytes(i);
		run(0, false);
		run_with_order0_only();
		points += sweep(false) + sweep(true);
	}
	printf("ok - pages %s: seed 0x%x, %u scenarios, %lu points of failure, %lu calls\n",
	       shim_policy_names[shim.policy], SEED, SCENARIOS, points, model_calls);
	return !points;
}
