// SPDX-License-Identifier: GPL-2.0
/*
 * One thread allocates, several free: for ThreadSanitizer, with a bound on the
 * fragments. A fragment is handed over through a slot of the thread that frees
 * it. The slot is filled with a release and emptied with a relaxed store, so that
 * nothing but the page's reference count orders a free before the reuse.
 */
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include <linux/page_frag_cache.h>

#include "shim.h"

#define FREERS		3
#define FRAGS		20000
#define SIZE		4096
#define PER_PAGE	(PAGE_FRAG_CACHE_MAX_SIZE / SIZE)
#define PATIENCE	60	/* seconds until a page that stays in use is a bug */

static void *slots[FREERS];
static char stop;	/* an address, like any other in a slot */

/*
 * ThreadSanitizer calls this. One report is enough: the same race for every store
 * to come takes minutes, though it is not printed again.
 */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "halt_on_error=1";
}

/*
 * A store to each cache line. Not memset(): gcc makes instructions of that which
 * ThreadSanitizer does not see.
 */
static void fill(void *va, unsigned char value)
{
	unsigned char *byte = va;
	unsigned int i;

	for (i = 0; i < SIZE; i += 64)
		byte[i] = value;
}

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
		fill(va, ++i);
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

/*
 * What the allocator asks before it reuses a page. The count is read relaxed, so
 * that waiting here orders nothing.
 */
static void wait_until_free(struct page_frag_cache *nc)
{
	const int *refs = &page_frag_cache_page(nc)->refs;
	time_t end = time(NULL) + PATIENCE;

	while (__atomic_load_n(refs, __ATOMIC_RELAXED) != (int)nc->pagecnt_bias) {
		if (time(NULL) > end)
			shim_bug("a page is in use for %d seconds", PATIENCE);
		sched_yield();
	}
}

static void *prepare_and_commit(struct page_frag_cache *nc)
{
	unsigned int size = SIZE;
	void *va = page_frag_alloc_va_prepare(nc, &size, GFP_ATOMIC);

	if (va)
		page_frag_alloc_commit(nc, SIZE);
	return va;
}

static void *allocate(struct page_frag_cache *nc, unsigned int i)
{
	void *va;

	va = i % 7 ? page_frag_alloc_va(nc, SIZE, GFP_ATOMIC) : prepare_and_commit(nc);
	if (!va)
		shim_bug("no memory");
	fill(va, 0);
	return va;
}

/*
 * Of two full pages the first is reused, as everything of it was freed, and the
 * second is not, as its last fragment is given away only when there is a new
 * page: which of them are reused does not depend on who runs when. Returns how
 * many.
 */
static unsigned long allocate_and_give(struct page_frag_cache *nc)
{
	unsigned long reused = 0;
	void *held = NULL;
	unsigned int i;

	for (i = 0; i < FRAGS; i++) {
		void *va;

		if (i % (125 * PER_PAGE) == 0) {
			page_frag_cache_drain(nc);
		} else if (i % (2 * PER_PAGE) == PER_PAGE) {
			wait_until_free(nc);
			reused++;
		}
		va = allocate(nc, i);
		if (held)
			give((i - 1) % FREERS, held);
		held = i % (2 * PER_PAGE) == 2 * PER_PAGE - 1 ? va : NULL;
		if (!held)
			give(i % FREERS, va);
	}
	page_frag_cache_drain(nc);
	if (held)
		give((i - 1) % FREERS, held);
	return reused;
}

/*
 * The page starts again whenever all of it happens to be free, and, so that it is
 * sure to, now and then when it is. Returns how often it did while others freed.
 */
static unsigned long allocate_and_rewind(struct page_frag_cache *nc)
{
	unsigned long rewound = 0;
	unsigned int i;

	for (i = 0; i < FRAGS; i++) {
		if (i % (PER_PAGE / 2) == PER_PAGE / 4)
			wait_until_free(nc);
		page_frag_cache_rewind(nc);
		if (i % (PER_PAGE / 2) == PER_PAGE / 4 && page_frag_cache_used(nc))
			shim_bug("an unused page is not started again");
		rewound += i && !page_frag_cache_used(nc);
		give(i % FREERS, allocate(nc, i));
	}
	page_frag_cache_drain(nc);
	return rewound;
}

int main(void)
{
	unsigned long reused, expected, rewound;
	struct page_frag_cache nc = {};
	pthread_t threads[FREERS];
	unsigned int i;
	bool good;

	shim_trace.enabled = true;
	for (i = 0; i < FREERS; i++)
		pthread_create(&threads[i], NULL, freer, &slots[i]);
	expected = allocate_and_give(&nc);
	reused = shim_trace.calls - shim.calls;
	shim_trace.enabled = false;
	rewound = allocate_and_rewind(&nc);
	for (i = 0; i < FREERS; i++)
		give(i, &stop);
	for (i = 0; i < FREERS; i++)
		pthread_join(threads[i], NULL);
	good = !shim.out && reused == expected;
	printf("%s - %d threads free: twice %d fragments, %lu pages taken, ",
	       good ? "ok" : "not ok", FREERS, FRAGS, shim.calls);
	printf("%lu of %lu reused in place, %lu rewound, %lu left\n", reused,
	       expected, rewound, shim.out);
	return !good;
}
