/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page fragment allocator: many small, individually freed pieces of one page.
 *
 * This header is the contract. mm/page_frag_cache.c holds the slow path.
 */
#ifndef _LINUX_PAGE_FRAG_CACHE_H
#define _LINUX_PAGE_FRAG_CACHE_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/gfp_types.h>
#include <linux/jump_label.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mm_types_task.h>
#include <linux/tracepoint-defs.h>
#include <linux/types.h>

/**
 * DOC: page_frag contexts
 *
 * One cache belongs to one context at a time. The allocation side takes no
 * lock and disables nothing; freeing needs no cache and no lock at all.
 *
 * ===============  ====================  ======================================
 * call             from                  what the caller provides
 * ===============  ====================  ======================================
 * init             any context           nobody else uses the cache
 * allocate         what the gfp allows   calls on the cache are serialised
 * prepare          what the gfp allows   the same, kept until it is committed
 * commit           any context           the same as the prepare
 * is pfmemalloc    any context           the same, right after the allocation
 * used             any context           the same, or nothing: then it is a guess
 * rewind           any context           the same, with no prepare open
 * drain            any context           the same, with no prepare open
 * free             any context but NMI   nothing: any CPU, any time
 * ===============  ====================  ======================================
 *
 * A cache is thus never used from two contexts of which one can interrupt the
 * other: what interrupts has a cache of its own, or is disabled meanwhile.
 *
 * What serialises: NAPI or BH disabled for a per-CPU cache used in softirq
 * (plus local_lock_nested_bh() for PREEMPT_RT), a cache of its own for hard
 * interrupts, a mutex or the socket lock for a cache that belongs to an object,
 * nothing for a cache that belongs to the current task and to task context.
 */

/**
 * DOC: page_frag limitations
 *
 * - The fragment is the unit, not the page: requests are served up to
 *   PAGE_FRAG_CACHE_MAX_SIZE, but only those up to PAGE_SIZE are served
 *   whenever there is memory at all. A larger one needs a high-order page and
 *   fails without one.
 * - One long-lived fragment keeps its whole page allocated, up to
 *   PAGE_FRAG_CACHE_MAX_SIZE bytes. Charge for it (truesize) accordingly.
 * - A page whose fragments have all been freed is reused when the cache runs
 *   out of room, not before, unless page_frag_cache_rewind() is called.
 * - Bytes skipped for alignment, and what is left of a page that a request
 *   does not fit, are not handed out before the page is reused.
 * - An aligned prepare moves the cache to the aligned position at once, as the
 *   commit has no other way to know it. What it skips, less than the alignment,
 *   stays skipped when nothing is committed.
 * - __GFP_ZERO zeroes a page when the cache takes it or reuses it. A fragment
 *   is all zeroes only if every request on the cache asked for that and no
 *   prepared memory was written and then not committed.
 * - The page is of the zone and node that the request which refilled the cache
 *   asked for. Do not mix zones on one cache. __GFP_HIGHMEM is ignored:
 *   every fragment has an address.
 * - While page_frag_order0_key is enabled a refill tries order 0 alone, unless
 *   the request is above PAGE_SIZE. The switch is for every cache there is. It
 *   takes no page away: one of high order is used up, and reused, all the same.
 * - The cache cannot tell whether a commit names the page that was prepared;
 *   CONFIG_DEBUG_VM reports a commit with no prepare open before it.
 */

/* The end of a page is page aligned: the low bits carry what else is known. */
#define PAGE_FRAG_CACHE_ORDER_MASK	GENMASK(7, 0)
#define PAGE_FRAG_CACHE_PFMEMALLOC_BIT	BIT(8)
#define PAGE_FRAG_CACHE_PREPARED_BIT	BIT(9)	/* CONFIG_DEBUG_VM only */

/**
 * enum page_frag_misuse - what a caller can get wrong
 * @PAGE_FRAG_BAD_SIZE: a fragment of 0 bytes was asked for
 * @PAGE_FRAG_BAD_ALIGN: not a power of two, or larger than PAGE_SIZE
 * @PAGE_FRAG_BAD_COMMIT: 0 bytes, more than was prepared, or nothing prepared
 * @PAGE_FRAG_MISUSES: how many there are
 */
enum page_frag_misuse {
	PAGE_FRAG_BAD_SIZE,
	PAGE_FRAG_BAD_ALIGN,
	PAGE_FRAG_BAD_COMMIT,
	PAGE_FRAG_MISUSES,
};

/* The slow path alone looks at it, see the limitations. */
DECLARE_STATIC_KEY_FALSE(page_frag_order0_key);

/* The slow path alone tells. */
DECLARE_TRACEPOINT(page_frag_refill);

unsigned int __page_frag_cache_refill(struct page_frag_cache *nc,
				      unsigned int fragsz, gfp_t gfp);
void __page_frag_commit_misuse(struct page_frag_cache *nc, unsigned int fragsz,
			       unsigned int refs);
void __page_frag_misuse(enum page_frag_misuse what);
void __page_frag_cache_rewind(struct page_frag_cache *nc);
void page_frag_cache_drain(struct page_frag_cache *nc);
void __page_frag_cache_drain(struct page *page, unsigned int count);

/**
 * page_frag_cache_init() - make a cache empty
 * @nc: cache to initialise
 *
 * For memory that is not known to be zero; an all-zero cache is an empty one.
 * Takes no page. On a cache in use it would lose the page: drain that one.
 *
 * Context: Any context.
 */
static inline void page_frag_cache_init(struct page_frag_cache *nc)
{
	nc->encoded_end = 0;
	nc->remaining = 0;
	nc->pagecnt_bias = 0;
}

/**
 * page_frag_cache_is_pfmemalloc() - is the current page an emergency reserve?
 * @nc: cache the fragment came from
 *
 * Ask right after the allocation and under the same serialisation: the answer
 * is about the page that the last fragment came from. The data in such a
 * fragment may only be used to free memory, see skb->pfmemalloc.
 *
 * Context: Any context, serialised like an allocation.
 * Return: true if the page was taken from the memory reserves, false if it was
 * not or if the cache is empty.
 */
static inline bool
page_frag_cache_is_pfmemalloc(const struct page_frag_cache *nc)
{
	return nc->encoded_end & PAGE_FRAG_CACHE_PFMEMALLOC_BIT;
}

/**
 * page_frag_cache_used() - how much of the current page is used up
 * @nc: cache to look at
 *
 * The offset of the next fragment, if it fits and is not aligned further. For
 * whoever only wants to know, and needs no room: it neither refills nor touches
 * the page, and so it may be asked beside calls that change the cache. It can
 * then answer for a moment that never was, with the size of one page and the
 * rest of another, but always within the range below.
 *
 * Context: Any context; serialised like an allocation if the answer has to be
 * right.
 * Return: Bytes from the page's start, 0 to the size of the page; 0 if the cache
 * is empty.
 */
static inline unsigned int
page_frag_cache_used(const struct page_frag_cache *nc)
{
	/* A refill may write both meanwhile. */
	unsigned long end = data_race(READ_ONCE(nc->encoded_end));
	/* So this can be of another page. */
	unsigned int left = data_race(READ_ONCE(nc->remaining));
	unsigned int size = PAGE_SIZE << (end & PAGE_FRAG_CACHE_ORDER_MASK);

	if (!end)
		return 0;
	return size - min(left, size);
}

/*
 * What follows up to __page_frag_alloc_va_align() is the core of the calls below
 * and not for callers.
 */

/**
 * page_frag_cache_end() - where the page ends
 * @nc: cache with a page
 *
 * Context: Any context, serialised like an allocation.
 * Return: The address of the byte after the page.
 */
static __always_inline void *
page_frag_cache_end(const struct page_frag_cache *nc)
{
	return (void *)(nc->encoded_end & PAGE_MASK);
}

/**
 * page_frag_cache_size() - how large the page is
 * @nc: cache with a page
 *
 * Context: Any context, serialised like an allocation.
 * Return: Bytes.
 */
static __always_inline unsigned long
page_frag_cache_size(const struct page_frag_cache *nc)
{
	return PAGE_SIZE << (nc->encoded_end & PAGE_FRAG_CACHE_ORDER_MASK);
}

/**
 * page_frag_cache_start() - where the page starts
 * @nc: cache with a page
 *
 * Context: Any context, serialised like an allocation.
 * Return: The address of the page's first byte.
 */
static __always_inline void *
page_frag_cache_start(const struct page_frag_cache *nc)
{
	return page_frag_cache_end(nc) - page_frag_cache_size(nc);
}

/**
 * page_frag_cache_page() - the page
 * @nc: cache with a page
 *
 * Context: Any context, serialised like an allocation.
 * Return: The head page.
 */
static __always_inline struct page *
page_frag_cache_page(const struct page_frag_cache *nc)
{
	return virt_to_page(page_frag_cache_start(nc));
}

/**
 * page_frag_mark_prepared() - remember whether a prepare is open
 * @nc: cache with a page
 * @prepared: one was made; false: an allocation or a commit closes it
 *
 * Does nothing without CONFIG_DEBUG_VM.
 *
 * Context: Any context, serialised like an allocation.
 */
static __always_inline void
page_frag_mark_prepared(struct page_frag_cache *nc, bool prepared)
{
	if (!IS_ENABLED(CONFIG_DEBUG_VM))
		return;

	if (prepared)
		nc->encoded_end |= PAGE_FRAG_CACHE_PREPARED_BIT;
	else
		nc->encoded_end &= ~PAGE_FRAG_CACHE_PREPARED_BIT;
}

/**
 * page_frag_is_prepared() - is a prepare open?
 * @nc: cache that was asked, with or without a page
 *
 * Context: Any context, serialised like an allocation.
 * Return: true if one is open, and always without CONFIG_DEBUG_VM.
 */
static __always_inline bool
page_frag_is_prepared(const struct page_frag_cache *nc)
{
	return !IS_ENABLED(CONFIG_DEBUG_VM) ||
	       (nc->encoded_end & PAGE_FRAG_CACHE_PREPARED_BIT);
}

/**
 * page_frag_reserve() - see to it that there is room
 * @nc: cache to look at
 * @fragsz: bytes wanted
 * @gfp: flags for a refill
 * @align_mask: the negated alignment
 *
 * What remains counts from the page's end, and the end is aligned to every
 * alignment allowed: rounding the rest down rounds the address up. The test for
 * room is one compare that no size can overflow, and a size of 0 fails it. A
 * mask that is no alignment can skip bytes but not leave the page.
 *
 * Context: Any context that @gfp allows, calls on @nc serialised.
 * Return: Bytes from the first that is aligned to the page's end, at least
 * @fragsz, or 0.
 */
static __always_inline unsigned int
page_frag_reserve(struct page_frag_cache *nc, unsigned int fragsz, gfp_t gfp,
		  unsigned int align_mask)
{
	unsigned int avail = nc->remaining & align_mask;

	if (likely(fragsz - 1 < avail))
		return avail;

	return __page_frag_cache_refill(nc, fragsz, gfp);
}

/**
 * page_frag_prepare() - what the prepare calls have in common
 * @nc: cache to ask
 * @fragsz: in: bytes wanted; out: bytes there are
 * @gfp: flags for a refill
 * @align_mask: the negated alignment
 *
 * Context: Any context that @gfp allows; serialised up to the commit.
 * Return: The address of the range, or NULL with *@fragsz as it was.
 */
static __always_inline void *
page_frag_prepare(struct page_frag_cache *nc, unsigned int *fragsz, gfp_t gfp,
		  unsigned int align_mask)
{
	unsigned int avail = page_frag_reserve(nc, *fragsz, gfp, align_mask);

	if (unlikely(!avail))
		return NULL;

	page_frag_mark_prepared(nc, true);
	/* Without an alignment it is what remains already. */
	if (align_mask != ~0u)
		nc->remaining = avail;
	*fragsz = avail;
	return page_frag_cache_end(nc) - avail;
}

/**
 * page_frag_align_ok() - may this alignment be asked for?
 * @align: alignment in bytes
 *
 * Context: Any context.
 * Return: true for a power of two up to PAGE_SIZE, else false with a one-time
 * warning.
 */
static __always_inline bool page_frag_align_ok(unsigned int align)
{
	if (likely(is_power_of_2(align) && align <= PAGE_SIZE))
		return true;

	__page_frag_misuse(PAGE_FRAG_BAD_ALIGN);
	return false;
}

/**
 * page_frag_va_to_page() - from the address to page and offset
 * @nc: cache whose page has the address
 * @va: address in that page
 * @offset: set to the bytes between the page's start and @va
 *
 * Context: Any context, serialised like an allocation.
 * Return: The head page.
 */
static __always_inline struct page *
page_frag_va_to_page(const struct page_frag_cache *nc, const void *va,
		     unsigned int *offset)
{
	void *start = page_frag_cache_start(nc);

	*offset = va - start;
	return virt_to_page(start);
}

/**
 * __page_frag_alloc_va_align() - allocate a fragment, alignment as a mask
 * @nc: cache to allocate from
 * @fragsz: bytes wanted, 1 to PAGE_FRAG_CACHE_MAX_SIZE
 * @gfp: flags for a refill
 * @align_mask: the negated alignment, a power of two up to PAGE_SIZE; ~0u for
 *              none. Not checked.
 *
 * For callers that have checked the alignment; others call
 * page_frag_alloc_va_align().
 *
 * Context: Any context that @gfp allows, calls on @nc serialised.
 * Return: The fragment's address, or NULL: no memory, @fragsz above PAGE_SIZE
 * with no high-order page to be had, @fragsz above PAGE_FRAG_CACHE_MAX_SIZE, or
 * @fragsz 0 (warns once). On NULL the cache is as it was.
 */
static __always_inline void *
__page_frag_alloc_va_align(struct page_frag_cache *nc, unsigned int fragsz,
			   gfp_t gfp, unsigned int align_mask)
{
	unsigned int avail = page_frag_reserve(nc, fragsz, gfp, align_mask);

	if (unlikely(!avail))
		return NULL;

	page_frag_mark_prepared(nc, false);
	nc->remaining = avail - fragsz;
	nc->pagecnt_bias--;
	return page_frag_cache_end(nc) - avail;
}

/**
 * page_frag_alloc_va_align() - allocate an aligned fragment by address
 * @nc: cache to allocate from
 * @fragsz: bytes wanted, 1 to PAGE_FRAG_CACHE_MAX_SIZE
 * @gfp: flags for a refill
 * @align: alignment in bytes, a power of two up to PAGE_SIZE
 *
 * The bytes skipped for the alignment are not handed out again before the page
 * is reused. @fragsz is not rounded up: the next fragment may share the last
 * cache line of this one unless it is aligned as well.
 *
 * Context: Any context that @gfp allows, calls on @nc serialised.
 * Return: As __page_frag_alloc_va_align(), and NULL with a one-time warning for
 * an @align that is not allowed.
 */
static inline void *page_frag_alloc_va_align(struct page_frag_cache *nc,
					     unsigned int fragsz, gfp_t gfp,
					     unsigned int align)
{
	if (!page_frag_align_ok(align))
		return NULL;

	return __page_frag_alloc_va_align(nc, fragsz, gfp, -align);
}

/**
 * page_frag_alloc_va() - allocate a fragment by address
 * @nc: cache to allocate from
 * @fragsz: bytes wanted, 1 to PAGE_FRAG_CACHE_MAX_SIZE
 * @gfp: flags for a refill
 *
 * The fragment starts where the last one ended. It holds one reference of the
 * page; give that back with page_frag_free_va() or put_page().
 *
 * Context: Any context that @gfp allows, calls on @nc serialised.
 * Return: As __page_frag_alloc_va_align().
 */
static inline void *page_frag_alloc_va(struct page_frag_cache *nc,
				       unsigned int fragsz, gfp_t gfp)
{
	return __page_frag_alloc_va_align(nc, fragsz, gfp, ~0u);
}

/**
 * page_frag_alloc() - allocate a fragment by page, offset and address
 * @nc: cache to allocate from
 * @offset: set to the fragment's first byte, counted from the head page
 * @fragsz: bytes wanted, 1 to PAGE_FRAG_CACHE_MAX_SIZE
 * @va: set to the fragment's address
 * @gfp: flags for a refill
 *
 * Context: Any context that @gfp allows, calls on @nc serialised.
 * Return: The head page, of which the fragment holds one reference, or NULL as
 * for __page_frag_alloc_va_align(), with @offset and @va as they were.
 */
static inline struct page *page_frag_alloc(struct page_frag_cache *nc,
					   unsigned int *offset,
					   unsigned int fragsz, void **va,
					   gfp_t gfp)
{
	void *addr = page_frag_alloc_va(nc, fragsz, gfp);

	if (unlikely(!addr))
		return NULL;

	*va = addr;
	return page_frag_va_to_page(nc, addr, offset);
}

/**
 * page_frag_alloc_pg() - allocate a fragment by page and offset
 * @nc: cache to allocate from
 * @offset: set to the fragment's first byte, counted from the head page
 * @fragsz: bytes wanted, 1 to PAGE_FRAG_CACHE_MAX_SIZE
 * @gfp: flags for a refill
 *
 * Context: Any context that @gfp allows, calls on @nc serialised.
 * Return: As page_frag_alloc().
 */
static inline struct page *page_frag_alloc_pg(struct page_frag_cache *nc,
					      unsigned int *offset,
					      unsigned int fragsz, gfp_t gfp)
{
	void *va;

	return page_frag_alloc(nc, offset, fragsz, &va, gfp);
}

/**
 * page_frag_rewind() - what the calls that rewind have in common; not for callers
 * @nc: cache to look at, with or without a page
 *
 * Most often somebody uses a fragment of the page, so the count is looked at
 * before what else may be against it.
 *
 * Context: Any context, serialised like an allocation, with no prepare open.
 * Return: The head page, or NULL if the cache is empty.
 */
static __always_inline struct page *page_frag_rewind(struct page_frag_cache *nc)
{
	unsigned int size = page_frag_cache_size(nc);
	struct page *page;

	if (unlikely(!nc->encoded_end))
		return NULL;

	page = page_frag_cache_page(nc);
	if (page_ref_count(page) != nc->pagecnt_bias)
		return page;
	if (nc->remaining == size || page_frag_cache_is_pfmemalloc(nc))
		return page;

	/* The bias is short, or there is somebody to tell. */
	if (unlikely(nc->pagecnt_bias <= size ||
		     tracepoint_enabled(page_frag_refill))) {
		__page_frag_cache_rewind(nc);
		return page;
	}

	page_frag_mark_prepared(nc, false);
	nc->remaining = size;
	return page;
}

/**
 * page_frag_cache_rewind() - start the page again if nobody uses any of it
 * @nc: cache to look at, with or without a page
 *
 * Once all fragments have been freed the page can start again before it is used
 * up. For whoever asks for as much as there is: what follows is one fragment
 * where it would have gone beyond the page's end, in memory that is warm. Reads
 * the page's reference count, which is written wherever a fragment is freed, so
 * that an allocation alone does not do it.
 *
 * A page from the memory reserves is not started again, and one of which nothing
 * is used up stays as it is.
 *
 * Context: Any context, serialised like an allocation, with no prepare open.
 */
static inline void page_frag_cache_rewind(struct page_frag_cache *nc)
{
	page_frag_rewind(nc);
}

/**
 * page_frag_alloc_va_prepare() - ask for a range, by address
 * @nc: cache to ask
 * @fragsz: in: the least number of bytes that is of use, 1 to
 *          PAGE_FRAG_CACHE_MAX_SIZE; out: the bytes there are, not fewer
 * @gfp: flags for a refill
 *
 * A request for between *@fragsz bytes and whatever there is. No reference is
 * taken and nothing is used up: write into the range, then call
 * page_frag_alloc_commit() or page_frag_alloc_commit_noref() once for what was
 * used, or no function at all if nothing was. Until then nothing else may be
 * done with @nc.
 *
 * Context: Any context that @gfp allows; serialised up to the commit.
 * Return: The address of the range, or NULL as for
 * __page_frag_alloc_va_align(), with *@fragsz and the cache as they were.
 */
static inline void *page_frag_alloc_va_prepare(struct page_frag_cache *nc,
					       unsigned int *fragsz, gfp_t gfp)
{
	return page_frag_prepare(nc, fragsz, gfp, ~0u);
}

/**
 * page_frag_alloc_va_prepare_align() - ask for an aligned range, by address
 * @nc: cache to ask
 * @fragsz: as for page_frag_alloc_va_prepare()
 * @gfp: flags for a refill
 * @align: alignment in bytes, a power of two up to PAGE_SIZE
 *
 * The bytes skipped for the alignment are used up at once, also if nothing is
 * committed: the commit counts from the position the cache is at. Asking again
 * skips nothing more.
 *
 * Context: Any context that @gfp allows; serialised up to the commit.
 * Return: As page_frag_alloc_va_prepare(), and NULL with a one-time warning for
 * an @align that is not allowed.
 */
static inline void *
page_frag_alloc_va_prepare_align(struct page_frag_cache *nc,
				 unsigned int *fragsz, gfp_t gfp,
				 unsigned int align)
{
	if (!page_frag_align_ok(align))
		return NULL;

	return page_frag_prepare(nc, fragsz, gfp, -align);
}

/**
 * page_frag_prepared() - tell a range by page, offset and address; not for callers
 * @nc: cache that was asked
 * @page: its head page
 * @avail: bytes there are
 * @offset: set to the first byte of the range, counted from @page
 * @fragsz: set to @avail
 * @va: set to the address of the range
 *
 * Context: Any context; serialised up to the commit.
 * Return: @page.
 */
static __always_inline struct page *
page_frag_prepared(struct page_frag_cache *nc, struct page *page,
		   unsigned int avail, unsigned int *offset,
		   unsigned int *fragsz, void **va)
{
	page_frag_mark_prepared(nc, true);
	*fragsz = avail;
	*offset = page_frag_cache_size(nc) - avail;
	*va = page_frag_cache_end(nc) - avail;
	return page;
}

/**
 * page_frag_alloc_prepare() - ask for a range, by page, offset and address
 * @nc: cache to ask
 * @offset: set to the first byte of the range, counted from the head page
 * @fragsz: as for page_frag_alloc_va_prepare()
 * @va: set to the address of the range
 * @gfp: flags for a refill
 *
 * Context: Any context that @gfp allows; serialised up to the commit.
 * Return: The head page, of which no reference is taken, or NULL as for
 * page_frag_alloc_va_prepare(), with @offset and @va as they were too.
 */
static inline struct page *page_frag_alloc_prepare(struct page_frag_cache *nc,
						   unsigned int *offset,
						   unsigned int *fragsz,
						   void **va, gfp_t gfp)
{
	unsigned int avail = page_frag_reserve(nc, *fragsz, gfp, ~0u);

	if (unlikely(!avail))
		return NULL;

	return page_frag_prepared(nc, page_frag_cache_page(nc), avail, offset,
				  fragsz, va);
}

/**
 * page_frag_alloc_prepare_rewind() - ask for a range, from the page's start once
 *                                    nobody uses any of it
 * @nc: cache to ask
 * @offset: set to the first byte of the range, counted from the head page
 * @fragsz: as for page_frag_alloc_va_prepare()
 * @va: set to the address of the range
 * @gfp: flags for a refill
 *
 * page_frag_cache_rewind() and page_frag_alloc_prepare() in one. The first has
 * to find the page, and what it found serves the second.
 *
 * Context: Any context that @gfp allows, with no prepare open; serialised up to
 * the commit.
 * Return: As page_frag_alloc_prepare(). On NULL too the page may have been
 * started again.
 */
static inline struct page *
page_frag_alloc_prepare_rewind(struct page_frag_cache *nc, unsigned int *offset,
			       unsigned int *fragsz, void **va, gfp_t gfp)
{
	struct page *page = page_frag_rewind(nc);
	unsigned int avail = nc->remaining;

	/* As in page_frag_reserve(); a refill may change the page. */
	if (unlikely(*fragsz - 1 >= avail)) {
		avail = __page_frag_cache_refill(nc, *fragsz, gfp);
		if (!avail)
			return NULL;
		page = page_frag_cache_page(nc);
	}

	return page_frag_prepared(nc, page, avail, offset, fragsz, va);
}

/**
 * page_frag_alloc_pg_prepare() - ask for a range, by page and offset
 * @nc: cache to ask
 * @offset: set to the first byte of the range, counted from the head page
 * @fragsz: as for page_frag_alloc_va_prepare()
 * @gfp: flags for a refill
 *
 * Context: Any context that @gfp allows; serialised up to the commit.
 * Return: As page_frag_alloc_prepare().
 */
static inline struct page *
page_frag_alloc_pg_prepare(struct page_frag_cache *nc, unsigned int *offset,
			   unsigned int *fragsz, gfp_t gfp)
{
	void *va;

	return page_frag_alloc_prepare(nc, offset, fragsz, &va, gfp);
}

/**
 * page_frag_commit() - what the commit calls have in common; not for callers
 * @nc: cache that was asked
 * @fragsz: bytes used
 * @refs: references taken, 0 or 1
 *
 * Context: Any context, under the serialisation of the prepare.
 */
static __always_inline void page_frag_commit(struct page_frag_cache *nc,
					     unsigned int fragsz,
					     unsigned int refs)
{
	if (unlikely(fragsz - 1 >= nc->remaining || !page_frag_is_prepared(nc))) {
		__page_frag_commit_misuse(nc, fragsz, refs);
		return;
	}

	page_frag_mark_prepared(nc, false);
	nc->remaining -= fragsz;
	nc->pagecnt_bias -= refs;
}

/**
 * page_frag_alloc_commit() - use part of a prepared range as a new fragment
 * @nc: cache that was asked
 * @fragsz: bytes used, from 1 to what the prepare reported
 *
 * The fragment is the first @fragsz bytes of the range and owns one reference
 * of the page.
 *
 * A @fragsz of 0 or above what was prepared is a caller's bug and warns once.
 * The reference is the caller's all the same, and stands for at least one and
 * at most all of the bytes that were left, so that a put_page() cannot free the
 * page early. On a cache without a page nothing is done. With CONFIG_DEBUG_VM a
 * commit that follows no prepare warns too, and counts as asked.
 *
 * Context: Any context, under the serialisation of the prepare.
 */
static inline void page_frag_alloc_commit(struct page_frag_cache *nc,
					  unsigned int fragsz)
{
	page_frag_commit(nc, fragsz, 1);
}

/**
 * page_frag_alloc_commit_noref() - use part of a prepared range to grow the
 *                                  last fragment
 * @nc: cache that was asked
 * @fragsz: bytes used, from 1 to what the prepare reported
 *
 * For bytes coalesced onto a fragment that ends where the range starts, on the
 * same page, and that holds a reference which is not given back before these
 * bytes are done with. No reference is taken.
 *
 * A wrong @fragsz warns once as in page_frag_alloc_commit(); 0 uses nothing,
 * and too much uses what was left.
 *
 * Context: Any context, under the serialisation of the prepare.
 */
static inline void page_frag_alloc_commit_noref(struct page_frag_cache *nc,
						unsigned int fragsz)
{
	page_frag_commit(nc, fragsz, 0);
}

/**
 * page_frag_free_va() - give back a fragment by address
 * @addr: any address inside the fragment; NULL does nothing
 *
 * Drops one reference of the page @addr is in and frees the page with the last.
 * Works for any page with a reference count and a kernel address, order 0 or
 * compound, whether it came from a cache or not. put_page() on the fragment's
 * page does the same.
 *
 * Context: Any context but NMI, on any CPU; needs no serialisation.
 */
void page_frag_free_va(void *addr);

#endif /* _LINUX_PAGE_FRAG_CACHE_H */
