/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lie: deliberately something else. A struct page that remembers what the
 * kernel's does not, pages out of one region of which only the allocated ones
 * can be touched, and an abort for whatever corrupts a kernel quietly.
 */
#ifndef _PAGE_FRAG_CUSTOM_H
#define _PAGE_FRAG_CUSTOM_H

#include "duplicates.h"

/* What alloc_frozen_pages() answers the allocator. */
enum shim_policy {
	SHIM_ALWAYS,		/* high orders too */
	SHIM_NEVER,		/* order 0 only */
	SHIM_SOMETIMES,		/* every third high order is refused */
	SHIM_PFMEMALLOC,	/* reserves only, for those who may have them */
	SHIM_POLICIES,
};

struct shim_attempt {
	gfp_t gfp;
	unsigned int order;
	struct page *page;
};

#define SHIM_ATTEMPTS	4

/**
 * struct shim_pages - the page allocator, its knobs and what it saw
 * @policy: what is granted
 * @fail_at: refuse the call of this number, counted from 1; 0: none
 * @fail_on: refuse all that follow as well
 * @calls: calls of alloc_frozen_pages() so far
 * @refused: calls refused because of @fail_at
 * @out: pages that are allocated, in units of PAGE_SIZE
 * @attempts: the last calls since @nr_attempts was set to 0
 * @nr_attempts: how many
 */
struct shim_pages {
	enum shim_policy policy;
	unsigned long fail_at;
	bool fail_on;
	unsigned long calls;
	unsigned long refused;
	unsigned long out;
	struct shim_attempt attempts[SHIM_ATTEMPTS];
	unsigned int nr_attempts;
};

extern struct shim_pages shim;
extern const char * const shim_policy_names[SHIM_POLICIES];

/* Whether anybody listens to the tracepoint, what it said last, and how often. */
struct shim_trace {
	bool enabled;
	const void *nc;
	unsigned int order;
	bool reused;
	bool pfmemalloc;
	gfp_t gfp;
	unsigned long calls;
};

extern struct shim_trace shim_trace;

/* What the header of the tracepoint calls. */
struct page_frag_cache;
void shim_page_frag_refill(const struct page_frag_cache *nc, unsigned int order,
			   bool reused, bool pfmemalloc, gfp_t gfp);

extern unsigned int shim_warnings;

__noreturn __printf(1, 2) void shim_bug(const char *fmt, ...);
__printf(1, 2) void shim_warn(const char *fmt, ...);
void shim_set_policy(const char *name);

#define WARN(condition, ...)						\
	do { if (condition) shim_warn(__VA_ARGS__); } while (0)

#define VM_WARN_ON_ONCE_PAGE(condition, page)				\
	do {								\
		if (IS_ENABLED(CONFIG_DEBUG_VM) && (condition))		\
			shim_warn("page %p: %s\n", page, #condition);	\
	} while (0)

/* === Pages === */

/*
 * A slot holds one allocation, at its start; what is left of it, half at least,
 * is never handed out and cannot be touched. Slots are used in turn, so a freed
 * page stays out of use for as long as can be.
 */
#define SHIM_MAX_ORDER	(PAGE_SHIFT < 15 ? 15 - PAGE_SHIFT : 1)
#define SHIM_SLOT_PAGES	(2UL << SHIM_MAX_ORDER)
#define SHIM_SLOTS	1024UL
#define SHIM_PAGES	(SHIM_SLOTS * SHIM_SLOT_PAGES)

struct page {
	int refs;
	unsigned int order;	/* of the allocation; head only */
	bool allocated;
	bool compound;
	bool pfmemalloc;
	struct page *head;
};

extern struct page shim_map[SHIM_PAGES];
extern char *shim_mem;

struct page *alloc_pages(gfp_t gfp, unsigned int order);
struct page *alloc_frozen_pages(gfp_t gfp, unsigned int order);
void free_frozen_pages(struct page *page, unsigned int order);

static inline void *page_address(const struct page *page)
{
	return shim_mem + ((page - shim_map) << PAGE_SHIFT);
}

static inline struct page *virt_to_page(const void *addr)
{
	unsigned long n = ((unsigned long)addr - (unsigned long)shim_mem) >> PAGE_SHIFT;

	if (n >= SHIM_PAGES)
		shim_bug("no page has the address %p", addr);
	if (!shim_map[n].allocated)
		shim_bug("the page of address %p is not allocated", addr);
	return &shim_map[n];
}

static inline struct page *compound_head(const struct page *page)
{
	return page->head;
}

static inline struct page *virt_to_head_page(const void *addr)
{
	return compound_head(virt_to_page(addr));
}

static inline unsigned int compound_order(const struct page *page)
{
	return page->compound && page->head == page ? page->order : 0;
}

static inline unsigned long compound_nr(const struct page *page)
{
	return 1UL << compound_order(page);
}

static inline unsigned long page_size(const struct page *page)
{
	return PAGE_SIZE << compound_order(page);
}

static inline bool page_is_pfmemalloc(const struct page *page)
{
	return page->pfmemalloc;
}

static inline void set_page_pfmemalloc(struct page *page)
{
	page->pfmemalloc = true;
}

/* The only statistic there is: what a run of the tests may compare. */
#define NR_FREE_PAGES	0
static inline unsigned long global_zone_page_state(int item)
{
	return SHIM_PAGES - __atomic_load_n(&shim.out, __ATOMIC_RELAXED);
}

/* === References === */

/*
 * ThreadSanitizer does not know control dependencies. What a kernel orders by the
 * branch after it read a count is ordered here by the read.
 */
#ifdef __SANITIZE_THREAD__
#define SHIM_DEPENDENCY	__ATOMIC_ACQUIRE
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SHIM_DEPENDENCY	__ATOMIC_ACQUIRE
#endif
#endif

#ifndef SHIM_DEPENDENCY
#define SHIM_DEPENDENCY	__ATOMIC_RELAXED
#endif

static inline int page_ref_count(const struct page *page)
{
	return __atomic_load_n(&page->refs, SHIM_DEPENDENCY);
}

static inline void page_ref_add(struct page *page, int n)
{
	if (__atomic_fetch_add(&page->refs, n, __ATOMIC_RELAXED) <= 0)
		shim_bug("page %p: a reference taken of a free page", page);
}

static inline void set_page_count(struct page *page, int n)
{
	if (__atomic_exchange_n(&page->refs, n, __ATOMIC_RELAXED))
		shim_bug("page %p: the count is set, and somebody has a reference", page);
}

static inline bool page_ref_freeze(struct page *page, int n)
{
	return __atomic_compare_exchange_n(&page->refs, &n, 0, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

static inline bool page_ref_sub_and_test(struct page *page, int n)
{
	int left = __atomic_sub_fetch(&page->refs, n, __ATOMIC_SEQ_CST);

	if (left < 0)
		shim_bug("page %p: %d references too many given back", page, -left);
	return !left;
}

static inline bool put_page_testzero(struct page *page)
{
	return page_ref_sub_and_test(page, 1);
}

static inline void get_page(struct page *page)
{
	page_ref_add(compound_head(page), 1);
}

static inline void put_page(struct page *page)
{
	page = compound_head(page);
	if (put_page_testzero(page))
		free_frozen_pages(page, page->order);
}

/* === The tracepoint: a function that remembers, while somebody listens === */

#define DECLARE_TRACEPOINT(name)	extern struct shim_trace shim_trace
#define tracepoint_enabled(name)	(shim_trace.enabled)
#define TP_PROTO(...)	__VA_ARGS__
#define TP_ARGS(...)	__VA_ARGS__
#define TRACE_EVENT(name, proto, args, ...)				\
	static inline void trace_##name(proto) { shim_##name(args); }	\
	struct shim_##name

/* === Static keys: a flag that is read, where the kernel changes its code === */

struct static_key_false {
	bool enabled;
};

#define DECLARE_STATIC_KEY_FALSE(name)	extern struct static_key_false name
#define DEFINE_STATIC_KEY_FALSE(name)	struct static_key_false name
#define static_key_enabled(key)		((key)->enabled)
#define static_branch_unlikely(key)	unlikely((key)->enabled)
#define static_branch_enable(key)	((key)->enabled = true)
#define static_branch_disable(key)	((key)->enabled = false)

/* === Memory of the tests: the C library's, so that a leak is seen === */

#define kvmalloc_array(n, size, gfp)	calloc(n, size)
#define kvfree(p)			free(p)

/* === Pseudo-random numbers: another sequence than the kernel's === */

struct rnd_state {
	u64 s;
};

static inline void prandom_seed_state(struct rnd_state *rnd, u64 seed)
{
	rnd->s = seed * 0x9e3779b97f4a7c15ULL + 1;
}

static inline u32 prandom_u32_state(struct rnd_state *rnd)
{
	rnd->s = rnd->s * 6364136223846793005ULL + 1442695040888963407ULL;
	return rnd->s >> 32;
}

#endif /* _PAGE_FRAG_CUSTOM_H */
