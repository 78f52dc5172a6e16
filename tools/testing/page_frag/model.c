// SPDX-License-Identifier: GPL-2.0
/*
 * The reference model of model.h. Independent of the one of the KUnit suite, and
 * smaller: several caches, the page allocator of the shim unstubbed, and a page
 * has to be back the moment that nobody holds it. It looks at no field of struct
 * page_frag_cache.
 *
 * A refill is compared with what the page allocator was asked and answered; the
 * model does not predict whether there is memory.
 */
#include <linux/page_frag_cache.h>

#include "shim.h"
#include "model.h"

#define CACHES		3
#define FRAGS		96
#define EDGE		16	/* bytes at each end of a fragment that are compared */

struct cache {
	struct page_frag_cache nc;
	struct page *page;
	unsigned int size;
	unsigned int pos;
	unsigned int prepared;
};

struct frag {
	struct page *page;
	u8 *va;
	unsigned int len;
	u8 seed;
};

struct request {
	struct cache *c;
	unsigned int form;
	unsigned int fragsz;
	unsigned int align;
	gfp_t gfp;
};

/* The calls that make a fragment, then those that prepare a range. */
enum {
	VA, VA_MASK, VA_ALIGN, PG, BOTH,
	PREPARE_VA, PREPARE_ALIGN, PREPARE_PG, PREPARE_BOTH, PREPARE_REWIND,
	FORMS,
};

unsigned long model_calls;
bool model_keeps_policy;

static struct cache caches[CACHES];
static struct frag frags[FRAGS];
static unsigned int nr_frags;
static unsigned int holders[SHIM_SLOTS];	/* of each page, without caches */
static unsigned int misuse;			/* expected warnings, kinds seen */
static u8 seed;
static const u8 *in, *in_end;

#define check(condition)						\
	do {								\
		if (!(condition))					\
			shim_bug("%s:%d: call %lu: not so: %s", __FILE__, \
				 __LINE__, model_calls, #condition);	\
	} while (0)

/* === Input === */

static unsigned int byte(void)
{
	return in < in_end ? *in++ : 0;
}

/* Small sizes, sizes round the limits, and what no cache can serve. */
static unsigned int get_size(void)
{
	unsigned int how = byte(), fine = byte();

	switch (how % 8) {
	case 0:
		return fine;
	case 1:
		return PAGE_SIZE - 128 + fine;
	case 2:
		return PAGE_FRAG_CACHE_MAX_SIZE - 254 + fine;
	case 3:
		return how & 8 ? -fine : fine << 24;
	case 4:
	case 5:
		return (how >> 3) * 128 + fine;
	default:
		return (how >> 3) * PAGE_FRAG_CACHE_MAX_SIZE / 32 + fine;
	}
}

static unsigned int get_align(bool checked)
{
	unsigned int how = byte();

	if (how < 250 || !checked)
		return 1U << how % (PAGE_SHIFT + 1);
	return how < 252 ? how : how < 254 ? 2 * PAGE_SIZE : 0;
}

/* === Pages and who holds them === */

static unsigned int *holders_of(const struct page *page)
{
	return &holders[(page - shim_map) / SHIM_SLOT_PAGES];
}

static bool is_current(const struct page *page)
{
	unsigned int i;

	for (i = 0; i < CACHES; i++)
		if (caches[i].page == page)
			return true;
	return false;
}

/* Nobody has it: it must be free. Anybody has it: it must not. */
static void check_page(const struct page *page)
{
	check(page->allocated == (*holders_of(page) || is_current(page)));
	if (page->allocated)
		check(page_ref_count(page) >= (int)(*holders_of(page) + is_current(page)));
	if (page->allocated && !is_current(page))
		check(page_ref_count(page) == (int)*holders_of(page));
}

static void set_page(struct cache *c, struct page *page)
{
	struct page *old = c->page;

	c->page = page;
	c->pos = 0;
	c->size = page ? page_size(page) : 0;
	if (old && old != page)
		check_page(old);
}

/* === Fragments === */

static void fill(const struct frag *f)
{
	unsigned int n = min(f->len, EDGE + 0U);

	memset(f->va, f->seed, n);
	memset(f->va + f->len - n, f->seed, n);
}

static void check_filled(const struct frag *f)
{
	unsigned int n = min(f->len, EDGE + 0U);

	check(!memchr_inv(f->va, f->seed, n));
	check(!memchr_inv(f->va + f->len - n, f->seed, n));
}

static void free_frag(unsigned int i, bool by_page)
{
	struct frag f = frags[i];

	check_filled(&f);
	frags[i] = frags[--nr_frags];
	--*holders_of(f.page);
	model_calls++;
	if (by_page || !f.len)
		put_page(f.page);
	else
		page_frag_free_va(f.va + f.len - 1);
	check_page(f.page);
}

static void add_frag(struct cache *c, unsigned int len)
{
	struct frag *f = &frags[nr_frags++];

	*f = (struct frag){ c->page, (u8 *)page_address(c->page) + c->pos, len, ++seed };
	++*holders_of(c->page);
	c->pos += len;
	fill(f);
	if (nr_frags == FRAGS)
		free_frag(0, false);
}

/* === Requests === */

static struct page *got_va(void *va, unsigned int *offset)
{
	struct page *page = va ? virt_to_head_page(va) : NULL;

	if (page)
		*offset = (u8 *)va - (u8 *)page_address(page);
	return page;
}

static struct page *call(const struct request *r, unsigned int *offset, unsigned int *len)
{
	struct page_frag_cache *nc = &r->c->nc;
	void *va = NULL;
	struct page *page;

	model_calls++;
	switch (r->form) {
	case VA:
		return got_va(page_frag_alloc_va(nc, *len, r->gfp), offset);
	case VA_MASK:
		return got_va(__page_frag_alloc_va_align(nc, *len, r->gfp, -r->align), offset);
	case VA_ALIGN:
		return got_va(page_frag_alloc_va_align(nc, *len, r->gfp, r->align), offset);
	case PG:
		return page_frag_alloc_pg(nc, offset, *len, r->gfp);
	case PREPARE_VA:
		return got_va(page_frag_alloc_va_prepare(nc, len, r->gfp), offset);
	case PREPARE_ALIGN:
		va = page_frag_alloc_va_prepare_align(nc, len, r->gfp, r->align);
		return got_va(va, offset);
	case PREPARE_PG:
		return page_frag_alloc_pg_prepare(nc, offset, len, r->gfp);
	case BOTH:
		page = page_frag_alloc(nc, offset, *len, &va, r->gfp);
		break;
	case PREPARE_REWIND:
		page = page_frag_alloc_prepare_rewind(nc, offset, len, &va, r->gfp);
		break;
	default:
		page = page_frag_alloc_prepare(nc, offset, len, &va, r->gfp);
	}
	check(!page || va == (u8 *)page_address(page) + *offset);
	return page;
}

static bool aligns(const struct request *r)
{
	return r->form == VA_MASK || r->form == VA_ALIGN || r->form == PREPARE_ALIGN;
}

static bool align_is_bad(const struct request *r)
{
	return r->form != VA_MASK && aligns(r) &&
	       (!r->align || r->align & (r->align - 1) || r->align > PAGE_SIZE);
}

static bool has_room(const struct request *r, unsigned int start)
{
	return r->c->page && r->fragsz && (u64)start + r->fragsz <= r->c->size;
}

static bool reusable(const struct request *r)
{
	return r->c->page && !*holders_of(r->c->page) && !r->c->page->pfmemalloc &&
	       r->fragsz <= r->c->size;
}

/* The attempts the contract names, in order; the answer is the page, if any. */
static struct page *check_attempts(const struct request *r)
{
	unsigned int i, want = 0, orders[2];
	struct page *page = NULL;

	if (PAGE_FRAG_CACHE_MAX_ORDER &&
	    (r->fragsz > PAGE_SIZE || !static_key_enabled(&page_frag_order0_key)))
		orders[want++] = PAGE_FRAG_CACHE_MAX_ORDER;
	if (r->fragsz <= PAGE_SIZE)
		orders[want++] = 0;
	check(shim.nr_attempts && shim.nr_attempts <= want);
	for (i = 0; i < shim.nr_attempts; i++) {
		check(!page && shim.attempts[i].order == orders[i]);
		check(!orders[i] || !(shim.attempts[i].gfp & __GFP_DIRECT_RECLAIM));
		page = shim.attempts[i].page;
	}
	check(page || shim.nr_attempts == want);
	return page;
}

static void check_traced(const struct request *r, unsigned long before, bool reused)
{
	check(shim_trace.calls == before + 1);
	check(shim_trace.nc == &r->c->nc && shim_trace.gfp == r->gfp);
	check(shim_trace.order == compound_order(r->c->page));
	check(shim_trace.reused == reused);
	check(shim_trace.pfmemalloc == page_is_pfmemalloc(r->c->page));
}

static void check_zeroed(const struct request *r)
{
	if (r->gfp & __GFP_ZERO)
		check(!memchr_inv(page_address(r->c->page), 0, r->c->size));
}

/* Where the request must go, once it has been made. */
static struct page *expect(const struct request *r, unsigned int *start, unsigned long traced)
{
	bool reuse = reusable(r);
	struct page *page;

	if (align_is_bad(r) || !r->fragsz || r->fragsz > PAGE_FRAG_CACHE_MAX_SIZE) {
		check(!shim.nr_attempts);
		return NULL;
	}
	if (has_room(r, *start)) {
		check(!shim.nr_attempts && shim_trace.calls == traced);
		return r->c->page;
	}
	check(!reuse || !shim.nr_attempts);
	page = reuse ? r->c->page : check_attempts(r);
	if (!page) {
		check(shim_trace.calls == traced);
		return NULL;
	}
	*start = 0;
	set_page(r->c, page);
	check_traced(r, traced, reuse);
	check_zeroed(r);
	return page;
}

static void use(const struct request *r, unsigned int len)
{
	if (r->form < PREPARE_VA) {
		check(len == r->fragsz);
		add_frag(r->c, len);
		return;
	}
	check(len == r->c->size - r->c->pos);
	memset((u8 *)page_address(r->c->page) + r->c->pos, ++seed, min(len, 64U));
	r->c->prepared = len;
}

/* An unused page stays as it is, one of the reserves too. */
static bool starts_again(const struct cache *c)
{
	return c->page && c->pos && !*holders_of(c->page) && !c->page->pfmemalloc;
}

/* The request rewinds first, and says so: in the model, and in what the cache was. */
static bool rewind_first(const struct request *r, struct page_frag_cache *before)
{
	if (r->form != PREPARE_REWIND || !starts_again(r->c))
		return false;
	before->encoded_end &= ~PAGE_FRAG_CACHE_PREPARED_BIT;
	before->remaining = r->c->size;
	set_page(r->c, r->c->page);
	r->c->prepared = 0;
	return true;
}

static bool make_request(struct request *r)
{
	unsigned int offset = -1, start, len = r->fragsz;
	struct page_frag_cache before = r->c->nc;
	bool rewound = rewind_first(r, &before);
	unsigned long traced = shim_trace.calls + rewound;
	struct page *page, *want;

	if (!aligns(r))
		r->align = 1;
	start = align_is_bad(r) ? 0 : (r->c->pos + r->align - 1) & -r->align;
	shim.nr_attempts = 0;
	if (align_is_bad(r))
		misuse |= 1U << PAGE_FRAG_BAD_ALIGN;
	else if (!r->fragsz)
		misuse |= 1U << PAGE_FRAG_BAD_SIZE;
	page = call(r, &offset, &len);
	want = expect(r, &start, traced);
	check(page == want);
	if (!page) {
		/* A short bias is raised. */
		if (rewound)
			before.pagecnt_bias = max(before.pagecnt_bias, r->c->nc.pagecnt_bias);
		check(!memcmp(&before, &r->c->nc, sizeof(before)) && len == r->fragsz);
		return false;
	}
	check(offset == start);
	r->c->pos = start;
	r->c->prepared = 0;
	use(r, len);
	return true;
}

/* === Commits === */

static struct frag *ending_here(const struct cache *c)
{
	unsigned int i;

	for (i = 0; i < nr_frags; i++)
		if (frags[i].page == c->page && frags[i].len &&
		    frags[i].va + frags[i].len == (u8 *)page_address(c->page) + c->pos)
			return &frags[i];
	return NULL;
}

static void commit_ref(struct cache *c, unsigned int used)
{
	unsigned int left = c->size - c->pos;

	page_frag_alloc_commit(&c->nc, used);
	if (c->page)
		add_frag(c, min(max(used, 1U), left));
}

static void commit_noref(struct cache *c, unsigned int used)
{
	struct frag *f = c->page ? ending_here(c) : NULL;
	unsigned int len = min(used, c->size - c->pos);

	page_frag_alloc_commit_noref(&c->nc, used);
	c->pos += len;
	if (f) {
		f->len += len;
		fill(f);
	}
}

static void commit(struct cache *c, unsigned int used, bool ref)
{
	if (!used || used > c->size - c->pos ||
	    (IS_ENABLED(CONFIG_DEBUG_VM) && !c->prepared))
		misuse |= 1U << PAGE_FRAG_BAD_COMMIT;
	model_calls++;
	if (ref)
		commit_ref(c, used);
	else
		commit_noref(c, used);
	c->prepared = 0;
}

/* === Steps === */

static void step_request(struct cache *c, unsigned int form)
{
	struct request r = { .c = c, .form = form % FORMS, .gfp = GFP_ATOMIC };

	r.fragsz = get_size();
	if (aligns(&r))
		r.align = get_align(r.form != VA_MASK);
	if (r.fragsz & 1 && form >= 2 * FORMS)
		r.gfp |= __GFP_ZERO;
	if (make_request(&r) && r.form >= PREPARE_VA && form < FORMS)
		commit(c, 1 + byte() * c->prepared / 256, !ending_here(c) || byte() & 1);
}

static void drain(struct cache *c)
{
	model_calls++;
	page_frag_cache_drain(&c->nc);
	set_page(c, NULL);
	c->prepared = 0;
}

/* What it is while nobody listens, which goes another way to the same end. */
static void rewind_quietly(struct page_frag_cache *nc)
{
	shim_trace.enabled = false;
	page_frag_cache_rewind(nc);
	shim_trace.enabled = true;
}

static void step_rewind(struct cache *c)
{
	bool again = starts_again(c);
	/* A short bias is raised on the page, which both have. */
	bool quiet = c->page && c->nc.pagecnt_bias > c->size;
	unsigned long traced = shim_trace.calls;
	struct page_frag_cache want = c->nc;

	if (quiet)
		rewind_quietly(&want);
	model_calls++;
	page_frag_cache_rewind(&c->nc);
	check(!quiet || !memcmp(&want, &c->nc, sizeof(want)));
	check(shim_trace.calls == traced + again);
	if (!again)
		return;
	check(shim_trace.nc == &c->nc && shim_trace.reused && !shim_trace.gfp);
	set_page(c, c->page);
	c->prepared = 0;
}

/* Somebody looks at the page for a while: no reuse, and it is not freed. */
static void step_hold(struct cache *c)
{
	struct page *page = c->page;

	if (!page)
		return;
	get_page(page);
	++*holders_of(page);
	step_request(c, byte());
	--*holders_of(page);
	put_page(page);
	check_page(page);
}

/* A bias of the caller's own, on a page of its own. */
static void step_own_page(unsigned int n)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, n % 2);

	page_ref_add(page, n);
	model_calls += 2;
	__page_frag_cache_drain(page, n);
	check(page_ref_count(page) == 1);
	page_frag_free_va((u8 *)page_address(page) + n);
	check(!page->allocated);
}

static void step_other(struct cache *c, unsigned int what)
{
	switch (what) {
	case 0:
		return drain(c);
	case 1:
		return commit(c, get_size(), byte() & 1);
	case 2:
		return step_own_page(byte());
	case 3:
		return step_hold(c);
	case 4:
		return step_rewind(c);
	default:
		what = byte() % SHIM_POLICIES;
		if (!model_keeps_policy)
			shim.policy = what;
	}
}

static void check_cache(const struct cache *c)
{
	check(page_frag_cache_is_pfmemalloc(&c->nc) == (c->page && c->page->pfmemalloc));
	check(page_frag_cache_used(&c->nc) == c->pos);
	if (c->page)
		check_page(c->page);
}

static void step(void)
{
	unsigned int op = byte();
	struct cache *c = &caches[op % CACHES];

	op /= CACHES;
	if (op < 3 * FORMS)
		step_request(c, op);
	else if (op < 3 * FORMS + 6)
		step_other(c, op - 3 * FORMS);
	else if (nr_frags)
		free_frag(byte() % nr_frags, op & 1);
	check_cache(c);
}

void model_run(const uint8_t *data, size_t size)
{
	enum shim_policy policy = shim.policy;
	unsigned int i;

	shim_trace.enabled = true;
	in = data;
	in_end = data + size;
	memset(caches, 0, sizeof(caches));
	while (in < in_end)
		step();
	while (nr_frags)
		free_frag(nr_frags - 1, nr_frags & 1);
	for (i = 0; i < CACHES; i++)
		drain(&caches[i]);
	check(!shim.out);
	check(shim_warnings == (unsigned int)__builtin_popcount(misuse));
	shim.policy = policy;
}
