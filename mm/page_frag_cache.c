// SPDX-License-Identifier: GPL-2.0
/*
 * Page fragment allocator: refill, drain and free.
 *
 * The fast path and the contract are in include/linux/page_frag_cache.h.
 */

/**
 * DOC: page_frag allocator
 *
 * A page fragment is a piece of a page, of any length and at any offset, that
 * is freed on its own: each fragment holds one reference of the page, and the
 * page goes back when the last reference does. Network drivers build skb heads
 * in fragments; protocols fill skb frags with them.
 *
 * A &struct page_frag_cache hands out one page from its start to its end. The
 * page is order PAGE_FRAG_CACHE_MAX_ORDER if that can be had without reclaim,
 * else order 0 with the flags of the caller. The static key page_frag_order0_key
 * leaves out the first try, for requests that order 0 can serve.
 *
 * When a page is taken, its reference count is set to more than the number of
 * fragments it can hold at a time. This surplus is the bias: an allocation moves
 * one reference from the bias to the new fragment by decrementing a plain counter
 * in the cache. The shared count is changed by an atomic when the page is given
 * up, and not for each fragment.
 *
 * Wherever a page starts, the bias covers one reference for every byte and one
 * for the cache itself. As every reference that leaves the cache takes at least
 * one byte with it, the cache cannot give away a page that it is still using.
 *
 * When a request does not fit into what is left, the cache reuses the page in
 * place if nobody else holds a reference, that is, if the reference count
 * equals the bias. This reads the count and does not write to it, unless so many
 * fragments have come and gone that the bias is short. Otherwise it takes a new
 * page, and only then gives back what is left of the bias of the old one: a
 * request that cannot be served leaves the cache as it was. A page from the
 * memory reserves (pfmemalloc) is never reused, or every later packet would look
 * like an emergency. A caller that would rather start an unused page again at
 * once says so by page_frag_cache_rewind().
 */

#include <kunit/static_stub.h>
#include <kunit/visibility.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/export.h>
#include <linux/jump_label.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "page_alloc.h"
#include "page_frag_cache.h"

#define CREATE_TRACE_POINTS
#include <trace/events/page_frag.h>

EXPORT_TRACEPOINT_SYMBOL(page_frag_refill);

static_assert(PAGE_FRAG_CACHE_PREPARED_BIT < PAGE_SIZE);
static_assert(sizeof(struct page_frag_cache) <= 16);
static_assert(BITS_PER_LONG > 32 || PAGE_SIZE >= PAGE_FRAG_CACHE_MAX_SIZE ||
	      sizeof(struct page_frag_cache) == 8);
static_assert((typeof_member(struct page_frag_cache, pagecnt_bias))
	      PAGE_FRAG_CACHE_BIAS == PAGE_FRAG_CACHE_BIAS);
static_assert((typeof_member(struct page_frag_cache, remaining))
	      PAGE_FRAG_CACHE_MAX_SIZE == PAGE_FRAG_CACHE_MAX_SIZE);

/* Switches the high order off, for all caches. */
DEFINE_STATIC_KEY_FALSE(page_frag_order0_key);
EXPORT_SYMBOL_GPL(page_frag_order0_key);

/**
 * __page_frag_misuse() - report a caller's bug, each kind once
 * @what: the kind
 *
 * Context: Any context.
 */
void __page_frag_misuse(enum page_frag_misuse what)
{
	static const char * const names[] = {
		[PAGE_FRAG_BAD_SIZE]	= "allocation of 0 bytes",
		[PAGE_FRAG_BAD_ALIGN]	= "alignment is no power of two up to PAGE_SIZE",
		[PAGE_FRAG_BAD_COMMIT]	= "commit of 0 bytes, or not as prepared",
	};
	static unsigned long reported;

	static_assert(ARRAY_SIZE(names) == PAGE_FRAG_MISUSES);
	KUNIT_STATIC_STUB_REDIRECT(__page_frag_misuse, what);

	if (!test_and_set_bit(what, &reported))
		WARN(1, "page_frag: %s\n", names[what]);
}
EXPORT_SYMBOL(__page_frag_misuse);

/**
 * page_frag_page_alloc() - ask the page allocator
 * @gfp: flags
 * @order: order of the page
 *
 * The place where a test decides what memory there is.
 *
 * Context: Any context that @gfp allows.
 * Return: A page that has no reference yet, or NULL.
 */
VISIBLE_IF_KUNIT struct page *page_frag_page_alloc(gfp_t gfp, unsigned int order)
{
	KUNIT_STATIC_STUB_REDIRECT(page_frag_page_alloc, gfp, order);

	return alloc_frozen_pages(gfp, order);
}

#if IS_ENABLED(CONFIG_KUNIT)
EXPORT_SYMBOL_GPL(page_frag_page_alloc);
#endif

/**
 * page_frag_high_order_gfp() - flags for the first try
 * @gfp: the caller's flags
 *
 * A high order is a bonus: no reclaim, no reserves, no insisting, no complaint.
 *
 * Context: Any context.
 * Return: The flags.
 */
static gfp_t page_frag_high_order_gfp(gfp_t gfp)
{
	return (gfp & ~(__GFP_DIRECT_RECLAIM | __GFP_NOFAIL)) | __GFP_COMP |
	       __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC;
}

/**
 * page_frag_try_high_order() - is a page of high order to be asked for first?
 * @fragsz: bytes wanted
 *
 * No other page can hold a request above PAGE_SIZE: the switch does not concern
 * it.
 *
 * Context: Any context.
 * Return: true if it is, false if order 0 is all that is tried.
 */
static bool page_frag_try_high_order(unsigned int fragsz)
{
	return fragsz > PAGE_SIZE || !static_branch_unlikely(&page_frag_order0_key);
}

/**
 * page_frag_page_get() - get the best page there is for a request
 * @fragsz: bytes wanted
 * @gfp: the caller's flags
 * @order: set to the order of the page
 *
 * Context: Any context that @gfp allows.
 * Return: A page that can hold the fragment, or NULL.
 */
static struct page *page_frag_page_get(unsigned int fragsz, gfp_t gfp,
				       unsigned int *order)
{
	struct page *page;

	gfp &= ~__GFP_HIGHMEM;
	if (PAGE_FRAG_CACHE_MAX_ORDER && page_frag_try_high_order(fragsz)) {
		*order = PAGE_FRAG_CACHE_MAX_ORDER;
		page = page_frag_page_alloc(page_frag_high_order_gfp(gfp), *order);
		if (likely(page) || fragsz > PAGE_SIZE)
			return page;
	}

	*order = 0;
	return page_frag_page_alloc(gfp, 0);
}

/**
 * page_frag_cache_set() - start at the beginning of a page
 * @nc: cache to set
 * @page: page without references
 * @order: its order
 *
 * Context: Any context, serialised like an allocation.
 */
static void page_frag_cache_set(struct page_frag_cache *nc, struct page *page,
				unsigned int order)
{
	unsigned long size = PAGE_SIZE << order;
	unsigned long end = ((unsigned long)page_address(page) + size) | order;

	BUILD_BUG_ON(PAGE_FRAG_CACHE_MAX_ORDER > PAGE_FRAG_CACHE_ORDER_MASK);
	if (page_is_pfmemalloc(page))
		end |= PAGE_FRAG_CACHE_PFMEMALLOC_BIT;
	nc->encoded_end = end;
	nc->remaining = size;
	nc->pagecnt_bias = PAGE_FRAG_CACHE_BIAS;
	/* Nobody takes a reference of a count of 0: no atomic is needed. */
	VM_WARN_ON_ONCE_PAGE(page_ref_count(page), page);
	set_page_count(page, PAGE_FRAG_CACHE_BIAS);
}

/**
 * page_frag_trace() - tell that a cache starts a page
 * @nc: cache that does
 * @reused: it has had the page before
 * @gfp: flags of the request, 0 if there was none
 *
 * Context: Any context, serialised like an allocation.
 */
static void page_frag_trace(struct page_frag_cache *nc, bool reused, gfp_t gfp)
{
	trace_page_frag_refill(nc, nc->encoded_end & PAGE_FRAG_CACHE_ORDER_MASK,
			       reused, page_frag_cache_is_pfmemalloc(nc), gfp);
}

/**
 * page_frag_cache_top_up() - the whole bias again
 * @nc: cache with a page
 *
 * Context: Any context, serialised like an allocation.
 */
static noinline void page_frag_cache_top_up(struct page_frag_cache *nc)
{
	/* Others may take a speculative reference: add, never set. */
	page_ref_add(page_frag_cache_page(nc),
		     PAGE_FRAG_CACHE_BIAS - nc->pagecnt_bias);
	nc->pagecnt_bias = PAGE_FRAG_CACHE_BIAS;
}

/**
 * page_frag_cache_restart() - start the page again
 * @nc: cache with a page that nobody else uses
 * @size: of the page, in bytes
 * @gfp: flags of the request, 0 if there was none
 *
 * Context: Any context, serialised like an allocation.
 */
static void page_frag_cache_restart(struct page_frag_cache *nc,
				    unsigned int size, gfp_t gfp)
{
	if (unlikely(nc->pagecnt_bias <= size))
		page_frag_cache_top_up(nc);
	page_frag_mark_prepared(nc, false);
	nc->remaining = size;
	page_frag_trace(nc, true, gfp);
}

/**
 * page_frag_cache_reuse() - start again if all fragments have been freed
 * @nc: cache with a page
 * @fragsz: bytes wanted
 * @gfp: the caller's flags
 *
 * Whoever held a fragment dropped it by an ordered atomic. What is done with the
 * bytes next is to write to them, and no write comes before the branch is decided:
 * that takes no barrier. It has to be a branch up to the caller, and is one because
 * page_frag_cache_renew() is a call. What page_frag_cache_rewind() decides is one
 * too, or the address is made of it, which orders a write as well. A speculative
 * reference only makes the page look busy. Model: tools/testing/page_frag/refs.pml.
 *
 * Context: Any context, serialised like an allocation.
 * Return: Bytes that are free again, all of the page, or 0: somebody has it.
 */
static unsigned int page_frag_cache_reuse(struct page_frag_cache *nc,
					  unsigned int fragsz, gfp_t gfp)
{
	unsigned int size = page_frag_cache_size(nc);

	if (page_frag_cache_is_pfmemalloc(nc) || fragsz > size)
		return 0;
	if (page_ref_count(page_frag_cache_page(nc)) != nc->pagecnt_bias)
		return 0;

	if (gfp & __GFP_ZERO)
		memset(page_frag_cache_start(nc), 0, size);
	page_frag_cache_restart(nc, size, gfp);
	return size;
}

/**
 * page_frag_cache_renew() - take a new page, then give up the old one
 * @nc: cache with or without a page
 * @fragsz: bytes wanted
 * @gfp: the caller's flags
 *
 * Context: Any context that @gfp allows, calls on @nc serialised.
 * Return: Bytes of the new page, or 0: there is none, and the cache is as it was.
 */
static noinline unsigned int
page_frag_cache_renew(struct page_frag_cache *nc, unsigned int fragsz, gfp_t gfp)
{
	unsigned int order;
	struct page *page = page_frag_page_get(fragsz, gfp, &order);

	if (unlikely(!page))
		return 0;

	if (nc->encoded_end)
		__page_frag_cache_drain(page_frag_cache_page(nc), nc->pagecnt_bias);
	page_frag_cache_set(nc, page, order);
	page_frag_trace(nc, false, gfp);
	return nc->remaining;
}

/**
 * __page_frag_cache_refill() - the slow path: make room for a request
 * @nc: cache that has no room
 * @fragsz: bytes wanted
 * @gfp: flags for a new page
 *
 * Not for callers: the inline allocation and prepare functions call it.
 *
 * Context: Any context that @gfp allows, calls on @nc serialised.
 * Return: Bytes the cache has now, from the start of a page and at least
 * @fragsz, or 0: nothing could be had, and the cache is as it was.
 */
noinline unsigned int __page_frag_cache_refill(struct page_frag_cache *nc,
					       unsigned int fragsz, gfp_t gfp)
{
	unsigned int avail = 0;

	if (unlikely(!fragsz))
		__page_frag_misuse(PAGE_FRAG_BAD_SIZE);
	if (unlikely(!fragsz || fragsz > PAGE_FRAG_CACHE_MAX_SIZE))
		return 0;

	if (nc->encoded_end)
		avail = page_frag_cache_reuse(nc, fragsz, gfp);
	return avail ?: page_frag_cache_renew(nc, fragsz, gfp);
}
EXPORT_SYMBOL(__page_frag_cache_refill);

/**
 * __page_frag_cache_rewind() - the slow path of page_frag_cache_rewind()
 * @nc: cache whose page can be reused, and is used up in part
 *
 * Not for callers.
 *
 * Context: Any context, serialised like an allocation, with no prepare open.
 */
noinline void __page_frag_cache_rewind(struct page_frag_cache *nc)
{
	page_frag_cache_restart(nc, page_frag_cache_size(nc), 0);
}
EXPORT_SYMBOL(__page_frag_cache_rewind);

/**
 * __page_frag_commit_misuse() - the outcome of a commit that is a caller's bug
 * @nc: cache of the commit
 * @fragsz: bytes it named
 * @refs: references it takes, 0 or 1
 *
 * Not for callers: the inline commit functions call it. A reference has to be
 * covered by a byte or the bias could run out before the page does; with no
 * byte left it is taken from the page itself.
 *
 * Context: Any context, serialised like the commit.
 */
noinline void __page_frag_commit_misuse(struct page_frag_cache *nc,
					unsigned int fragsz, unsigned int refs)
{
	__page_frag_misuse(PAGE_FRAG_BAD_COMMIT);
	if (!nc->encoded_end)
		return;

	page_frag_mark_prepared(nc, false);
	if (!nc->remaining) {
		page_ref_add(page_frag_cache_page(nc), refs);
		return;
	}

	nc->remaining -= clamp_t(unsigned int, fragsz, refs, nc->remaining);
	nc->pagecnt_bias -= refs;
}
EXPORT_SYMBOL(__page_frag_commit_misuse);

/**
 * page_frag_cache_drain() - give up the current page of a cache
 * @nc: cache to empty; an empty one is left as it is
 *
 * Gives back the references that no fragment holds. Fragments stay valid, and
 * the page is freed with the last of them. The cache can be used again.
 *
 * Context: Any context, serialised like an allocation.
 */
void page_frag_cache_drain(struct page_frag_cache *nc)
{
	if (!nc->encoded_end)
		return;

	__page_frag_cache_drain(page_frag_cache_page(nc), nc->pagecnt_bias);
	page_frag_cache_init(nc);
}
EXPORT_SYMBOL(page_frag_cache_drain);

/**
 * __page_frag_cache_drain() - drop many references of a page at once
 * @page: head page, compound or order 0
 * @count: references the caller owns and gives back
 *
 * For drivers that keep a bias of their own on pages of their own; a
 * &struct page_frag_cache is emptied by page_frag_cache_drain().
 *
 * Context: Any context but NMI.
 */
void __page_frag_cache_drain(struct page *page, unsigned int count)
{
	VM_WARN_ON_ONCE_PAGE(page_ref_count(page) == 0, page);

	if (page_ref_sub_and_test(page, count))
		free_frozen_pages(page, compound_order(page));
}
EXPORT_SYMBOL(__page_frag_cache_drain);

void page_frag_free_va(void *addr)
{
	struct page *page;

	if (unlikely(!addr))
		return;

	page = virt_to_head_page(addr);
	if (unlikely(put_page_testzero(page)))
		free_frozen_pages(page, compound_order(page));
}
EXPORT_SYMBOL(page_frag_free_va);
