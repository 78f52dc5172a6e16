// SPDX-License-Identifier: GPL-2.0
/*
 * Tests that rely on the contract in linux/page_frag_cache.h, on the reference
 * count of struct page, and on two static stubs: page_frag_page_alloc() decides
 * what memory there is, __page_frag_misuse() counts instead of warning. The
 * second part, test_internal_*, relies on the fields of struct page_frag_cache
 * as well.
 *
 * Nearly every call goes through a reference model: a bump allocator with a
 * list of the live fragments. It says beforehand where a request must go,
 * fills each fragment with a byte of its own, and after each step compares the
 * reference count of every page with the fragments that are out. It keeps one
 * reference of each page, so that the count can be read to the very end.
 */

#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <kunit/test-bug.h>
#include <linux/align.h>
#include <linux/gfp.h>
#include <linux/jump_label.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmstat.h>

#include "page_frag_cache.h"

#define PF_SEED		0x70667261U
#define PF_MAX_PAGES	128
#define PF_MAX_ATTEMPTS	4
#define PF_MAX_FRAGS	(PAGE_FRAG_CACHE_MAX_SIZE + PF_MAX_PAGES)
#define PF_UNTOUCHED	0xdeadbeefU
#define PF_BIG		((unsigned int)PAGE_SIZE << PAGE_FRAG_CACHE_MAX_ORDER)

/* What the stub of the page allocator grants. */
enum pf_backing {
	PF_GRANTED,
	PF_NO_HIGH,
	PF_NOTHING,
	PF_PFMEMALLOC,
	PF_BACKINGS,
};

static const char * const pf_backing_names[] = {
	[PF_GRANTED]	= "granted",
	[PF_NO_HIGH]	= "high-order-refused",
	[PF_NOTHING]	= "all-refused",
	[PF_PFMEMALLOC]	= "pfmemalloc",
};

/* Where a request is served from. */
enum pf_outcome {
	PF_REFUSED,
	PF_FITS,
	PF_REUSED,
	PF_NEW,
};

enum pf_form {
	PF_VA,
	PF_VA_MASK,
	PF_VA_ALIGN,
	PF_PG,
	PF_BOTH,
	PF_PREPARE_VA,
	PF_PREPARE_VA_ALIGN,
	PF_PREPARE_PG,
	PF_PREPARE_BOTH,
	PF_PREPARE_REWIND,
	PF_FORMS,
};

struct pf_form_info {
	const char *name;
	bool prepare;		/* asks for a range */
	bool mask;		/* takes an alignment, unchecked */
	bool align;		/* takes an alignment, checked */
	bool rewind;		/* starts an unused page again */
};

static const struct pf_form_info pf_forms[] = {
	[PF_VA]			= { "va" },
	[PF_VA_MASK]		= { "va_mask", .mask = true },
	[PF_VA_ALIGN]		= { "va_align", .align = true },
	[PF_PG]			= { "pg" },
	[PF_BOTH]		= { "both" },
	[PF_PREPARE_VA]		= { "va_prepare", .prepare = true },
	[PF_PREPARE_VA_ALIGN]	= { "va_prepare_align", .prepare = true, .align = true },
	[PF_PREPARE_PG]		= { "pg_prepare", .prepare = true },
	[PF_PREPARE_BOTH]	= { "prepare", .prepare = true },
	[PF_PREPARE_REWIND]	= { "prepare_rewind", .prepare = true, .rewind = true },
};

struct pf_request {
	enum pf_form form;
	unsigned int fragsz;
	unsigned int align;	/* 1: none */
	gfp_t gfp;
};

/* What a request returned, by whatever form; untouched if it was refused. */
struct pf_got {
	struct page *page;
	void *va;
	unsigned int offset;
	unsigned int fragsz;
};

/* A page that the stub handed out; an entry without a page is free. */
struct pf_page {
	struct page *page;
	unsigned int order;
	unsigned int frags;
	bool pfmemalloc;
	bool lent;		/* the model has no reference of it */
};

struct pf_frag {
	struct pf_page *owner;
	unsigned int offset;
	unsigned int len;
	u8 seed;
};

struct pf_attempt {
	gfp_t gfp;
	unsigned int order;
};

/**
 * struct pf_model - a cache, the world around it and what is expected of it
 * @test: the running test
 * @nc: the cache
 * @backing: what the page allocator grants
 * @shared: somebody else holds a reference of each page: no reuse
 * @attempts: what the page allocator was asked for by the last request
 * @nr_attempts: how often it was asked by the last request
 * @granted: the page it granted to the last request, if any
 * @handed_out: pages granted so far
 * @gone_back: pages given back so far
 * @misuse: misuse reports so far
 * @expected: misuse reports expected so far
 * @got: what the last request returned
 * @pages: all pages that are not yet given back
 * @cur: the cache's page
 * @pos: where the next fragment starts
 * @prepared: bytes of the open prepare
 * @frags: the live fragments
 * @nr_frags: how many
 * @seed: byte of the last fragment
 * @rnd: state of the pseudo-random sequence
 */
struct pf_model {
	struct kunit *test;
	struct page_frag_cache nc;
	enum pf_backing backing;
	bool shared;
	struct pf_attempt attempts[PF_MAX_ATTEMPTS];
	unsigned int nr_attempts;
	struct pf_page *granted;
	unsigned int handed_out;
	unsigned int gone_back;
	unsigned int misuse[PAGE_FRAG_MISUSES];
	unsigned int expected[PAGE_FRAG_MISUSES];
	struct pf_got got;
	struct pf_page pages[PF_MAX_PAGES];
	struct pf_page *cur;
	unsigned int pos;
	unsigned int prepared;
	struct pf_frag *frags;
	unsigned int nr_frags;
	u8 seed;
	struct rnd_state rnd;
};

/* === Stubs === */

static bool pf_grants(const struct pf_model *m, unsigned int order)
{
	return m->backing != PF_NOTHING && !(m->backing == PF_NO_HIGH && order);
}

static struct pf_page *pf_free_entry(struct pf_model *m)
{
	unsigned int i;

	for (i = 0; i < PF_MAX_PAGES; i++)
		if (!m->pages[i].page)
			return &m->pages[i];
	KUNIT_FAIL_AND_ABORT(m->test, "more pages than the model can hold");
	return NULL;
}

/* Reclaim is allowed whatever was asked: a refusal is this file's decision. */
static struct page *pf_stub_page_alloc(gfp_t gfp, unsigned int order)
{
	struct pf_model *m = kunit_get_current_test()->priv;
	gfp_t kept = gfp & (__GFP_ZERO | __GFP_COMP);
	struct pf_page *pg;

	KUNIT_ASSERT_LT(m->test, m->nr_attempts, PF_MAX_ATTEMPTS);
	m->attempts[m->nr_attempts++] = (struct pf_attempt){ gfp, order };
	if (!pf_grants(m, order))
		return NULL;

	pg = pf_free_entry(m);
	*pg = (struct pf_page){ .order = order };
	pg->pfmemalloc = m->backing == PF_PFMEMALLOC;
	pg->page = alloc_pages(GFP_KERNEL | kept, order);
	KUNIT_ASSERT_NOT_NULL(m->test, pg->page);
	if (pg->pfmemalloc)
		set_page_pfmemalloc(pg->page);
	/* The model takes its reference once the cache has set the count. */
	KUNIT_ASSERT_TRUE(m->test, page_ref_freeze(pg->page, 1));
	pg->lent = true;
	m->handed_out++;
	m->granted = pg;
	return pg->page;
}

static void pf_stub_misuse(enum page_frag_misuse what)
{
	struct pf_model *m = kunit_get_current_test()->priv;

	m->misuse[what]++;
}

/* === The calls under test, brought to one form === */

static bool pf_got_va(struct pf_got *got, void *va)
{
	if (!va)
		return false;

	got->va = va;
	got->page = virt_to_head_page(va);
	got->offset = va - page_address(got->page);
	return true;
}

static bool pf_got_pg(struct pf_got *got, struct page *page)
{
	if (!page)
		return false;

	got->page = page;
	got->va = page_address(page) + got->offset;
	return true;
}

static bool pf_got_both(struct pf_got *got, struct page *page)
{
	got->page = page;
	return page;
}

static bool pf_call_alloc(struct page_frag_cache *nc,
			  const struct pf_request *r, struct pf_got *got)
{
	switch (r->form) {
	case PF_VA:
		return pf_got_va(got, page_frag_alloc_va(nc, r->fragsz, r->gfp));
	case PF_VA_MASK:
		return pf_got_va(got, __page_frag_alloc_va_align(nc, r->fragsz, r->gfp,
								 -r->align));
	case PF_VA_ALIGN:
		return pf_got_va(got, page_frag_alloc_va_align(nc, r->fragsz, r->gfp,
							       r->align));
	case PF_PG:
		return pf_got_pg(got, page_frag_alloc_pg(nc, &got->offset, r->fragsz,
							 r->gfp));
	default:
		return pf_got_both(got, page_frag_alloc(nc, &got->offset, r->fragsz,
							&got->va, r->gfp));
	}
}

static bool pf_call_prepare(struct page_frag_cache *nc,
			    const struct pf_request *r, struct pf_got *got)
{
	switch (r->form) {
	case PF_PREPARE_VA:
		return pf_got_va(got, page_frag_alloc_va_prepare(nc, &got->fragsz,
								 r->gfp));
	case PF_PREPARE_VA_ALIGN:
		return pf_got_va(got, page_frag_alloc_va_prepare_align(nc, &got->fragsz,
								       r->gfp, r->align));
	case PF_PREPARE_PG:
		return pf_got_pg(got, page_frag_alloc_pg_prepare(nc, &got->offset,
								 &got->fragsz, r->gfp));
	case PF_PREPARE_REWIND:
		return pf_got_both(got, page_frag_alloc_prepare_rewind(nc, &got->offset,
								       &got->fragsz,
								       &got->va,
								       r->gfp));
	default:
		return pf_got_both(got, page_frag_alloc_prepare(nc, &got->offset,
								&got->fragsz, &got->va,
								r->gfp));
	}
}

static bool pf_call(struct pf_model *m, const struct pf_request *r)
{
	m->got.page = NULL;
	m->got.va = (void *)(unsigned long)PF_UNTOUCHED;
	m->got.offset = PF_UNTOUCHED;
	m->got.fragsz = r->fragsz;
	m->granted = NULL;
	m->nr_attempts = 0;

	if (pf_forms[r->form].prepare)
		return pf_call_prepare(&m->nc, r, &m->got);
	return pf_call_alloc(&m->nc, r, &m->got);
}

/* === The reference model === */

static unsigned int pf_size(const struct pf_page *pg)
{
	return pg ? PAGE_SIZE << pg->order : 0;
}

static void *pf_va(const struct pf_frag *frag)
{
	return page_address(frag->owner->page) + frag->offset;
}

/* The only use of a field in the first part; a count alone is not decidable. */
static unsigned int pf_bias(const struct pf_model *m)
{
	return m->nc.pagecnt_bias;
}

/* The cache needs a reference of its own or it does not hold its page. */
static void pf_check_page(const struct pf_model *m, const struct pf_page *pg)
{
	int bias = pg == m->cur ? pf_bias(m) : 0;
	int out = pg->frags + !pg->lent;

	KUNIT_ASSERT_EQ_MSG(m->test, page_ref_count(pg->page), out + bias,
			    "%u fragments, bias %d", pg->frags, bias);
	if (pg == m->cur)
		KUNIT_ASSERT_GT(m->test, page_ref_count(pg->page), out);
}

/* Compared after every step. */
static void pf_check(const struct pf_model *m)
{
	bool pfmemalloc = m->cur && m->cur->pfmemalloc;
	unsigned int i;

	for (i = 0; i < PF_MAX_PAGES; i++)
		if (m->pages[i].page)
			pf_check_page(m, &m->pages[i]);
	for (i = 0; i < PAGE_FRAG_MISUSES; i++)
		KUNIT_ASSERT_EQ_MSG(m->test, m->misuse[i], m->expected[i],
				    "misuse of kind %u", i);
	KUNIT_ASSERT_EQ(m->test, page_frag_cache_is_pfmemalloc(&m->nc), pfmemalloc);
	KUNIT_ASSERT_EQ(m->test, page_frag_cache_used(&m->nc), m->pos);
}

/*
 * The page's last fragment is gone: the model's reference must be the last. A
 * page that was lent has gone back already and may be anybody's by now.
 */
static void pf_give_back(struct pf_model *m, struct pf_page *pg)
{
	if (!pg || pg == m->cur || pg->frags)
		return;

	if (!pg->lent) {
		KUNIT_ASSERT_EQ(m->test, page_ref_count(pg->page), 1);
		put_page(pg->page);
	}
	pg->page = NULL;
	m->gone_back++;
}

static bool pf_align_refused(const struct pf_request *r)
{
	return pf_forms[r->form].align &&
	       (r->align > PAGE_SIZE || !is_power_of_2(r->align));
}

static bool pf_fits(const struct pf_model *m, const struct pf_request *r)
{
	unsigned long start = ALIGN((unsigned long)m->pos, r->align);

	return m->cur && start + (unsigned long long)r->fragsz <= pf_size(m->cur);
}

static bool pf_reusable(const struct pf_model *m, unsigned int fragsz)
{
	return m->cur && !m->cur->frags && !m->cur->pfmemalloc && !m->shared &&
	       fragsz <= pf_size(m->cur);
}

/* Of the page that is asked for first. */
static unsigned int pf_first_order(const struct pf_request *r)
{
	if (r->fragsz <= PAGE_SIZE && static_key_enabled(&page_frag_order0_key))
		return 0;
	return PAGE_FRAG_CACHE_MAX_ORDER;
}

static bool pf_page_to_be_had(const struct pf_model *m, unsigned int fragsz)
{
	if (PAGE_FRAG_CACHE_MAX_ORDER && pf_grants(m, PAGE_FRAG_CACHE_MAX_ORDER))
		return true;
	return fragsz <= PAGE_SIZE && pf_grants(m, 0);
}

static enum pf_outcome pf_predict(const struct pf_model *m,
				  const struct pf_request *r)
{
	if (pf_align_refused(r))
		return PF_REFUSED;
	if (!r->fragsz || r->fragsz > PAGE_FRAG_CACHE_MAX_SIZE)
		return PF_REFUSED;
	if (pf_fits(m, r))
		return PF_FITS;
	if (pf_reusable(m, r->fragsz))
		return PF_REUSED;
	return pf_page_to_be_had(m, r->fragsz) ? PF_NEW : PF_REFUSED;
}

static void pf_restart_unused(struct pf_model *m)
{
	if (!m->pos || !pf_reusable(m, 0))
		return;

	m->pos = 0;
	m->prepared = 0;
}

static void pf_expect_misuse(struct pf_model *m, const struct pf_request *r)
{
	if (pf_align_refused(r))
		m->expected[PAGE_FRAG_BAD_ALIGN]++;
	else if (!r->fragsz)
		m->expected[PAGE_FRAG_BAD_SIZE]++;
}

/*
 * Nobody but the cache may hold a page that is to be reused, nor one that could
 * be but for another reason, which would be hidden otherwise.
 */
static void pf_lend(struct pf_model *m, enum pf_outcome want)
{
	if (want == PF_FITS || !m->cur || m->cur->frags || m->cur->lent || m->shared)
		return;

	m->cur->lent = true;
	put_page(m->cur->page);
}

static void pf_take_back(struct pf_model *m)
{
	if (!m->cur || !m->cur->lent)
		return;

	get_page(m->cur->page);
	m->cur->lent = false;
}

static void pf_check_refused(struct pf_model *m, const struct pf_request *r,
			     const struct page_frag_cache *before)
{
	KUNIT_ASSERT_EQ(m->test, memcmp(before, &m->nc, sizeof(*before)), 0);
	KUNIT_ASSERT_EQ(m->test, m->got.fragsz, r->fragsz);
	KUNIT_ASSERT_EQ(m->test, m->got.offset, PF_UNTOUCHED);
	KUNIT_ASSERT_PTR_EQ(m->test, m->got.va, (void *)(unsigned long)PF_UNTOUCHED);
	KUNIT_ASSERT_NULL(m->test, m->granted);
	pf_take_back(m);
}

/* Page, offset and address agree with the prediction and with each other. */
static void pf_check_place(struct pf_model *m, const struct pf_page *pg,
			   unsigned int offset)
{
	KUNIT_ASSERT_NOT_NULL(m->test, pg);
	KUNIT_ASSERT_PTR_EQ(m->test, m->got.page, pg->page);
	KUNIT_ASSERT_EQ(m->test, m->got.offset, offset);
	KUNIT_ASSERT_PTR_EQ(m->test, m->got.va, page_address(pg->page) + offset);
}

static void pf_check_zeroed(const struct pf_model *m, const struct pf_request *r)
{
	if (r->gfp & __GFP_ZERO)
		KUNIT_ASSERT_NULL(m->test, memchr_inv(page_address(m->cur->page), 0,
						      pf_size(m->cur)));
}

static void pf_set_current(struct pf_model *m, struct pf_page *pg)
{
	struct pf_page *old = m->cur;

	m->cur = pg;
	m->pos = 0;
	m->prepared = 0;
	if (old != pg)
		pf_give_back(m, old);
}

static void pf_add_frag(struct pf_model *m, unsigned int len)
{
	struct pf_frag *frag = &m->frags[m->nr_frags++];

	KUNIT_ASSERT_LE(m->test, m->nr_frags, PF_MAX_FRAGS);
	*frag = (struct pf_frag){ m->cur, m->pos, len, ++m->seed };
	memset(pf_va(frag), frag->seed, len);
	m->cur->frags++;
	m->pos += len;
}

/* All of a range may be written, used or not. */
static void pf_open_prepare(struct pf_model *m, const struct pf_request *r)
{
	unsigned int left = pf_size(m->cur) - m->pos;

	KUNIT_ASSERT_GE(m->test, m->got.fragsz, r->fragsz);
	KUNIT_ASSERT_EQ(m->test, m->got.fragsz, left);
	memset(m->got.va, ++m->seed, left);
	m->prepared = left;
}

static void pf_serve(struct pf_model *m, const struct pf_request *r,
		     enum pf_outcome want)
{
	unsigned int start = want == PF_FITS ? ALIGN(m->pos, r->align) : 0;
	struct pf_page *pg = want == PF_NEW ? m->granted : m->cur;

	pf_check_place(m, pg, start);
	if (want != PF_NEW)
		KUNIT_ASSERT_NULL(m->test, m->granted);
	if (want != PF_FITS) {
		pf_set_current(m, pg);
		pf_check_zeroed(m, r);
	}
	pf_take_back(m);
	m->pos = start;
	m->prepared = 0;
	if (pf_forms[r->form].prepare)
		pf_open_prepare(m, r);
	else
		pf_add_frag(m, r->fragsz);
}

/* What a request sees that rewinds first, in the model and in a copy of the cache. */
static void pf_rewind_before(struct pf_model *m, struct page_frag_cache *before)
{
	pf_lend(m, PF_REUSED);
	pf_restart_unused(m);
	page_frag_cache_rewind(before);
}

/* Make a request and check it; the answer says where it was served from. */
static enum pf_outcome pf_do(struct pf_model *m, const struct pf_request *r)
{
	struct page_frag_cache before = m->nc;
	enum pf_outcome want;
	bool served;

	if (pf_forms[r->form].rewind)
		pf_rewind_before(m, &before);
	want = pf_predict(m, r);
	pf_expect_misuse(m, r);
	pf_lend(m, want);
	served = pf_call(m, r);
	if (m->nr_attempts)
		KUNIT_ASSERT_EQ(m->test, m->attempts[0].order, pf_first_order(r));
	KUNIT_ASSERT_EQ_MSG(m->test, served, want != PF_REFUSED, "%s %u align %u at %u",
			    pf_forms[r->form].name, r->fragsz, r->align, m->pos);
	if (served)
		pf_serve(m, r, want);
	else
		pf_check_refused(m, r, &before);
	pf_check(m);
	return want;
}

static enum pf_outcome pf_form_align(struct pf_model *m, enum pf_form form,
				     unsigned int fragsz, unsigned int align)
{
	struct pf_request r = { form, fragsz, align, GFP_KERNEL };

	return pf_do(m, &r);
}

static enum pf_outcome pf_form(struct pf_model *m, enum pf_form form,
			       unsigned int fragsz)
{
	return pf_form_align(m, form, fragsz, 1);
}

static enum pf_outcome pf_alloc(struct pf_model *m, unsigned int fragsz)
{
	return pf_form(m, PF_VA, fragsz);
}

static enum pf_outcome pf_prepare(struct pf_model *m, unsigned int fragsz)
{
	return pf_form(m, PF_PREPARE_VA, fragsz);
}

static enum pf_outcome pf_alloc_gfp(struct pf_model *m, unsigned int fragsz,
				    gfp_t gfp)
{
	struct pf_request r = { PF_VA, fragsz, 1, gfp };

	return pf_do(m, &r);
}

/* Bytes coalesced onto the fragment that ends here, if it is still live. */
static void pf_grow_frag(struct pf_model *m, unsigned int len)
{
	struct pf_frag *frag;
	unsigned int i;

	for (i = 0; i < m->nr_frags; i++) {
		frag = &m->frags[i];
		if (frag->owner != m->cur || frag->offset + frag->len != m->pos)
			continue;
		frag->len += len;
		memset(pf_va(frag), frag->seed, frag->len);
		break;
	}
	m->pos += len;
}

static bool pf_commit_is_misuse(const struct pf_model *m, unsigned int used)
{
	unsigned int left = pf_size(m->cur) - m->pos;

	return !used || used > left ||
	       (IS_ENABLED(CONFIG_DEBUG_VM) && !m->prepared);
}

/* Also what the contract says of a commit that should not have been made. */
static void pf_commit_refs(struct pf_model *m, unsigned int used, unsigned int refs)
{
	unsigned int left = pf_size(m->cur) - m->pos;

	if (pf_commit_is_misuse(m, used))
		m->expected[PAGE_FRAG_BAD_COMMIT]++;
	if (refs)
		page_frag_alloc_commit(&m->nc, used);
	else
		page_frag_alloc_commit_noref(&m->nc, used);
	m->prepared = 0;
	if (m->cur && refs)
		pf_add_frag(m, min(max(used, 1U), left));
	else if (m->cur)
		pf_grow_frag(m, min(used, left));
	pf_check(m);
}

static void pf_commit(struct pf_model *m, unsigned int used)
{
	pf_commit_refs(m, used, 1);
}

static void pf_commit_noref(struct pf_model *m, unsigned int used)
{
	pf_commit_refs(m, used, 0);
}

/* An empty fragment, from a commit of no bytes, has no address to free. */
static void pf_free_by(struct pf_model *m, unsigned int i, bool by_page)
{
	struct pf_frag frag = m->frags[i];
	void *va = pf_va(&frag);

	KUNIT_ASSERT_NULL_MSG(m->test, memchr_inv(va, frag.seed, frag.len),
			      "fragment of %u at %u overwritten", frag.len,
			      frag.offset);
	m->frags[i] = m->frags[--m->nr_frags];
	frag.owner->frags--;
	if (by_page || !frag.len)
		put_page(frag.owner->page);
	else
		page_frag_free_va(va + frag.len / 2);
	pf_give_back(m, frag.owner);
	pf_check(m);
}

static void pf_free(struct pf_model *m, unsigned int i)
{
	pf_free_by(m, i, i & 1);
}

static void pf_free_all(struct pf_model *m)
{
	while (m->nr_frags)
		pf_free(m, m->nr_frags - 1);
}

/* The model's reference is lent as for a request that could reuse the page. */
static void pf_rewind(struct pf_model *m)
{
	pf_lend(m, PF_REUSED);
	page_frag_cache_rewind(&m->nc);
	pf_restart_unused(m);
	pf_take_back(m);
	pf_check(m);
}

static void pf_drain(struct pf_model *m)
{
	page_frag_cache_drain(&m->nc);
	pf_set_current(m, NULL);
	pf_check(m);
}

/* === Fixture === */

static void pf_kvfree(void *addr)
{
	kvfree(addr);
}

static void pf_switch_high_order_on(void *unused)
{
	static_branch_disable(&page_frag_order0_key);
}

/* Until the test ends, however it does. */
static void pf_switch_high_order_off(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, pf_switch_high_order_on,
							NULL), 0);
	static_branch_enable(&page_frag_order0_key);
}

/* The switch is everybody's: a test that would leave it fails the next one. */
static int pf_init(struct kunit *test)
{
	struct pf_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	if (static_key_enabled(&page_frag_order0_key))
		KUNIT_FAIL_AND_ABORT(test, "page_frag_order0_key is enabled");
	m->test = test;
	m->frags = kvmalloc_array(PF_MAX_FRAGS, sizeof(*m->frags), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m->frags);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, pf_kvfree, m->frags), 0);
	page_frag_cache_init(&m->nc);
	prandom_seed_state(&m->rnd, PF_SEED);
	test->priv = m;
	kunit_activate_static_stub(test, page_frag_page_alloc, pf_stub_page_alloc);
	kunit_activate_static_stub(test, __page_frag_misuse, pf_stub_misuse);
	return 0;
}

/*
 * Every test ends here: whatever is left is freed and each page has to go back.
 * After a failure counts are wrong; leaking is better than freeing by them.
 */
static void pf_exit(struct kunit *test)
{
	struct pf_model *m = test->priv;

	if (!m || READ_ONCE(test->status) == KUNIT_FAILURE)
		return;

	pf_drain(m);
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, m->gone_back, m->handed_out);
}

/* === Tests that need only the interface: where a fragment goes === */

/* A table is an index: description and body derive the rest from its value. */
static const u8 pf_form_table[PF_FORMS];

static void pf_form_desc(const u8 *entry, char *desc)
{
	strscpy(desc, pf_forms[entry - pf_form_table].name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pf_form, pf_form_table, pf_form_desc);

static enum pf_form pf_param_form(struct kunit *test)
{
	return (const u8 *)test->param_value - pf_form_table;
}

static const u8 pf_prepare_table[PF_FORMS - PF_PREPARE_VA];

static void pf_prepare_desc(const u8 *entry, char *desc)
{
	enum pf_form form = PF_PREPARE_VA + (entry - pf_prepare_table);

	strscpy(desc, pf_forms[form].name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pf_prepare, pf_prepare_table, pf_prepare_desc);

static enum pf_form pf_param_prepare(struct kunit *test)
{
	return PF_PREPARE_VA + ((const u8 *)test->param_value - pf_prepare_table);
}

/* One fragment by any form: a range is committed with the size asked for. */
static void pf_take(struct pf_model *m, enum pf_form form, unsigned int fragsz)
{
	KUNIT_ASSERT_NE(m->test, pf_form(m, form, fragsz), PF_REFUSED);
	if (pf_forms[form].prepare)
		pf_commit(m, fragsz);
}

static void test_fragments_are_adjacent(struct kunit *test)
{
	enum pf_form form = pf_param_form(test);
	struct pf_model *m = test->priv;
	unsigned int i, end = 0;

	for (i = 1; i < 32; i++) {
		pf_take(m, form, i);
		KUNIT_EXPECT_EQ(test, m->got.offset, end);
		end += i;
	}
	KUNIT_EXPECT_EQ(test, m->handed_out, 1);
}

static void test_page_offset_and_address_agree(struct kunit *test)
{
	enum pf_form form = pf_param_form(test);
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 3 * PF_BIG / 1500; i++) {
		pf_take(m, form, 1500);
		KUNIT_EXPECT_PTR_EQ(test, m->got.page, virt_to_head_page(m->got.va));
		KUNIT_EXPECT_PTR_EQ(test, m->got.va,
				    page_address(m->got.page) + m->got.offset);
	}
	KUNIT_EXPECT_GE(test, m->handed_out, 3);
}

static void test_forms_share_one_cache(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i, end = 0;

	for (i = 0; i < 8 * PF_FORMS; i++) {
		pf_take(m, i % PF_FORMS, 10 + i);
		KUNIT_EXPECT_EQ(test, m->got.offset, end);
		end += 10 + i;
	}
}

static void test_init_makes_empty(struct kunit *test)
{
	struct pf_model *m = test->priv;

	memset(&m->nc, 0xa5, sizeof(m->nc));
	page_frag_cache_init(&m->nc);
	KUNIT_EXPECT_FALSE(test, page_frag_cache_is_pfmemalloc(&m->nc));
	pf_drain(m);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 100), PF_NEW);
}

static void test_zeroed_cache_is_empty(struct kunit *test)
{
	struct pf_model *m = test->priv;

	memset(&m->nc, 0, sizeof(m->nc));
	pf_drain(m);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 100), PF_NEW);
}

/* With whatever form it will be allocated. */
static void test_used_is_offset_of_next_fragment(struct kunit *test)
{
	enum pf_form form = pf_param_form(test);
	struct pf_model *m = test->priv;
	unsigned int i, used;

	for (i = 1; i < 32; i++) {
		used = page_frag_cache_used(&m->nc);
		pf_take(m, form, i);
		KUNIT_EXPECT_EQ(test, m->got.offset, used);
	}
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), 31 * 32 / 2);
}

static void test_used_of_any_page(struct kunit *test)
{
	struct pf_model *m = test->priv;

	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), 0);
	pf_alloc(m, PF_BIG);
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), PF_BIG);
	pf_drain(m);
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), 0);
	m->backing = PF_NO_HIGH;
	pf_prepare(m, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), 0);
	pf_commit(m, 100);
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), 100);
	pf_alloc(m, PAGE_SIZE - 100);
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), PAGE_SIZE);
}

/* === Tests that need only the interface: sizes === */

static const unsigned int pf_sizes[] = {
	1, 63, 64, 75, 256, 2048, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 8192,
	PAGE_FRAG_CACHE_MAX_SIZE, PAGE_FRAG_CACHE_MAX_SIZE + 1, UINT_MAX - 7,
	UINT_MAX,
};

static const unsigned int pf_aligns[] = { 1, 8, 64, PAGE_SIZE };

static const u8 pf_contract_table[ARRAY_SIZE(pf_sizes) * ARRAY_SIZE(pf_aligns) *
				  PF_BACKINGS];

struct pf_contract {
	unsigned int size;
	unsigned int align;
	enum pf_backing backing;
};

static struct pf_contract pf_contract_at(const u8 *entry)
{
	unsigned int i = entry - pf_contract_table;

	return (struct pf_contract){
		.backing = i % PF_BACKINGS,
		.align = pf_aligns[i / PF_BACKINGS % ARRAY_SIZE(pf_aligns)],
		.size = pf_sizes[i / PF_BACKINGS / ARRAY_SIZE(pf_aligns)],
	};
}

static void pf_contract_desc(const u8 *entry, char *desc)
{
	struct pf_contract c = pf_contract_at(entry);

	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "size=%u align=%u backing=%s", c.size,
		 c.align, pf_backing_names[c.backing]);
}

KUNIT_ARRAY_PARAM(pf_contract, pf_contract_table, pf_contract_desc);

/* What the contract says, apart from the model: a page is taken for each. */
static bool pf_contract_serves(const struct pf_contract *c)
{
	if (c->size < 1 || c->size > PAGE_FRAG_CACHE_MAX_SIZE)
		return false;
	if (c->backing == PF_NOTHING)
		return false;
	return c->size <= PAGE_SIZE || c->backing != PF_NO_HIGH;
}

static unsigned int pf_contract_attempts(const struct pf_contract *c)
{
	if (c->size < 1 || c->size > PAGE_FRAG_CACHE_MAX_SIZE)
		return 0;
	if (!PAGE_FRAG_CACHE_MAX_ORDER || c->size > PAGE_SIZE)
		return 1;
	return c->backing == PF_NO_HIGH || c->backing == PF_NOTHING ? 2 : 1;
}

static void pf_try_contract(struct pf_model *m, const struct pf_contract *c,
			    enum pf_form form)
{
	bool serves = pf_contract_serves(c);

	m->backing = c->backing;
	KUNIT_EXPECT_EQ(m->test, pf_form_align(m, form, c->size, c->align),
			serves ? PF_NEW : PF_REFUSED);
	KUNIT_EXPECT_EQ(m->test, m->nr_attempts, pf_contract_attempts(c));
	if (serves)
		KUNIT_EXPECT_EQ(m->test, page_frag_cache_is_pfmemalloc(&m->nc),
				c->backing == PF_PFMEMALLOC);
	pf_drain(m);
	pf_free_all(m);
}

/* A page with no byte left, one fragment on it. */
static void pf_fill_page(struct pf_model *m)
{
	m->backing = PF_GRANTED;
	KUNIT_ASSERT_EQ(m->test, pf_alloc(m, PF_BIG), PF_NEW);
}

static void test_contract(struct kunit *test)
{
	struct pf_contract c = pf_contract_at(test->param_value);
	struct pf_model *m = test->priv;
	enum pf_form form;

	for (form = 0; form < PF_FORMS; form++) {
		if (c.align > 1 && !pf_forms[form].align && !pf_forms[form].mask)
			continue;
		pf_try_contract(m, &c, form);
		pf_fill_page(m);
		pf_try_contract(m, &c, form);
	}
}

static void test_reference_for_every_byte(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < PF_BIG; i++)
		KUNIT_ASSERT_EQ(test, pf_alloc(m, 1), i ? PF_FITS : PF_NEW);
	KUNIT_EXPECT_EQ(test, m->cur->frags, PF_BIG);
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_REUSED);
}

static void test_small_commits_leave_bias(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < PF_BIG; i++) {
		KUNIT_ASSERT_NE(test, pf_form(m, PF_PREPARE_PG, 1), PF_REFUSED);
		pf_commit(m, 1);
	}
	KUNIT_EXPECT_EQ(test, m->handed_out, 1);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_NEW);
}

static void test_order0_never_serves_above_page_size(struct kunit *test)
{
	struct pf_model *m = test->priv;

	if (!PAGE_FRAG_CACHE_MAX_ORDER)
		kunit_skip(test, "no fragment is larger than PAGE_SIZE here");

	m->backing = PF_NO_HIGH;
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PAGE_SIZE + 1), PF_REFUSED);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PAGE_SIZE), PF_NEW);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PAGE_SIZE + 1), PF_REFUSED);
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PAGE_SIZE + 1), PF_REFUSED);
	m->backing = PF_GRANTED;
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PAGE_SIZE + 1), PF_NEW);
}

static void test_above_page_size_served_from_used_cache(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_NE(test, pf_alloc(m, 8192), PF_REFUSED);
	KUNIT_EXPECT_EQ(test, m->nr_frags, 16);
	KUNIT_EXPECT_EQ(test, m->handed_out, 16 * 8192 / PF_BIG);
}

static void test_max_size_served_from_used_cache(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		pf_alloc(m, 1);
		KUNIT_EXPECT_EQ(test, pf_alloc(m, PAGE_FRAG_CACHE_MAX_SIZE), PF_NEW);
	}
}

static void test_size_near_uint_max_refused(struct kunit *test)
{
	enum pf_form form = pf_param_form(test);
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 64; i++) {
		pf_take(m, PF_VA, 100);
		KUNIT_EXPECT_EQ(test, pf_form(m, form, UINT_MAX - i), PF_REFUSED);
		KUNIT_EXPECT_EQ(test, pf_form(m, form, -m->pos), PF_REFUSED);
		KUNIT_EXPECT_EQ(test, pf_form(m, form, 1 - m->pos), PF_REFUSED);
		KUNIT_EXPECT_EQ(test, pf_form(m, form, (1U << 17) + i), PF_REFUSED);
		KUNIT_EXPECT_EQ(test, pf_form(m, form, (1U << 31) + i), PF_REFUSED);
		KUNIT_EXPECT_EQ(test, m->nr_attempts, 0);
	}
}

static void test_size_zero_refused(struct kunit *test)
{
	enum pf_form form = pf_param_form(test);
	struct pf_model *m = test->priv;

	KUNIT_EXPECT_EQ(test, pf_form(m, form, 0), PF_REFUSED);
	pf_alloc(m, 100);
	KUNIT_EXPECT_EQ(test, pf_form(m, form, 0), PF_REFUSED);
	pf_alloc(m, PF_BIG - 100);
	KUNIT_EXPECT_EQ(test, pf_form(m, form, 0), PF_REFUSED);
	KUNIT_EXPECT_EQ(test, m->nr_attempts, 0);
	KUNIT_EXPECT_EQ(test, m->misuse[PAGE_FRAG_BAD_SIZE], 3);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 100), PF_NEW);
}

/* === Tests that need only the interface: alignment === */

static const u8 pf_shift_table[PAGE_SHIFT + 1];

static void pf_shift_desc(const u8 *entry, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "align=%lu",
		 1UL << (entry - pf_shift_table));
}

KUNIT_ARRAY_PARAM(pf_shift, pf_shift_table, pf_shift_desc);

static void test_aligned_addresses(struct kunit *test)
{
	unsigned int align = 1U << ((const u8 *)test->param_value - pf_shift_table);
	static const enum pf_form forms[] = {
		PF_VA_MASK, PF_VA_ALIGN, PF_PREPARE_VA_ALIGN,
	};
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 60; i++) {
		enum pf_form form = forms[i % ARRAY_SIZE(forms)];

		pf_alloc(m, 1 + i % 7);
		KUNIT_ASSERT_NE(test, pf_form_align(m, form, 5, align), PF_REFUSED);
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)m->got.va, align));
		if (pf_forms[form].prepare)
			pf_commit(m, 5);
	}
}

static void test_padding_is_charged_once(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_alloc(m, 1);
	pf_form_align(m, PF_VA_ALIGN, 3, 64);
	KUNIT_EXPECT_EQ(test, m->got.offset, 64);
	pf_alloc(m, 1);
	KUNIT_EXPECT_EQ(test, m->got.offset, 67);
	pf_form_align(m, PF_VA_MASK, 3, 64);
	KUNIT_EXPECT_EQ(test, m->got.offset, 128);
	pf_prepare(m, 1);
	KUNIT_EXPECT_EQ(test, m->got.offset, 131);
	KUNIT_EXPECT_EQ(test, m->got.fragsz, PF_BIG - 131);
}

static void test_prepare_align_twice_skips_once(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	pf_alloc(m, 1);
	for (i = 0; i < 8; i++) {
		pf_form_align(m, PF_PREPARE_VA_ALIGN, 10, 256);
		KUNIT_EXPECT_EQ(test, m->got.offset, 256);
		KUNIT_EXPECT_EQ(test, m->got.fragsz, PF_BIG - 256);
	}
	pf_alloc(m, 1);
	KUNIT_EXPECT_EQ(test, m->got.offset, 256);
}

/* The fragment starts where the prepare said, not where the cache was. */
static void test_commit_follows_aligned_prepare(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_alloc(m, 1);
	pf_form_align(m, PF_PREPARE_VA_ALIGN, 10, 512);
	pf_commit(m, 10);
	KUNIT_EXPECT_EQ(test, m->frags[1].offset, 512);
	pf_alloc(m, 1);
	KUNIT_EXPECT_EQ(test, m->got.offset, 522);
}

static void test_alignment_leaves_no_room(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_alloc(m, PF_BIG - 10);
	KUNIT_EXPECT_EQ(test, pf_form_align(m, PF_VA_ALIGN, 4, 64), PF_NEW);
	pf_alloc(m, PF_BIG - 10);
	KUNIT_EXPECT_EQ(test, pf_form_align(m, PF_PREPARE_VA_ALIGN, 4, 64), PF_NEW);
	KUNIT_EXPECT_EQ(test, m->got.offset, 0);
}

/* The bytes an alignment would have skipped stay there for the next request. */
static void test_refused_alignment_skips_nothing(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_alloc(m, PF_BIG - 10);
	m->backing = PF_NOTHING;
	KUNIT_EXPECT_EQ(test, pf_form_align(m, PF_VA_ALIGN, 4, 64), PF_REFUSED);
	KUNIT_EXPECT_EQ(test, pf_form_align(m, PF_PREPARE_VA_ALIGN, 4, 64), PF_REFUSED);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 10), PF_FITS);
}

static const unsigned int pf_bad_aligns[] = {
	0, 3, 6, PAGE_SIZE - 1, PAGE_SIZE + 1, 2 * PAGE_SIZE, 1U << 31, UINT_MAX,
};

static void test_bad_alignment_refused(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	pf_alloc(m, 100);
	for (i = 0; i < ARRAY_SIZE(pf_bad_aligns); i++) {
		KUNIT_EXPECT_EQ(test, pf_form_align(m, PF_VA_ALIGN, 8, pf_bad_aligns[i]),
				PF_REFUSED);
		KUNIT_EXPECT_EQ(test, pf_form_align(m, PF_PREPARE_VA_ALIGN, 8,
						    pf_bad_aligns[i]), PF_REFUSED);
		KUNIT_EXPECT_EQ(test, m->misuse[PAGE_FRAG_BAD_ALIGN], 2 * (i + 1));
	}
	pf_alloc(m, 100);
	KUNIT_EXPECT_EQ(test, m->got.offset, 100);
}

/* === Tests that need only the interface: prepare and commit === */

static void test_prepare_uses_nothing(struct kunit *test)
{
	enum pf_form form = pf_param_prepare(test);
	struct pf_model *m = test->priv;
	unsigned int i;

	pf_alloc(m, 100);
	for (i = 0; i < 8; i++) {
		KUNIT_EXPECT_EQ(test, pf_form(m, form, 1 + i), PF_FITS);
		KUNIT_EXPECT_EQ(test, m->got.offset, 100);
		KUNIT_EXPECT_EQ(test, m->got.fragsz, PF_BIG - 100);
	}
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_FITS);
	KUNIT_EXPECT_EQ(test, m->got.offset, 100);
}

static void test_prepare_reports_all_there_is(struct kunit *test)
{
	enum pf_form form = pf_param_prepare(test);
	struct pf_model *m = test->priv;

	pf_form(m, form, 1);
	KUNIT_EXPECT_EQ(test, m->got.fragsz, PF_BIG);
	pf_commit(m, PF_BIG - 10);
	KUNIT_EXPECT_EQ(test, pf_form(m, form, 10), PF_FITS);
	KUNIT_EXPECT_EQ(test, m->got.fragsz, 10);
	KUNIT_EXPECT_EQ(test, pf_form(m, form, 11), PF_NEW);
	m->backing = PF_NO_HIGH;
	pf_alloc(m, PF_BIG);
	pf_form(m, form, 10);
	KUNIT_EXPECT_EQ(test, m->got.fragsz, PAGE_SIZE);
}

static void test_commit_part_leaves_rest(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_prepare(m, 200);
	pf_commit(m, 30);
	KUNIT_EXPECT_EQ(test, m->cur->frags, 1);
	pf_prepare(m, 200);
	KUNIT_EXPECT_EQ(test, m->got.offset, 30);
	KUNIT_EXPECT_EQ(test, m->got.fragsz, PF_BIG - 30);
}

static void test_commit_all(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_prepare(m, 1);
	pf_commit(m, m->got.fragsz);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_NEW);
}

/* One reference, taken by the commit, however often the fragment grows. */
static void test_commit_noref_grows_fragment(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	pf_prepare(m, 10);
	pf_commit(m, 10);
	for (i = 0; i < 16; i++) {
		pf_prepare(m, 20);
		KUNIT_EXPECT_EQ(test, m->got.offset, 10 + 20 * i);
		pf_commit_noref(m, 20);
	}
	KUNIT_EXPECT_EQ(test, m->nr_frags, 1);
	KUNIT_EXPECT_EQ(test, m->frags[0].len, 10 + 20 * i);
	KUNIT_EXPECT_EQ(test, m->cur->frags, 1);
}

static void test_prepared_page_survives_drain(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_prepare(m, 10);
	pf_commit(m, 10);
	pf_drain(m);
	KUNIT_EXPECT_EQ(test, m->gone_back, 0);
	pf_free(m, 0);
	KUNIT_EXPECT_EQ(test, m->gone_back, 1);
}

/* === Tests that need only the interface: commits that are a caller's bug === */

static void pf_expect_bad_commits(struct pf_model *m, unsigned int n)
{
	KUNIT_EXPECT_EQ(m->test, m->misuse[PAGE_FRAG_BAD_COMMIT], n);
}

/* The reference is the caller's, so a byte has to go with it. */
static void test_commit_zero_takes_byte_and_reference(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		pf_prepare(m, 10);
		KUNIT_EXPECT_EQ(test, m->got.offset, i);
		pf_commit(m, 0);
		KUNIT_EXPECT_EQ(test, m->cur->frags, i + 1);
	}
	pf_expect_bad_commits(m, 8);
}

static void test_commit_noref_zero_uses_nothing(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		pf_prepare(m, 10);
		KUNIT_EXPECT_EQ(test, m->got.offset, 0);
		pf_commit_noref(m, 0);
		KUNIT_EXPECT_EQ(test, m->cur->frags, 0);
	}
	pf_expect_bad_commits(m, 8);
}

static void test_commit_too_much_uses_what_was_left(struct kunit *test)
{
	const unsigned int too_much[] = {
		PF_BIG - 99, PF_BIG, 1U << 16, 1U << 31, UINT_MAX - 99, UINT_MAX,
	};
	struct pf_model *m = test->priv;
	unsigned int i, refs;

	for (i = 0; i < 2 * ARRAY_SIZE(too_much); i++) {
		refs = i & 1;
		KUNIT_ASSERT_EQ(test, pf_alloc(m, 100), PF_NEW);
		pf_prepare(m, 10);
		pf_commit_refs(m, too_much[i / 2], refs);
		KUNIT_EXPECT_EQ(test, m->cur->frags, 1 + refs);
		KUNIT_EXPECT_EQ(test, m->pos, PF_BIG);
		pf_expect_bad_commits(m, i + 1);
	}
}

/* A put_page() of that reference must not free the page early. */
static void test_commit_with_no_byte_left(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	pf_fill_page(m);
	for (i = 0; i < 8; i++)
		pf_commit(m, i);
	KUNIT_EXPECT_EQ(test, m->cur->frags, 9);
	pf_commit_noref(m, 0);
	pf_commit_noref(m, 1);
	KUNIT_EXPECT_EQ(test, m->cur->frags, 9);
	pf_expect_bad_commits(m, 10);
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_REUSED);
}

static void test_commit_on_empty_cache_does_nothing(struct kunit *test)
{
	struct page_frag_cache empty = {};
	struct pf_model *m = test->priv;

	pf_commit(m, 10);
	pf_commit_noref(m, 10);
	pf_prepare(m, 10);
	pf_drain(m);
	pf_commit(m, 10);
	pf_commit_noref(m, 0);
	pf_expect_bad_commits(m, 4);
	KUNIT_EXPECT_EQ(test, memcmp(&m->nc, &empty, sizeof(empty)), 0);
}

/* It is reported, and still counts as asked. */
static void test_commit_without_prepare_reported(struct kunit *test)
{
	struct pf_model *m = test->priv;

	if (!IS_ENABLED(CONFIG_DEBUG_VM))
		kunit_skip(test, "needs CONFIG_DEBUG_VM");

	pf_alloc(m, 10);
	pf_commit(m, 10);
	pf_expect_bad_commits(m, 1);
	KUNIT_EXPECT_EQ(test, m->cur->frags, 2);
	pf_commit_noref(m, 10);
	pf_expect_bad_commits(m, 2);
	pf_alloc(m, 10);
	KUNIT_EXPECT_EQ(test, m->got.offset, 30);
}

static void test_second_commit_reported(struct kunit *test)
{
	struct pf_model *m = test->priv;

	if (!IS_ENABLED(CONFIG_DEBUG_VM))
		kunit_skip(test, "needs CONFIG_DEBUG_VM");

	pf_prepare(m, 10);
	pf_commit(m, 10);
	pf_commit(m, 10);
	pf_expect_bad_commits(m, 1);
	pf_prepare(m, 10);
	pf_alloc(m, 10);
	pf_commit(m, 10);
	pf_expect_bad_commits(m, 2);
}

static void test_commit_after_rewind_reported(struct kunit *test)
{
	struct pf_model *m = test->priv;

	if (!IS_ENABLED(CONFIG_DEBUG_VM))
		kunit_skip(test, "needs CONFIG_DEBUG_VM");

	pf_alloc(m, 10);
	pf_prepare(m, 10);
	pf_free_all(m);
	pf_rewind(m);
	pf_commit(m, 10);
	pf_expect_bad_commits(m, 1);
}

static void test_bad_commit_closes_prepare(struct kunit *test)
{
	struct pf_model *m = test->priv;

	if (!IS_ENABLED(CONFIG_DEBUG_VM))
		kunit_skip(test, "needs CONFIG_DEBUG_VM");

	pf_prepare(m, 10);
	pf_commit(m, 0);
	pf_commit(m, 10);
	pf_expect_bad_commits(m, 2);
	pf_prepare(m, 10);
	pf_commit_noref(m, 0);
	pf_commit_noref(m, 10);
	pf_expect_bad_commits(m, 4);
}

/* === Tests that need only the interface: refill === */

static void test_high_order_gfp(struct kunit *test)
{
	gfp_t added = __GFP_COMP | __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC;
	gfp_t gfp = GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOFAIL;
	gfp_t removed = __GFP_DIRECT_RECLAIM | __GFP_NOFAIL;
	struct pf_model *m = test->priv;

	if (!PAGE_FRAG_CACHE_MAX_ORDER)
		kunit_skip(test, "no high order here");

	pf_alloc_gfp(m, 100, gfp);
	KUNIT_EXPECT_EQ(test, m->nr_attempts, 1);
	KUNIT_EXPECT_EQ(test, m->attempts[0].order, PAGE_FRAG_CACHE_MAX_ORDER);
	KUNIT_EXPECT_EQ(test, (__force u32)m->attempts[0].gfp,
			(__force u32)((gfp & ~removed) | added));
}

static void test_order0_gfp_is_the_callers(struct kunit *test)
{
	static const gfp_t gfps[] = {
		GFP_KERNEL, GFP_ATOMIC, GFP_NOWAIT, GFP_KERNEL | __GFP_MEMALLOC,
		GFP_KERNEL | __GFP_ZERO, GFP_ATOMIC | __GFP_NOWARN,
	};
	struct pf_model *m = test->priv;
	unsigned int i, last = PAGE_FRAG_CACHE_MAX_ORDER ? 1 : 0;

	m->backing = PF_NO_HIGH;
	for (i = 0; i < ARRAY_SIZE(gfps); i++) {
		KUNIT_EXPECT_EQ(test, pf_alloc_gfp(m, PAGE_SIZE, gfps[i]), PF_NEW);
		KUNIT_ASSERT_EQ(test, m->nr_attempts, last + 1);
		KUNIT_EXPECT_EQ(test, m->attempts[last].order, 0);
		KUNIT_EXPECT_EQ(test, (__force u32)m->attempts[last].gfp,
				(__force u32)gfps[i]);
	}
}

static void test_highmem_is_ignored(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	m->backing = PF_NO_HIGH;
	pf_alloc_gfp(m, PAGE_SIZE, GFP_KERNEL | __GFP_HIGHMEM);
	KUNIT_EXPECT_GE(test, m->nr_attempts, 1);
	for (i = 0; i < m->nr_attempts; i++)
		KUNIT_EXPECT_EQ(test, (__force u32)(m->attempts[i].gfp & __GFP_HIGHMEM), 0);
}

static void test_no_order0_attempt_above_page_size(struct kunit *test)
{
	struct pf_model *m = test->priv;

	if (!PAGE_FRAG_CACHE_MAX_ORDER)
		kunit_skip(test, "no fragment is larger than PAGE_SIZE here");

	m->backing = PF_NO_HIGH;
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PAGE_SIZE + 1), PF_REFUSED);
	KUNIT_EXPECT_EQ(test, m->nr_attempts, 1);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PAGE_SIZE), PF_NEW);
	KUNIT_EXPECT_EQ(test, m->nr_attempts, 2);
}

static void test_high_order_tried_again_after_refusal(struct kunit *test)
{
	struct pf_model *m = test->priv;

	m->backing = PF_NO_HIGH;
	pf_alloc(m, PAGE_SIZE);
	m->backing = PF_GRANTED;
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_NEW);
	KUNIT_EXPECT_EQ(test, m->cur->order, PAGE_FRAG_CACHE_MAX_ORDER);
}

static void test_order0_switch_skips_high_order(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_switch_high_order_off(test);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PAGE_SIZE), PF_NEW);
	KUNIT_EXPECT_EQ(test, m->nr_attempts, 1);
	KUNIT_EXPECT_EQ(test, m->attempts[0].order, 0);
	KUNIT_EXPECT_EQ(test, (__force u32)m->attempts[0].gfp, (__force u32)GFP_KERNEL);
	m->backing = PF_NOTHING;
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_REFUSED);
	KUNIT_EXPECT_EQ(test, m->nr_attempts, 1);
}

static void test_order0_switch_can_be_undone(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_switch_high_order_off(test);
	pf_alloc(m, PAGE_SIZE);
	pf_switch_high_order_on(NULL);
	KUNIT_EXPECT_FALSE(test, static_key_enabled(&page_frag_order0_key));
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_NEW);
	KUNIT_EXPECT_EQ(test, m->cur->order, PAGE_FRAG_CACHE_MAX_ORDER);
}

static void test_order0_switch_spares_large_requests(struct kunit *test)
{
	struct pf_model *m = test->priv;

	if (!PAGE_FRAG_CACHE_MAX_ORDER)
		kunit_skip(test, "no fragment is larger than PAGE_SIZE here");

	pf_switch_high_order_off(test);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PAGE_SIZE + 1), PF_NEW);
	KUNIT_EXPECT_EQ(test, m->nr_attempts, 1);
	KUNIT_EXPECT_EQ(test, m->attempts[0].order, PAGE_FRAG_CACHE_MAX_ORDER);
	m->backing = PF_NO_HIGH;
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PF_BIG), PF_REFUSED);
	KUNIT_EXPECT_EQ(test, m->nr_attempts, 1);
}

/* A page of high order that the cache has is not given up for it. */
static void test_order0_switch_keeps_page(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_alloc(m, 1);
	pf_switch_high_order_off(test);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PF_BIG - 1), PF_FITS);
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_REUSED);
	KUNIT_EXPECT_EQ(test, m->cur->order, PAGE_FRAG_CACHE_MAX_ORDER);
}

static void test_refusal_keeps_current_page(struct kunit *test)
{
	enum pf_form form = pf_param_form(test);
	struct pf_model *m = test->priv;

	pf_alloc(m, PF_BIG - 100);
	m->backing = PF_NOTHING;
	KUNIT_EXPECT_EQ(test, pf_form(m, form, 101), PF_REFUSED);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 40), PF_FITS);
	KUNIT_EXPECT_EQ(test, pf_form(m, form, 61), PF_REFUSED);
	KUNIT_EXPECT_EQ(test, pf_form(m, form, 60), PF_FITS);
	KUNIT_EXPECT_EQ(test, m->handed_out, 1);
}

static void test_refusal_on_empty_cache_leaves_it_empty(struct kunit *test)
{
	enum pf_form form = pf_param_form(test);
	struct pf_model *m = test->priv;

	m->backing = PF_NOTHING;
	KUNIT_EXPECT_EQ(test, pf_form(m, form, 1), PF_REFUSED);
	KUNIT_EXPECT_EQ(test, pf_form(m, form, 1), PF_REFUSED);
	pf_drain(m);
	m->backing = PF_GRANTED;
	KUNIT_EXPECT_EQ(test, pf_form(m, form, 1), PF_NEW);
}

static void test_refusals_never_wedge(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 100; i++) {
		m->backing = PF_NOTHING;
		while (pf_alloc(m, 3000) != PF_REFUSED)
			;
		m->backing = i % 2 ? PF_GRANTED : PF_NO_HIGH;
		KUNIT_ASSERT_EQ(test, pf_alloc(m, 3000), PF_NEW);
		pf_free(m, 0);
	}
}

/* === Tests that need only the interface: reuse and pfmemalloc === */

static void test_reuse_starts_at_offset_zero(struct kunit *test)
{
	enum pf_form form = pf_param_form(test);
	struct pf_model *m = test->priv;

	pf_fill_page(m);
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, pf_form(m, form, 200),
			pf_forms[form].rewind ? PF_FITS : PF_REUSED);
	KUNIT_EXPECT_EQ(test, m->got.offset, 0);
	KUNIT_EXPECT_EQ(test, m->nr_attempts, 0);
	KUNIT_EXPECT_EQ(test, m->handed_out, 1);
}

static void test_reuse_goes_on_for_ever(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 2000; i++) {
		KUNIT_ASSERT_EQ(test, pf_alloc(m, PF_BIG / 2), i ? PF_REUSED : PF_NEW);
		KUNIT_ASSERT_EQ(test, pf_alloc(m, PF_BIG / 2), PF_FITS);
		pf_free_all(m);
	}
	KUNIT_EXPECT_EQ(test, m->handed_out, 1);
}

static void test_reuse_of_order0_page(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	m->backing = PF_NO_HIGH;
	for (i = 0; i < 100; i++) {
		KUNIT_ASSERT_EQ(test, pf_alloc(m, PAGE_SIZE), i ? PF_REUSED : PF_NEW);
		pf_free_all(m);
	}
}

/* Reuse needs no memory, so it does not depend on there being any. */
static void test_reuse_when_all_refused(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_fill_page(m);
	pf_free_all(m);
	m->backing = PF_NOTHING;
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PF_BIG), PF_REUSED);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_REFUSED);
}

static void test_no_reuse_before_last_fragment_is_freed(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_alloc(m, PF_BIG / 2);
	pf_alloc(m, PF_BIG / 2);
	pf_free(m, 0);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_NEW);
	KUNIT_EXPECT_EQ(test, m->gone_back, 0);
}

static void test_no_reuse_with_foreign_reference(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_fill_page(m);
	pf_free_all(m);
	m->shared = true;
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_NEW);
	KUNIT_EXPECT_EQ(test, m->gone_back, 1);
}

static void test_reuse_zeroes_if_asked(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_fill_page(m);
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, pf_alloc_gfp(m, 100, GFP_KERNEL | __GFP_ZERO), PF_REUSED);
	pf_drain(m);
	m->backing = PF_NO_HIGH;
	pf_alloc(m, PAGE_SIZE);
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, pf_alloc_gfp(m, 100, GFP_KERNEL | __GFP_ZERO), PF_REUSED);
}

/* What a page costs that is reused must not depend on its size. */
static void test_reuse_writes_nothing_unasked(struct kunit *test)
{
	struct pf_model *m = test->priv;
	u8 seed;

	pf_fill_page(m);
	seed = m->frags[0].seed;
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_REUSED);
	KUNIT_EXPECT_NULL(test, memchr_inv(m->got.va + 1, seed, PF_BIG - 1));
}

static void test_new_page_zeroed_if_asked(struct kunit *test)
{
	struct pf_model *m = test->priv;

	KUNIT_EXPECT_EQ(test, pf_alloc_gfp(m, PF_BIG, GFP_KERNEL | __GFP_ZERO), PF_NEW);
	m->backing = PF_NO_HIGH;
	KUNIT_EXPECT_EQ(test, pf_alloc_gfp(m, 1, GFP_ATOMIC | __GFP_ZERO), PF_NEW);
}

static void test_pfmemalloc_page_never_reused(struct kunit *test)
{
	struct pf_model *m = test->priv;

	m->backing = PF_PFMEMALLOC;
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PF_BIG), PF_NEW);
	KUNIT_EXPECT_TRUE(test, page_frag_cache_is_pfmemalloc(&m->nc));
	pf_free_all(m);
	m->backing = PF_GRANTED;
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 1), PF_NEW);
	KUNIT_EXPECT_FALSE(test, page_frag_cache_is_pfmemalloc(&m->nc));
	KUNIT_EXPECT_EQ(test, m->gone_back, 1);
}

static void test_pfmemalloc_reported(struct kunit *test)
{
	struct pf_model *m = test->priv;

	KUNIT_EXPECT_FALSE(test, page_frag_cache_is_pfmemalloc(&m->nc));
	m->backing = PF_PFMEMALLOC;
	pf_prepare(m, 100);
	KUNIT_EXPECT_TRUE(test, page_frag_cache_is_pfmemalloc(&m->nc));
	pf_commit(m, 100);
	KUNIT_EXPECT_TRUE(test, page_frag_cache_is_pfmemalloc(&m->nc));
	pf_drain(m);
	KUNIT_EXPECT_FALSE(test, page_frag_cache_is_pfmemalloc(&m->nc));
	m->backing = PF_GRANTED;
	pf_alloc(m, 100);
	KUNIT_EXPECT_FALSE(test, page_frag_cache_is_pfmemalloc(&m->nc));
}

/* === Tests that need only the interface: drain and free === */

static void test_rewind_starts_at_offset_zero(struct kunit *test)
{
	enum pf_form form = pf_param_form(test);
	struct pf_model *m = test->priv;

	pf_take(m, form, 200);
	pf_free_all(m);
	pf_rewind(m);
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), 0);
	KUNIT_EXPECT_EQ(test, pf_form(m, form, PF_BIG), PF_FITS);
	KUNIT_EXPECT_EQ(test, m->handed_out, 1);
}

static void test_prepare_rewind_starts_at_offset_zero(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_alloc(m, 200);
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, pf_form(m, PF_PREPARE_REWIND, 100), PF_FITS);
	KUNIT_EXPECT_EQ(test, m->got.offset, 0);
	KUNIT_EXPECT_EQ(test, m->handed_out, 1);
}

static void test_rewind_goes_on_for_ever(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 2000; i++) {
		KUNIT_ASSERT_EQ(test, pf_alloc(m, PF_BIG / 2 + 1), i ? PF_FITS : PF_NEW);
		pf_free_all(m);
		pf_rewind(m);
	}
	KUNIT_EXPECT_EQ(test, m->handed_out, 1);
}

static void test_rewind_of_order0_page(struct kunit *test)
{
	struct pf_model *m = test->priv;

	m->backing = PF_NO_HIGH;
	pf_alloc(m, PAGE_SIZE);
	pf_free_all(m);
	pf_rewind(m);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, PAGE_SIZE), PF_FITS);
}

static void test_rewind_of_empty_cache(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_rewind(m);
	pf_alloc(m, 100);
	pf_drain(m);
	pf_rewind(m);
	KUNIT_EXPECT_EQ(test, m->handed_out, 1);
}

/* Nothing is used: what was prepared is the same range as before. */
static void test_rewind_of_unused_page(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_prepare(m, 100);
	pf_rewind(m);
	pf_commit(m, 100);
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), 100);
}

static void test_no_rewind_before_last_fragment_is_freed(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_alloc(m, 100);
	pf_alloc(m, 200);
	pf_free(m, 0);
	pf_rewind(m);
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), 300);
}

static void test_no_rewind_with_foreign_reference(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_alloc(m, 100);
	pf_free_all(m);
	m->shared = true;
	pf_rewind(m);
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), 100);
}

static void test_no_rewind_of_pfmemalloc_page(struct kunit *test)
{
	struct pf_model *m = test->priv;

	m->backing = PF_PFMEMALLOC;
	pf_alloc(m, 100);
	pf_free_all(m);
	pf_rewind(m);
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&m->nc), 100);
}

static void test_drain_gives_page_back(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_alloc(m, 100);
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, m->gone_back, 0);
	pf_drain(m);
	KUNIT_EXPECT_EQ(test, m->gone_back, 1);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 100), PF_NEW);
}

static void test_drain_keeps_fragments(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 10; i++)
		pf_alloc(m, 100);
	pf_drain(m);
	for (i = 10; i; i--) {
		KUNIT_EXPECT_EQ(test, m->gone_back, 0);
		pf_free(m, i - 1);
	}
	KUNIT_EXPECT_EQ(test, m->gone_back, 1);
}

static void test_drain_twice(struct kunit *test)
{
	struct pf_model *m = test->priv;

	pf_alloc(m, 100);
	pf_drain(m);
	pf_drain(m);
	KUNIT_EXPECT_EQ(test, page_ref_count(m->frags[0].owner->page), 2);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 100), PF_NEW);
}

static void test_drain_of_empty_cache(struct kunit *test)
{
	struct page_frag_cache empty = {};
	struct pf_model *m = test->priv;

	pf_drain(m);
	KUNIT_EXPECT_EQ(test, memcmp(&m->nc, &empty, sizeof(empty)), 0);
	KUNIT_EXPECT_EQ(test, pf_alloc(m, 100), PF_NEW);
}

static void test_free_of_null(struct kunit *test)
{
	struct pf_model *m = test->priv;

	page_frag_free_va(NULL);
	pf_alloc(m, 100);
	page_frag_free_va(NULL);
	pf_check(m);
}

/* Each address inside it will do, on the head page or on a tail page. */
static void test_free_by_interior_address(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	pf_alloc(m, PF_BIG / 2);
	pf_alloc(m, PF_BIG / 2);
	for (i = 0; i < 2; i++) {
		struct page *page = m->frags[i].owner->page;
		void *va = pf_va(&m->frags[i]);
		int count = page_ref_count(page);

		get_page(page);
		page_frag_free_va(va + PF_BIG / 2 - 1);
		KUNIT_EXPECT_EQ(test, page_ref_count(page), count);
	}
	pf_check(m);
}

static void test_free_by_put_page(struct kunit *test)
{
	struct pf_model *m = test->priv;
	unsigned int i;

	for (i = 0; i < 10; i++)
		pf_alloc(m, PF_BIG / 4);
	pf_drain(m);
	while (m->nr_frags)
		pf_free_by(m, 0, true);
	KUNIT_EXPECT_EQ(test, m->gone_back, 3);
}

/* A page that never saw a cache, watched by a reference of the test's own. */
static void pf_foreign_page(struct kunit *test, unsigned int order)
{
	struct page *page = alloc_pages(GFP_KERNEL | (order ? __GFP_COMP : 0), order);

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(page);
	page_frag_free_va(page_address(page) + (PAGE_SIZE << order) - 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);

	page_ref_add(page, 1000);
	__page_frag_cache_drain(page, 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1000);
	__page_frag_cache_drain(page, 999);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	put_page(page);
}

static void test_free_of_foreign_page(struct kunit *test)
{
	pf_foreign_page(test, 0);
	pf_foreign_page(test, 1);
	pf_foreign_page(test, PAGE_FRAG_CACHE_MAX_ORDER);
}

/* === Tests that need only the interface: pages really go back === */

#define PF_ROUNDS	1024

/* Who drops the last reference of a page. */
static const char * const pf_last_holders[] = {
	"free_va", "put_page", "drain", "page_drain",
};

static void pf_last_desc(const char * const *name, char *desc)
{
	strscpy(desc, *name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pf_last, pf_last_holders, pf_last_desc);

static void pf_drop_last(struct page_frag_cache *nc, void *va, unsigned int last)
{
	struct page *page = virt_to_head_page(va);

	if (last != 2)
		page_frag_cache_drain(nc);
	if (last == 1)
		put_page(page);
	else if (last == 3)
		__page_frag_cache_drain(page, 1);
	else
		page_frag_free_va(va);
	page_frag_cache_drain(nc);
}

static unsigned long pf_free_pages(void)
{
	return global_zone_page_state(NR_FREE_PAGES);
}

/*
 * Unwatched pages from the real page allocator. If they stayed, or went back
 * in part, much more than the tolerance would be missing.
 */
static void test_pages_return_to_the_system(struct kunit *test)
{
	unsigned int last = (const char * const *)test->param_value - pf_last_holders;
	unsigned long before = pf_free_pages(), used = 0;
	struct page_frag_cache nc = {};
	unsigned int i;

	kunit_deactivate_static_stub(test, page_frag_page_alloc);
	for (i = 0; i < PF_ROUNDS; i++) {
		void *va = page_frag_alloc_va(&nc, PAGE_SIZE, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, va);
		used += compound_nr(virt_to_head_page(va));
		pf_drop_last(&nc, va, last);
	}
	KUNIT_EXPECT_GT(test, pf_free_pages() + used / 2, before);
}

/* Without a stub: the page allocator's own pages and flags. */
static void test_real_page_allocator(struct kunit *test)
{
	static const gfp_t gfps[] = { GFP_KERNEL, GFP_ATOMIC, GFP_NOWAIT };
	struct page_frag_cache nc = {};
	unsigned int i;

	kunit_deactivate_static_stub(test, page_frag_page_alloc);
	for (i = 0; i < 3000; i++) {
		void *va = page_frag_alloc_va(&nc, 1 + i, gfps[i % 3]);

		KUNIT_ASSERT_NOT_NULL(test, va);
		memset(va, i, 1 + i);
		KUNIT_EXPECT_FALSE(test, page_is_pfmemalloc(virt_to_head_page(va)));
		page_frag_free_va(va);
	}
	page_frag_cache_drain(&nc);
}

/* === Tests that need only the interface: pseudo-random sequences === */

/**
 * struct pf_mix - what a pseudo-random sequence is made of
 * @name: description
 * @max_shift: requests have up to about 1 << @max_shift bytes
 * @live: most fragments at a time
 * @prepare: how many in a hundred requests ask for a range
 * @align: how many in a hundred requests are aligned
 * @bad: how many in a hundred calls are a caller's bug
 * @refuse: how many in a hundred steps change what memory there is
 * @order0: the high order is switched off
 */
struct pf_mix {
	const char *name;
	unsigned int max_shift;
	unsigned int live;
	unsigned int prepare;
	unsigned int align;
	unsigned int bad;
	unsigned int refuse;
	bool order0;
};

#define PF_STEPS	4000

static const struct pf_mix pf_mixes[] = {
	{ "packets",	11,	64,	10,	50,	0,	5 },
	{ "builders",	15,	32,	90,	5,	0,	5 },
	{ "bytes",	4,	100,	50,	10,	0,	1 },
	{ "large",	15,	8,	30,	30,	0,	10 },
	{ "starved",	13,	16,	40,	30,	0,	60 },
	{ "hostile",	16,	32,	50,	30,	10,	20 },
	{ "order-0",	14,	32,	50,	30,	0,	20,	true },
};

KUNIT_ARRAY_PARAM_DESC(pf_mix, pf_mixes, name);

static u32 pf_below(struct pf_model *m, u32 limit)
{
	return prandom_u32_state(&m->rnd) % limit;
}

static bool pf_chance(struct pf_model *m, unsigned int percent)
{
	return pf_below(m, 100) < percent;
}

/* Each power of two is as likely, so most requests are small. */
static unsigned int pf_random_size(struct pf_model *m, const struct pf_mix *mix)
{
	if (pf_chance(m, mix->bad))
		return pf_chance(m, 50) ? 0 : UINT_MAX - pf_below(m, 1000);
	return 1 + pf_below(m, 1U << pf_below(m, mix->max_shift + 1));
}

static unsigned int pf_random_align(struct pf_model *m, const struct pf_mix *mix,
				    enum pf_form form)
{
	if (!pf_forms[form].align && !pf_forms[form].mask)
		return 1;
	if (pf_forms[form].align && pf_chance(m, mix->bad))
		return pf_bad_aligns[pf_below(m, ARRAY_SIZE(pf_bad_aligns))];
	return 1U << pf_below(m, PAGE_SHIFT + 1);
}

static enum pf_form pf_random_form(struct pf_model *m, const struct pf_mix *mix)
{
	bool align = pf_chance(m, mix->align);

	if (pf_chance(m, mix->prepare)) {
		if (align)
			return PF_PREPARE_VA_ALIGN;
		return PF_PREPARE_VA + pf_below(m, PF_FORMS - PF_PREPARE_VA);
	}
	if (align)
		return PF_VA_MASK + pf_below(m, 2);
	return pf_below(m, PF_PREPARE_VA);
}

static bool pf_can_grow(const struct pf_model *m)
{
	unsigned int i;

	for (i = 0; i < m->nr_frags; i++)
		if (m->frags[i].owner == m->cur &&
		    m->frags[i].offset + m->frags[i].len == m->pos)
			return true;
	return false;
}

/* All of it, part of it, or nothing; and worse, if the mix says so. */
static void pf_random_commit(struct pf_model *m, const struct pf_mix *mix)
{
	unsigned int used = 1 + pf_below(m, m->prepared);

	if (pf_chance(m, 25))
		return;
	if (pf_chance(m, 60))
		used = min(used, 1 + pf_below(m, 256));
	if (pf_chance(m, mix->bad))
		used = pf_chance(m, 50) ? 0 : m->prepared + 1 + pf_below(m, 1U << 20);
	if (pf_can_grow(m) && pf_chance(m, 50))
		pf_commit_noref(m, used);
	else
		pf_commit(m, used);
}

static void pf_random_request(struct pf_model *m, const struct pf_mix *mix)
{
	struct pf_request r = { .gfp = GFP_KERNEL };

	r.form = pf_random_form(m, mix);
	r.fragsz = pf_random_size(m, mix);
	r.align = pf_random_align(m, mix, r.form);
	if (pf_chance(m, 10))
		r.gfp |= __GFP_ZERO;
	if (pf_do(m, &r) != PF_REFUSED && pf_forms[r.form].prepare)
		pf_random_commit(m, mix);
}

static void pf_random_step(struct pf_model *m, const struct pf_mix *mix)
{
	if (pf_chance(m, mix->refuse))
		m->backing = pf_below(m, PF_BACKINGS);
	m->shared = pf_chance(m, 20);
	if (pf_chance(m, 1))
		pf_drain(m);
	else if (pf_chance(m, 1))
		pf_free_all(m);
	else if (m->nr_frags >= mix->live || (m->nr_frags && pf_chance(m, 48)))
		pf_free_by(m, pf_below(m, m->nr_frags), pf_chance(m, 50));
	else
		pf_random_request(m, mix);
}

static void test_random_sequence(struct kunit *test)
{
	const struct pf_mix *mix = test->param_value;
	u32 seed = PF_SEED + (mix - pf_mixes);
	struct pf_model *m = test->priv;
	unsigned int i;

	kunit_info(test, "%s: seed 0x%08x, %u steps\n", mix->name, seed, PF_STEPS);
	prandom_seed_state(&m->rnd, seed);
	if (mix->order0)
		pf_switch_high_order_off(test);
	for (i = 0; i < PF_STEPS; i++)
		pf_random_step(m, mix);
	KUNIT_EXPECT_GT(test, m->handed_out, 10);
}

/* === Tests that need internal knowledge === */

static void test_internal_struct_size(struct kunit *test)
{
	/* Internal: the size of the struct. */
	size_t size = sizeof(struct page_frag_cache);

	KUNIT_EXPECT_LE(test, size, 16);
	if (BITS_PER_LONG == 32 && PAGE_SIZE < PAGE_FRAG_CACHE_MAX_SIZE)
		KUNIT_EXPECT_EQ(test, size, 8);
}

static void test_internal_bias_covers_every_byte_and_the_cache(struct kunit *test)
{
	/* Internal: pagecnt_bias and remaining. */
	struct pf_model *m = test->priv;

	pf_prepare(m, 1);
	KUNIT_EXPECT_GT(test, m->nc.pagecnt_bias, PF_BIG);
	KUNIT_EXPECT_EQ(test, m->nc.remaining, PF_BIG);
}

/* A reader without a lock may see the rest of one page and the end of another. */
static void test_internal_used_of_torn_read(struct kunit *test)
{
	/* Internal: the order is in the low bits of encoded_end, remaining counts. */
	struct page_frag_cache torn = { .encoded_end = 16 * PAGE_SIZE };

	torn.remaining = PAGE_SIZE + 1;
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&torn), 0);
	torn.remaining = -1;
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&torn), 0);
	torn.encoded_end |= PAGE_FRAG_CACHE_MAX_ORDER;
	torn.remaining = 0;
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&torn), PF_BIG);
	torn.encoded_end = 0;
	torn.remaining = 1;
	KUNIT_EXPECT_EQ(test, page_frag_cache_used(&torn), 0);
}

/* Nobody else has the page: its count is read and not written. */
static void test_internal_reuse_leaves_count(struct kunit *test)
{
	/* Internal: what a cache with a fresh page looks like. */
	struct pf_model *m = test->priv;
	struct page_frag_cache fresh;

	pf_prepare(m, 1);
	fresh = m->nc;
	pf_commit(m, PF_BIG / 2);
	pf_alloc(m, PF_BIG / 2);
	pf_free_all(m);
	KUNIT_EXPECT_EQ(test, pf_prepare(m, 1), PF_REUSED);
	fresh.pagecnt_bias -= 2;
	KUNIT_EXPECT_EQ(test, memcmp(&fresh, &m->nc, sizeof(fresh)), 0);
}

static void test_internal_rewind_leaves_count(struct kunit *test)
{
	/* Internal: what a cache with a fresh page looks like. */
	struct pf_model *m = test->priv;
	struct page_frag_cache fresh;

	pf_prepare(m, 1);
	fresh = m->nc;
	pf_commit(m, 100);
	pf_free_all(m);
	pf_rewind(m);
	pf_prepare(m, 1);
	fresh.pagecnt_bias--;
	KUNIT_EXPECT_EQ(test, memcmp(&fresh, &m->nc, sizeof(fresh)), 0);
}

/* A full page that nobody uses; it can be reused a few times before it is short. */
static void pf_wear(struct pf_model *m)
{
	unsigned int i;

	for (i = 0; i < PF_BIG - 8; i++) {
		pf_alloc(m, 1);
		pf_free_all(m);
	}
	pf_alloc(m, 8);
	pf_free_all(m);
}

/* However it starts again, a page has what it needs. */
static void pf_expect_top_up(struct pf_model *m, bool rewind)
{
	/* Internal: pagecnt_bias. */
	enum pf_outcome want = rewind ? PF_FITS : PF_REUSED;
	unsigned int i;

	pf_wear(m);
	for (i = 0; i < 20; i++) {
		if (rewind)
			pf_rewind(m);
		KUNIT_ASSERT_EQ(m->test, pf_prepare(m, PF_BIG), want);
		KUNIT_ASSERT_GT(m->test, m->nc.pagecnt_bias, PF_BIG);
		pf_commit(m, PF_BIG);
		pf_free_all(m);
	}
}

static void test_internal_reuse_tops_up_bias(struct kunit *test)
{
	pf_expect_top_up(test->priv, false);
}

static void test_internal_rewind_tops_up_bias(struct kunit *test)
{
	pf_expect_top_up(test->priv, true);
}

static void test_internal_drain_clears_cache(struct kunit *test)
{
	/* Internal: an empty cache is all zeroes. */
	struct page_frag_cache empty = {};
	struct pf_model *m = test->priv;

	m->backing = PF_PFMEMALLOC;
	pf_prepare(m, 1);
	pf_drain(m);
	KUNIT_EXPECT_EQ(test, memcmp(&m->nc, &empty, sizeof(empty)), 0);
}

/* Misuse must not bring the bias down to what the cache itself needs. */
static void test_internal_misuse_leaves_bias(struct kunit *test)
{
	/* Internal: pagecnt_bias. */
	struct pf_model *m = test->priv;
	unsigned int i;

	pf_prepare(m, 1);
	for (i = 0; i < PF_BIG + 100; i++)
		pf_commit(m, 0);
	KUNIT_EXPECT_EQ(test, m->pos, PF_BIG);
	KUNIT_EXPECT_GE(test, m->nc.pagecnt_bias, 1);
}

static struct kunit_case page_frag_cases[] = {
	KUNIT_CASE_PARAM(test_fragments_are_adjacent, pf_form_gen_params),
	KUNIT_CASE_PARAM(test_page_offset_and_address_agree, pf_form_gen_params),
	KUNIT_CASE(test_forms_share_one_cache),
	KUNIT_CASE(test_init_makes_empty),
	KUNIT_CASE(test_zeroed_cache_is_empty),
	KUNIT_CASE_PARAM(test_used_is_offset_of_next_fragment, pf_form_gen_params),
	KUNIT_CASE(test_used_of_any_page),

	KUNIT_CASE_PARAM(test_contract, pf_contract_gen_params),
	KUNIT_CASE(test_reference_for_every_byte),
	KUNIT_CASE(test_small_commits_leave_bias),
	KUNIT_CASE(test_order0_never_serves_above_page_size),
	KUNIT_CASE(test_above_page_size_served_from_used_cache),
	KUNIT_CASE(test_max_size_served_from_used_cache),
	KUNIT_CASE_PARAM(test_size_near_uint_max_refused, pf_form_gen_params),
	KUNIT_CASE_PARAM(test_size_zero_refused, pf_form_gen_params),

	KUNIT_CASE_PARAM(test_aligned_addresses, pf_shift_gen_params),
	KUNIT_CASE(test_padding_is_charged_once),
	KUNIT_CASE(test_prepare_align_twice_skips_once),
	KUNIT_CASE(test_commit_follows_aligned_prepare),
	KUNIT_CASE(test_alignment_leaves_no_room),
	KUNIT_CASE(test_refused_alignment_skips_nothing),
	KUNIT_CASE(test_bad_alignment_refused),

	KUNIT_CASE_PARAM(test_prepare_uses_nothing, pf_prepare_gen_params),
	KUNIT_CASE_PARAM(test_prepare_reports_all_there_is, pf_prepare_gen_params),
	KUNIT_CASE(test_commit_part_leaves_rest),
	KUNIT_CASE(test_commit_all),
	KUNIT_CASE(test_commit_noref_grows_fragment),
	KUNIT_CASE(test_prepared_page_survives_drain),

	KUNIT_CASE(test_commit_zero_takes_byte_and_reference),
	KUNIT_CASE(test_commit_noref_zero_uses_nothing),
	KUNIT_CASE(test_commit_too_much_uses_what_was_left),
	KUNIT_CASE(test_commit_with_no_byte_left),
	KUNIT_CASE(test_commit_on_empty_cache_does_nothing),
	KUNIT_CASE(test_commit_without_prepare_reported),
	KUNIT_CASE(test_second_commit_reported),
	KUNIT_CASE(test_commit_after_rewind_reported),
	KUNIT_CASE(test_bad_commit_closes_prepare),

	KUNIT_CASE(test_high_order_gfp),
	KUNIT_CASE(test_order0_gfp_is_the_callers),
	KUNIT_CASE(test_highmem_is_ignored),
	KUNIT_CASE(test_no_order0_attempt_above_page_size),
	KUNIT_CASE(test_high_order_tried_again_after_refusal),
	KUNIT_CASE(test_order0_switch_skips_high_order),
	KUNIT_CASE(test_order0_switch_can_be_undone),
	KUNIT_CASE(test_order0_switch_spares_large_requests),
	KUNIT_CASE(test_order0_switch_keeps_page),
	KUNIT_CASE_PARAM(test_refusal_keeps_current_page, pf_form_gen_params),
	KUNIT_CASE_PARAM(test_refusal_on_empty_cache_leaves_it_empty, pf_form_gen_params),
	KUNIT_CASE(test_refusals_never_wedge),

	KUNIT_CASE_PARAM(test_reuse_starts_at_offset_zero, pf_form_gen_params),
	KUNIT_CASE(test_reuse_goes_on_for_ever),
	KUNIT_CASE(test_reuse_of_order0_page),
	KUNIT_CASE(test_reuse_when_all_refused),
	KUNIT_CASE(test_no_reuse_before_last_fragment_is_freed),
	KUNIT_CASE(test_no_reuse_with_foreign_reference),
	KUNIT_CASE(test_reuse_zeroes_if_asked),
	KUNIT_CASE(test_reuse_writes_nothing_unasked),
	KUNIT_CASE(test_new_page_zeroed_if_asked),
	KUNIT_CASE(test_pfmemalloc_page_never_reused),
	KUNIT_CASE(test_pfmemalloc_reported),

	KUNIT_CASE_PARAM(test_rewind_starts_at_offset_zero, pf_form_gen_params),
	KUNIT_CASE(test_prepare_rewind_starts_at_offset_zero),
	KUNIT_CASE(test_rewind_goes_on_for_ever),
	KUNIT_CASE(test_rewind_of_order0_page),
	KUNIT_CASE(test_rewind_of_empty_cache),
	KUNIT_CASE(test_rewind_of_unused_page),
	KUNIT_CASE(test_no_rewind_before_last_fragment_is_freed),
	KUNIT_CASE(test_no_rewind_with_foreign_reference),
	KUNIT_CASE(test_no_rewind_of_pfmemalloc_page),

	KUNIT_CASE(test_drain_gives_page_back),
	KUNIT_CASE(test_drain_keeps_fragments),
	KUNIT_CASE(test_drain_twice),
	KUNIT_CASE(test_drain_of_empty_cache),
	KUNIT_CASE(test_free_of_null),
	KUNIT_CASE(test_free_by_interior_address),
	KUNIT_CASE(test_free_by_put_page),
	KUNIT_CASE(test_free_of_foreign_page),

	KUNIT_CASE_PARAM(test_pages_return_to_the_system, pf_last_gen_params),
	KUNIT_CASE(test_real_page_allocator),
	KUNIT_CASE_PARAM(test_random_sequence, pf_mix_gen_params),

	KUNIT_CASE(test_internal_struct_size),
	KUNIT_CASE(test_internal_bias_covers_every_byte_and_the_cache),
	KUNIT_CASE(test_internal_used_of_torn_read),
	KUNIT_CASE(test_internal_reuse_leaves_count),
	KUNIT_CASE(test_internal_rewind_leaves_count),
	KUNIT_CASE(test_internal_reuse_tops_up_bias),
	KUNIT_CASE(test_internal_rewind_tops_up_bias),
	KUNIT_CASE(test_internal_drain_clears_cache),
	KUNIT_CASE(test_internal_misuse_leaves_bias),
	{}
};

static struct kunit_suite page_frag_suite = {
	.name = "page_frag_cache",
	.init = pf_init,
	.exit = pf_exit,
	.test_cases = page_frag_cases,
};

kunit_test_suite(page_frag_suite);

MODULE_DESCRIPTION("KUnit tests of the page fragment allocator");
MODULE_LICENSE("GPL");
