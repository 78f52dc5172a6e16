// SPDX-License-Identifier: GPL-2.0
/*
 * A caller of each call but page_frag_alloc_va(), which scripts/fastpath.sh compares with
 * the base's; compiled and not run: what is counted are the instructions
 * of the way that finds room. A way that calls is not that one.
 */
#include <linux/mm.h>
#include <linux/page_frag_cache.h>

#define CALLS_SIZE	256
#define CALLS_GFP	GFP_ATOMIC

/* What calls_by_page() and the like hand out. */
struct calls_frag {
	struct page *page;
	unsigned int offset;
	void *va;
};

void calls_no_room(void);
void *calls_aligned(struct page_frag_cache *nc);
void calls_by_page(struct page_frag_cache *nc, struct calls_frag *frag);
void calls_by_both(struct page_frag_cache *nc, struct calls_frag *frag);
void calls_commit(struct page_frag_cache *nc, struct calls_frag *frag);
void calls_commit_noref(struct page_frag_cache *nc, struct calls_frag *frag);
void calls_as_sockets(struct page_frag_cache *nc, struct calls_frag *frag);

void *calls_aligned(struct page_frag_cache *nc)
{
	return page_frag_alloc_va_align(nc, CALLS_SIZE, CALLS_GFP, 64);
}

void calls_by_page(struct page_frag_cache *nc, struct calls_frag *frag)
{
	frag->page = page_frag_alloc_pg(nc, &frag->offset, CALLS_SIZE, CALLS_GFP);
	if (!frag->page)
		calls_no_room();
}

void calls_by_both(struct page_frag_cache *nc, struct calls_frag *frag)
{
	frag->page = page_frag_alloc(nc, &frag->offset, CALLS_SIZE, &frag->va,
				     CALLS_GFP);
	if (!frag->page)
		calls_no_room();
}

static __always_inline void
calls_prepare(struct page_frag_cache *nc, struct calls_frag *frag)
{
	unsigned int size = CALLS_SIZE;

	frag->page = page_frag_alloc_prepare(nc, &frag->offset, &size,
					     &frag->va, CALLS_GFP);
	if (!frag->page)
		calls_no_room();
}

void calls_commit(struct page_frag_cache *nc, struct calls_frag *frag)
{
	calls_prepare(nc, frag);
	page_frag_alloc_commit(nc, CALLS_SIZE);
}

void calls_commit_noref(struct page_frag_cache *nc, struct calls_frag *frag)
{
	calls_prepare(nc, frag);
	page_frag_alloc_commit_noref(nc, CALLS_SIZE);
}

void calls_as_sockets(struct page_frag_cache *nc, struct calls_frag *frag)
{
	unsigned int size = CALLS_SIZE;

	frag->page = page_frag_alloc_prepare_rewind(nc, &frag->offset, &size,
						    &frag->va, CALLS_GFP);
	if (!frag->page)
		calls_no_room();
	page_frag_alloc_commit(nc, CALLS_SIZE);
}
