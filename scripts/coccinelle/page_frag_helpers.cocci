// SPDX-License-Identifier: GPL-2.0
/// Calls instead of a look inside struct page_frag_cache.
//
// Confidence: High
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual report

@ allocator @
type T;
parameter list P;
@@
 T __page_frag_cache_drain(P) { ... }

@ helper @
type T;
parameter list P;
@@
 T page_frag_cache_is_pfmemalloc(P) { ... }

@ depends on patch && !allocator && !helper @
expression C;
@@
-if (C.va)
-	__page_frag_cache_drain(\(virt_to_page\|virt_to_head_page\)(C.va), C.pagecnt_bias);
+page_frag_cache_drain(&C);

@ depends on patch && !allocator && !helper @
expression NC;
@@
-if (NC->va)
-	__page_frag_cache_drain(\(virt_to_page\|virt_to_head_page\)(NC->va), NC->pagecnt_bias);
+page_frag_cache_drain(NC);

@ depends on patch && !allocator && !helper @
struct page_frag_cache *NC;
@@
-NC->pfmemalloc
+page_frag_cache_is_pfmemalloc(NC)

@ depends on patch && !allocator && !helper @
struct page_frag_cache C;
@@
-C.pfmemalloc
+page_frag_cache_is_pfmemalloc(&C)

@ depends on patch && !allocator && !helper @
struct page_frag_cache C;
@@
-C.va = NULL
+page_frag_cache_init(&C)
