// SPDX-License-Identifier: GPL-2.0
/*
 * Operations to be counted by callgrind: instructions, which repeat exactly. A
 * dump for each names it. What counts is what op_*() and the allocator's own
 * functions execute; the shim's page allocator is another file's.
 */
#include <valgrind/callgrind.h>

#include <linux/page_frag_cache.h>

#include "shim.h"

static struct page_frag_cache nc;
static void *va;
static struct page *page;
static unsigned int at;

static noinline void op_alloc(unsigned int size)
{
	va = page_frag_alloc_va(&nc, size, GFP_ATOMIC);
}

static noinline void op_alloc_align(unsigned int size)
{
	va = page_frag_alloc_va_align(&nc, size, GFP_ATOMIC, 64);
}

static noinline void op_alloc_pg(unsigned int size)
{
	page = page_frag_alloc_pg(&nc, &at, size, GFP_ATOMIC);
}

static noinline void op_prepare_commit(unsigned int size)
{
	unsigned int room = size;

	va = page_frag_alloc_va_prepare(&nc, &room, GFP_ATOMIC);
	page_frag_alloc_commit(&nc, size);
}

static noinline void op_prepare_again(unsigned int size)
{
	unsigned int room = size;

	page = page_frag_alloc_prepare_rewind(&nc, &at, &room, &va, GFP_ATOMIC);
	page_frag_alloc_commit(&nc, size);
}

static noinline void op_free(unsigned int size)
{
	page_frag_free_va(va);
}

static noinline void op_drain(unsigned int size)
{
	page_frag_cache_drain(&nc);
}

static noinline void op_rewind(unsigned int size)
{
	page_frag_cache_rewind(&nc);
}

/* === What is around an operation and not counted === */

static void count(const char *name, void (*op)(unsigned int), unsigned int size)
{
	char label[64];

	snprintf(label, sizeof(label), "%s %u", name, size);
	CALLGRIND_ZERO_STATS;
	CALLGRIND_TOGGLE_COLLECT;
	op(size);
	CALLGRIND_TOGGLE_COLLECT;
	CALLGRIND_DUMP_STATS_AT(label);
}

/* A page with a fragment on it, and room. */
static void count_fast(const char *name, void (*op)(unsigned int), unsigned int size)
{
	void *first = page_frag_alloc_va(&nc, 1, GFP_ATOMIC);

	count(name, op, size);
	if (op == op_alloc_pg)
		va = (u8 *)page_address(page) + at;
	page_frag_free_va(va);
	page_frag_free_va(first);
	page_frag_cache_drain(&nc);
}

static void count_release(unsigned int size)
{
	void *first = page_frag_alloc_va(&nc, 1, GFP_ATOMIC);

	va = page_frag_alloc_va(&nc, size, GFP_ATOMIC);
	count("free", op_free, size);
	count("drain", op_drain, size);
	page_frag_free_va(first);
}

/* Somebody has a fragment, and nobody has. */
static void count_rewind(unsigned int size)
{
	void *first = page_frag_alloc_va(&nc, size, GFP_ATOMIC);

	count("rewind-busy", op_rewind, size);
	page_frag_free_va(first);
	count("rewind-idle", op_rewind, size);
	page_frag_cache_drain(&nc);
}

/* The same of a socket's request, which puts a fragment there. */
static void count_prepare_again(unsigned int size)
{
	void *first = page_frag_alloc_va(&nc, size, GFP_ATOMIC);

	count("again-busy", op_prepare_again, size);
	page_frag_free_va(va);
	page_frag_free_va(first);
	count("again-idle", op_prepare_again, size);
	page_frag_free_va(va);
	page_frag_cache_drain(&nc);
}

static void count_free_last(void *last, unsigned int size)
{
	va = last;
	count("free-last", op_free, size);
}

/* An empty cache, a page that is busy, and one that is not. */
static void count_refill(unsigned int size)
{
	void *all = NULL;
	unsigned int i;

	count("refill-empty", op_alloc, size);
	page_frag_free_va(va);
	for (i = 0; i < 2; i++) {
		page_frag_cache_drain(&nc);
		all = page_frag_alloc_va(&nc, PAGE_FRAG_CACHE_MAX_SIZE, GFP_ATOMIC);
		if (i)
			page_frag_free_va(all);
		count(i ? "refill-reuse" : "refill-new", op_alloc, size);
		page_frag_free_va(va);
		if (!i)
			count_free_last(all, size);
	}
	page_frag_cache_drain(&nc);
}

int main(void)
{
	static const unsigned int sizes[] = { 64, 256, 1500, 4096 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		count_fast("alloc", op_alloc, sizes[i]);
		count_fast("alloc-align", op_alloc_align, sizes[i]);
		count_fast("alloc-pg", op_alloc_pg, sizes[i]);
		count_fast("prepare-commit", op_prepare_commit, sizes[i]);
		count_release(sizes[i]);
		count_refill(sizes[i]);
		count_rewind(sizes[i]);
		count_prepare_again(sizes[i]);
	}
	return !!shim.out;
}
