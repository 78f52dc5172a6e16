// SPDX-License-Identifier: GPL-2.0
/*
 * The page allocator of custom.h. What is not allocated is poisoned: a touch
 * is reported by AddressSanitizer, and without it reads as garbage.
 */
#include <pthread.h>
#include <stdarg.h>
#include <sys/mman.h>

#include "shim.h"

#if defined(__SANITIZE_ADDRESS__)
#define SHIM_ASAN	1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHIM_ASAN	1
#endif
#endif

#ifdef SHIM_ASAN
#include <sanitizer/asan_interface.h>
#define poison(p, n)	ASAN_POISON_MEMORY_REGION(p, n)
#define unpoison(p, n)	ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define poison(p, n)	((void)(p), (void)(n))
#define unpoison(p, n)	((void)(p), (void)(n))
#endif

#define GARBAGE		0x5a

struct page shim_map[SHIM_PAGES];
char *shim_mem;
struct shim_pages shim;
struct shim_trace shim_trace;
unsigned int shim_warnings;

const char * const shim_policy_names[SHIM_POLICIES] = {
	[SHIM_ALWAYS]		= "always",
	[SHIM_NEVER]		= "never",
	[SHIM_SOMETIMES]	= "sometimes",
	[SHIM_PFMEMALLOC]	= "pfmemalloc",
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long next_slot;

void shim_bug(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "BUG: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	abort();
}

void shim_warn(const char *fmt, ...)
{
	va_list args;

	shim_warnings++;
	printf("# WARN: ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
}

void shim_set_policy(const char *name)
{
	unsigned int i;

	for (i = 0; i < SHIM_POLICIES; i++) {
		if (strcmp(name, shim_policy_names[i]))
			continue;
		shim.policy = i;
		return;
	}
	fprintf(stderr, "error: no policy '%s'\n       known: always never sometimes pfmemalloc\n",
		name);
	exit(2);
}

/* The region starts at a multiple of a slot, so that a page is aligned to its size. */
static void __attribute__((constructor)) shim_init(void)
{
	unsigned long slot = SHIM_SLOT_PAGES * PAGE_SIZE, size = SHIM_SLOTS * slot;
	char *mem = mmap(NULL, size + slot, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (mem == MAP_FAILED)
		shim_bug("no room for %lu bytes of pages", size);
	shim_mem = (char *)(((unsigned long)mem + slot - 1) / slot * slot);
	poison(shim_mem, size);
}

static struct page *find_slot(void)
{
	unsigned long i;

	for (i = 0; i < SHIM_SLOTS; i++) {
		unsigned long slot = next_slot++ % SHIM_SLOTS;

		if (!shim_map[slot * SHIM_SLOT_PAGES].allocated)
			return &shim_map[slot * SHIM_SLOT_PAGES];
	}
	shim_bug("more than %lu pages in use", SHIM_SLOTS);
}

/* Of two pages without __GFP_COMP each is its own head, as in the kernel. */
static void set_up(struct page *page, gfp_t gfp, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++) {
		page[i] = (struct page){ .allocated = true };
		page[i].head = gfp & __GFP_COMP ? page : &page[i];
	}
	page->order = order;
	page->compound = order && gfp & __GFP_COMP;
	__atomic_store_n(&page->refs, 1, __ATOMIC_RELAXED);
	shim.out += 1UL << order;
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	struct page *page;

	if (order > SHIM_MAX_ORDER)
		shim_bug("order %u asked for, %d is the largest here", order, SHIM_MAX_ORDER);
	pthread_mutex_lock(&lock);
	page = find_slot();
	set_up(page, gfp, order);
	pthread_mutex_unlock(&lock);
	unpoison(page_address(page), PAGE_SIZE << order);
	memset(page_address(page), gfp & __GFP_ZERO ? 0 : GARBAGE, PAGE_SIZE << order);
	return page;
}

/* Reserves are not given to those who say __GFP_NOMEMALLOC. */
static bool granted(gfp_t gfp, unsigned int order)
{
	if (shim.calls == shim.fail_at || (shim.fail_on && shim.calls > shim.fail_at)) {
		shim.refused++;
		return false;
	}
	if (shim.policy == SHIM_PFMEMALLOC)
		return !(gfp & __GFP_NOMEMALLOC);
	if (!order || shim.policy == SHIM_ALWAYS)
		return true;
	return shim.policy == SHIM_SOMETIMES && shim.calls % 3;
}

struct page *alloc_frozen_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = NULL;

	if (gfp & __GFP_HIGHMEM)
		shim_bug("a page without an address asked for");
	shim.calls++;
	if (granted(gfp, order)) {
		page = alloc_pages(gfp, order);
		page->pfmemalloc = shim.policy == SHIM_PFMEMALLOC;
		__atomic_store_n(&page->refs, 0, __ATOMIC_RELAXED);
	}
	if (shim.nr_attempts < SHIM_ATTEMPTS)
		shim.attempts[shim.nr_attempts++] = (struct shim_attempt){ gfp, order, page };
	return page;
}

void free_frozen_pages(struct page *page, unsigned int order)
{
	unsigned long i, size = PAGE_SIZE << order;

	if (!page->allocated || page->head != page || page->order != order)
		shim_bug("page %p freed as order %u: not what was allocated", page, order);
	if (page_ref_count(page))
		shim_bug("page %p freed with references", page);
	memset(page_address(page), ~GARBAGE, size);
	poison(page_address(page), size);
	pthread_mutex_lock(&lock);
	for (i = 0; i < 1UL << order; i++)
		page[i].allocated = false;
	shim.out -= 1UL << order;
	pthread_mutex_unlock(&lock);
}

void shim_page_frag_refill(const struct page_frag_cache *nc, unsigned int order,
			   bool reused, bool pfmemalloc, gfp_t gfp)
{
	if (!shim_trace.enabled)
		return;
	shim_trace.nc = nc;
	shim_trace.order = order;
	shim_trace.reused = reused;
	shim_trace.pfmemalloc = pfmemalloc;
	shim_trace.gfp = gfp;
	shim_trace.calls++;
}
