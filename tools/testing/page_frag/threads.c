// SPDX-License-Identifier: GPL-2.0
/*
 * One thread allocates, several free: for ThreadSanitizer, with a bound on the
 * fragments. A fragment is handed over through a slot of the thread that frees
 * it. The slot is filled with a release and emptied with a relaxed store, so that
 * nothing but the page's reference count orders a free before the reuse.
 */
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <linux/page_frag_cache.h>

#include "shim.h"

#define FREERS		3
#define FRAGS		20000
#define SIZE		4096
#define PER_PAGE	(PAGE_FRAG_CACHE_MAX_SIZE / SIZE)

static void *slots[FREERS];
static char stop;	/* an address, like any other in a slot */

static void *take(void **slot)
{
	void *va;

	while (!(va = __atomic_load_n(slot, __ATOMIC_ACQUIRE)))
		sched_yield();
	return va;
}

/* Emptied last: who sees the slot empty may find the page reusable. */
static void *freer(void *slot)
{
	unsigned int i = 0;
	void *va;

	while ((va = take(slot)) != &stop) {
		memset(va, ++i, SIZE);
		if (i & 1)
			page_frag_free_va(va);
		else
			put_page(virt_to_page(va));
		__atomic_store_n((void **)slot, NULL, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void give(unsigned int i, void *va)
{
	while (__atomic_load_n(&slots[i], __ATOMIC_RELAXED))
		sched_yield();
	__atomic_store_n(&slots[i], va, __ATOMIC_RELEASE);
}

/* A page that is full is reused if all is free by now: give that a chance. */
static void wait_a_little(void)
{
	unsigned int i, tries;

	for (i = 0; i < FREERS; i++)
		for (tries = 0; tries < 50; tries++)
			if (__atomic_load_n(&slots[i], __ATOMIC_RELAXED))
				usleep(20);
}

static void *prepare_and_commit(struct page_frag_cache *nc)
{
	unsigned int size = SIZE;
	void *va = page_frag_alloc_va_prepare(nc, &size, GFP_ATOMIC);

	if (va)
		page_frag_alloc_commit(nc, SIZE);
	return va;
}

static void allocate(struct page_frag_cache *nc)
{
	unsigned int i;

	for (i = 0; i < FRAGS; i++) {
		void *va;

		if (i % (125 * PER_PAGE) == 0)
			page_frag_cache_drain(nc);
		va = i % 7 ? page_frag_alloc_va(nc, SIZE, GFP_ATOMIC) :
		     prepare_and_commit(nc);
		if (!va)
			shim_bug("no memory");
		memset(va, 0, SIZE);
		give(i % FREERS, va);
		if (i % (2 * PER_PAGE) == PER_PAGE - 1)
			wait_a_little();
	}
	page_frag_cache_drain(nc);
}

int main(void)
{
	struct page_frag_cache nc = {};
	pthread_t threads[FREERS];
	unsigned long renewed;
	unsigned int i;

	for (i = 0; i < FREERS; i++)
		pthread_create(&threads[i], NULL, freer, &slots[i]);
	allocate(&nc);
	for (i = 0; i < FREERS; i++)
		give(i, &stop);
	for (i = 0; i < FREERS; i++)
		pthread_join(threads[i], NULL);
	renewed = shim.calls;
	printf("%s - %d threads free: %d fragments, %lu pages taken, %lu reused in place, %lu left\n",
	       shim.out ? "not ok" : "ok", FREERS, FRAGS, renewed,
	       shim_trace.calls - renewed, shim.out);
	return shim.out || shim_trace.calls == renewed;
}
