/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lie: deliberately something else. As much of KUnit as the suite uses, in
 * one thread: a failed assertion jumps back to the runner, and actions and
 * memory of a test are released after it. Macros with the names of KUnit's.
 */
#ifndef _PAGE_FRAG_KUNIT_H
#define _PAGE_FRAG_KUNIT_H

#include <setjmp.h>

#include "shim.h"

#if IS_ENABLED(CONFIG_KUNIT)
#define VISIBLE_IF_KUNIT
#else
#define VISIBLE_IF_KUNIT	static
#endif
#define KUNIT_PARAM_DESC_SIZE	128

enum kunit_status {
	KUNIT_SUCCESS,
	KUNIT_FAILURE,
	KUNIT_SKIPPED,
};

struct kunit_action;

struct kunit {
	void *priv;
	const void *param_value;
	enum kunit_status status;
	unsigned int failures;
	struct kunit_action *actions;
	jmp_buf out;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char *name;
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
	struct kunit_suite *next;
};

#define KUNIT_CASE(fn)			{ .run_case = fn, .name = #fn }
#define KUNIT_CASE_PARAM(fn, gen)	\
	{ .run_case = fn, .name = #fn, .generate_params = gen }

#define kunit_test_suite(suite)						\
	static void __attribute__((constructor)) kunit_register_##suite(void) \
	{								\
		kunit_register(&suite);					\
	}								\
	struct kunit

void kunit_register(struct kunit_suite *suite);
struct kunit *kunit_get_current_test(void);
void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp);
int kunit_add_action_or_reset(struct kunit *test, void (*fn)(void *), void *arg);
__noreturn void kunit_abort(struct kunit *test);
__printf(3, 4) void kunit_fail(struct kunit *test, const char *where,
			       const char *fmt, ...);

#define kunit_info(test, fmt, ...)	printf("    # " fmt, ##__VA_ARGS__)
#define kunit_skip(test, reason)					\
	do {								\
		printf("    # skipped: %s\n", reason);			\
		(test)->status = KUNIT_SKIPPED;				\
		kunit_abort(test);					\
	} while (0)

/* === Parameters === */

#define KUNIT_ARRAY_GEN(name, array, describe)				\
	static const void *name##_gen_params(const void *prev, char *desc) \
	{								\
		__typeof__(&(array)[0]) next;				\
									\
		next = prev ? (__typeof__(next))prev + 1 : (array);	\
		if ((size_t)(next - (array)) == ARRAY_SIZE(array))	\
			return NULL;					\
		describe;						\
		return next;						\
	}

#define KUNIT_ARRAY_PARAM(name, array, get_desc)			\
	KUNIT_ARRAY_GEN(name, array, get_desc(next, desc))
#define KUNIT_ARRAY_PARAM_DESC(name, array, member)			\
	KUNIT_ARRAY_GEN(name, array,					\
			strscpy(desc, next->member, KUNIT_PARAM_DESC_SIZE))

/* === Static stubs: a replacement for each function that asks === */

void *kunit_stub_of(void *real);
void kunit_set_stub(void *real, void *replacement);

#define kunit_activate_static_stub(test, real, replacement)		\
	kunit_set_stub((void *)(real), (void *)(replacement))
#define kunit_deactivate_static_stub(test, real)			\
	kunit_set_stub((void *)(real), NULL)

#define KUNIT_STATIC_STUB_REDIRECT(real, args...)			\
	do {								\
		typeof(real) *_stub = NULL;				\
									\
		if (IS_ENABLED(CONFIG_KUNIT))				\
			_stub = kunit_stub_of((void *)(real));		\
		if (_stub)						\
			return _stub(args);				\
	} while (0)

/* === Expectations === */

#define KUNIT_STR_(x)	#x
#define KUNIT_STR(x)	KUNIT_STR_(x)
#define KUNIT_HERE	__FILE__ ":" KUNIT_STR(__LINE__)

#define kunit_and_go_on(test)		((void)0)

/* Values are shown as what they are most often: numbers. */
#define KUNIT_COMPARE(test, then, left, op, right, fmt, ...)		\
	do {								\
		__auto_type _left = (left);				\
		__auto_type _right = (right);				\
									\
		if (_left op _right)					\
			break;						\
		kunit_fail(test, KUNIT_HERE,				\
			   "%s %s %s: %lld and %lld; " fmt, #left, #op,	\
			   #right, (long long)(long)_left,		\
			   (long long)(long)_right, ##__VA_ARGS__);	\
		then(test);						\
	} while (0)

#define KUNIT_EXPECT_OP(test, l, op, r)	KUNIT_COMPARE(test, kunit_and_go_on, l, op, r, "")
#define KUNIT_ASSERT_OP(test, l, op, r)	KUNIT_COMPARE(test, kunit_abort, l, op, r, "")

#define KUNIT_EXPECT_EQ(test, l, r)	KUNIT_EXPECT_OP(test, l, ==, r)
#define KUNIT_EXPECT_NE(test, l, r)	KUNIT_EXPECT_OP(test, l, !=, r)
#define KUNIT_EXPECT_GT(test, l, r)	KUNIT_EXPECT_OP(test, l, >, r)
#define KUNIT_EXPECT_GE(test, l, r)	KUNIT_EXPECT_OP(test, l, >=, r)
#define KUNIT_EXPECT_LT(test, l, r)	KUNIT_EXPECT_OP(test, l, <, r)
#define KUNIT_EXPECT_LE(test, l, r)	KUNIT_EXPECT_OP(test, l, <=, r)
#define KUNIT_EXPECT_PTR_EQ(test, l, r)	KUNIT_EXPECT_OP(test, (void *)(l), ==, (void *)(r))
#define KUNIT_EXPECT_TRUE(test, l)	KUNIT_EXPECT_OP(test, !!(l), ==, true)
#define KUNIT_EXPECT_FALSE(test, l)	KUNIT_EXPECT_OP(test, !!(l), ==, false)
#define KUNIT_EXPECT_NULL(test, l)	KUNIT_EXPECT_OP(test, (void *)(l), ==, NULL)
#define KUNIT_EXPECT_NOT_NULL(test, l)	KUNIT_EXPECT_OP(test, (void *)(l), !=, NULL)

#define KUNIT_ASSERT_EQ(test, l, r)	KUNIT_ASSERT_OP(test, l, ==, r)
#define KUNIT_ASSERT_NE(test, l, r)	KUNIT_ASSERT_OP(test, l, !=, r)
#define KUNIT_ASSERT_GT(test, l, r)	KUNIT_ASSERT_OP(test, l, >, r)
#define KUNIT_ASSERT_GE(test, l, r)	KUNIT_ASSERT_OP(test, l, >=, r)
#define KUNIT_ASSERT_LT(test, l, r)	KUNIT_ASSERT_OP(test, l, <, r)
#define KUNIT_ASSERT_LE(test, l, r)	KUNIT_ASSERT_OP(test, l, <=, r)
#define KUNIT_ASSERT_PTR_EQ(test, l, r)	KUNIT_ASSERT_OP(test, (void *)(l), ==, (void *)(r))
#define KUNIT_ASSERT_TRUE(test, l)	KUNIT_ASSERT_OP(test, !!(l), ==, true)
#define KUNIT_ASSERT_FALSE(test, l)	KUNIT_ASSERT_OP(test, !!(l), ==, false)
#define KUNIT_ASSERT_NULL(test, l)	KUNIT_ASSERT_OP(test, (void *)(l), ==, NULL)
#define KUNIT_ASSERT_NOT_NULL(test, l)	KUNIT_ASSERT_OP(test, (void *)(l), !=, NULL)

#define KUNIT_ASSERT_EQ_MSG(test, l, r, ...)	\
	KUNIT_COMPARE(test, kunit_abort, l, ==, r, __VA_ARGS__)
#define KUNIT_ASSERT_NULL_MSG(test, l, ...)	\
	KUNIT_COMPARE(test, kunit_abort, (void *)(l), ==, NULL, __VA_ARGS__)

#define KUNIT_FAIL_AND_ABORT(test, ...)					\
	do {								\
		kunit_fail(test, KUNIT_HERE, __VA_ARGS__);		\
		kunit_abort(test);					\
	} while (0)

#endif /* _PAGE_FRAG_KUNIT_H */
