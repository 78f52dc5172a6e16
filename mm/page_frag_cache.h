/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seams of the page fragment allocator for its KUnit suite.
 */
#ifndef _MM_PAGE_FRAG_CACHE_H
#define _MM_PAGE_FRAG_CACHE_H

#include <linux/page_frag_cache.h>

/*
 * One reference for every byte that can become a fragment, and the cache's. The
 * others are for a page that is reused, many times over. 16 bits hold it where the
 * page is smaller than PAGE_FRAG_CACHE_MAX_SIZE.
 */
#define PAGE_FRAG_CACHE_BIAS	(2 * PAGE_FRAG_CACHE_MAX_SIZE - 1)

#if IS_ENABLED(CONFIG_KUNIT)
struct page *page_frag_page_alloc(gfp_t gfp, unsigned int order);
#endif

#endif /* _MM_PAGE_FRAG_CACHE_H */
