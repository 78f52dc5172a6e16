/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lie: "this is what the kernel does". Small helpers said again in other
 * words, for every argument they get here. If the kernel changes what one of
 * them means, nobody changes it here: keep the list short.
 */
#ifndef _PAGE_FRAG_DUPLICATES_H
#define _PAGE_FRAG_DUPLICATES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
typedef uint8_t __u8;
typedef uint16_t __u16;
typedef uint32_t __u32;
typedef uint64_t __u64;
typedef int32_t __s32;
typedef int64_t __s64;

#define __bitwise
#define __force
#define __must_check
#define gfp_t		unsigned int

#include <asm/bitsperlong.h>
#include <linux/compiler.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/gfp_types.h>
#include <linux/kconfig.h>
#include <linux/align.h>

#ifndef __ALIGN_MASK
#define __ALIGN_MASK(x, mask)	(((x) + (mask)) & ~(mask))
#endif
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#endif
#ifndef typeof_member
#define typeof_member(T, m)	__typeof__(((T *)NULL)->m)
#endif

#define PAGE_SIZE		BIT(PAGE_SHIFT)
#define PAGE_MASK		(~(PAGE_SIZE - 1))

#define offset_in_page(p)	((unsigned long)(p) & ~PAGE_MASK)

/* A constant for a constant, also without optimisation. */
#define get_order(size)							\
	((size) <= PAGE_SIZE ? 0 :					\
	 (int)(8 * sizeof(long)) - __builtin_clzl((unsigned long)(size) - 1) - PAGE_SHIFT)

static inline bool is_power_of_2(unsigned long n)
{
	return __builtin_popcountl(n) == 1;
}

static inline bool test_and_set_bit(long nr, unsigned long *addr)
{
	unsigned long bit = BIT(nr);

	return __atomic_fetch_or(addr, bit, __ATOMIC_SEQ_CST) & bit;
}

#ifndef min
#define min(a, b)	({ __auto_type _a = (a); __auto_type _b = (b);	\
			   _a < _b ? _a : _b; })
#define max(a, b)	({ __auto_type _c = (a); __auto_type _d = (b);	\
			   _c > _d ? _c : _d; })
#endif
#define clamp_t(type, value, lo, hi)					\
	((type)min(max((type)(value), (type)(lo)), (type)(hi)))

static inline void *memchr_inv(const void *start, int byte, size_t n)
{
	const u8 *p = start;

	while (n && *p == (u8)byte) {
		p++;
		n--;
	}
	return n ? (void *)p : NULL;
}

static inline void strscpy(char *to, const char *from, size_t room)
{
	snprintf(to, room, "%s", from);
}

#endif /* _PAGE_FRAG_DUPLICATES_H */
