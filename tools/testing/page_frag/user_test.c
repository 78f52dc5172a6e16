// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the interface that cannot be in the KUnit suite: a warning is a
 * failure in a kernel, and a tracepoint is read from outside.
 */
#include <kunit/test.h>
#include <linux/page_frag_cache.h>

static void user_misuse_warns_once_a_kind(struct kunit *test)
{
	struct page_frag_cache nc = {};
	unsigned int i, kinds = 0;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_NULL(test, page_frag_alloc_va(&nc, 0, GFP_KERNEL));
		KUNIT_EXPECT_EQ(test, shim_warnings, kinds + 1);
	}
	kinds = shim_warnings;
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_NULL(test, page_frag_alloc_va_align(&nc, 1, GFP_KERNEL, 3));
		KUNIT_EXPECT_EQ(test, shim_warnings, kinds + 1);
	}
	kinds = shim_warnings;
	for (i = 0; i < 3; i++) {
		page_frag_alloc_commit(&nc, 1);
		KUNIT_EXPECT_EQ(test, shim_warnings, kinds + 1);
	}
	shim_warnings = 0;
}

/* What is said is about the request that refilled, and only of a refill. */
static void user_refill_is_traced(struct kunit *test)
{
	unsigned int size = PAGE_SIZE << PAGE_FRAG_CACHE_MAX_ORDER;
	unsigned long before = shim_trace.calls;
	struct page_frag_cache nc = {};
	unsigned int i;

	shim.policy = SHIM_ALWAYS;
	shim_trace.enabled = true;
	for (i = 0; i < 4; i++) {
		void *va = page_frag_alloc_va(&nc, size, i & 1 ? GFP_ATOMIC : GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, va);
		KUNIT_EXPECT_EQ(test, shim_trace.calls, before + i + 1);
		KUNIT_EXPECT_PTR_EQ(test, shim_trace.nc, &nc);
		KUNIT_EXPECT_EQ(test, shim_trace.reused, i > 0);
		KUNIT_EXPECT_EQ(test, shim_trace.order, PAGE_FRAG_CACHE_MAX_ORDER);
		KUNIT_EXPECT_EQ(test, shim_trace.gfp, i & 1 ? GFP_ATOMIC : GFP_KERNEL);
		KUNIT_EXPECT_FALSE(test, shim_trace.pfmemalloc);
		page_frag_free_va(va);
	}
	page_frag_cache_drain(&nc);
	KUNIT_EXPECT_NULL(test, page_frag_alloc_va(&nc, -1, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, shim_trace.calls, before + i);
	shim_trace.enabled = false;
}

static void user_pfmemalloc_is_traced(struct kunit *test)
{
	enum shim_policy policy = shim.policy;
	struct page_frag_cache nc = {};
	void *va;

	shim.policy = SHIM_PFMEMALLOC;
	shim_trace.enabled = true;
	va = page_frag_alloc_va(&nc, PAGE_SIZE, GFP_ATOMIC);
	KUNIT_EXPECT_EQ(test, shim_trace.pfmemalloc, !!va);
	KUNIT_EXPECT_EQ(test, shim_trace.order, 0);
	page_frag_free_va(va);
	page_frag_cache_drain(&nc);
	shim_trace.enabled = false;
	shim.policy = policy;
}

/* Told as a reuse without flags, once somebody listens: by then the bias was short, too. */
static void user_rewind_is_traced(struct kunit *test)
{
	const unsigned int times = 2 * PAGE_FRAG_CACHE_MAX_SIZE;
	unsigned long before = shim_trace.calls;
	struct page_frag_cache nc = {};
	unsigned int i;

	shim.policy = SHIM_ALWAYS;
	for (i = 1; i <= times; i++) {
		page_frag_free_va(page_frag_alloc_va(&nc, 1, GFP_KERNEL));
		shim_trace.enabled = i == times;
		page_frag_cache_rewind(&nc);
		KUNIT_ASSERT_EQ(test, page_frag_cache_used(&nc), 0);
	}
	shim_trace.enabled = false;
	KUNIT_EXPECT_EQ(test, shim_trace.calls, before + 1);
	KUNIT_EXPECT_PTR_EQ(test, shim_trace.nc, &nc);
	KUNIT_EXPECT_TRUE(test, shim_trace.reused);
	KUNIT_EXPECT_EQ(test, shim_trace.gfp, 0);
	page_frag_cache_drain(&nc);
}

static struct kunit_case user_cases[] = {
	KUNIT_CASE(user_misuse_warns_once_a_kind),
	KUNIT_CASE(user_refill_is_traced),
	KUNIT_CASE(user_pfmemalloc_is_traced),
	KUNIT_CASE(user_rewind_is_traced),
	{}
};

static struct kunit_suite user_suite = {
	.name = "page_frag_user",
	.test_cases = user_cases,
};

kunit_test_suite(user_suite);
