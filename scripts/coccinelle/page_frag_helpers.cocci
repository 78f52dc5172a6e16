// SPDX-License-Identifier: GPL-2.0
/// Calls instead of a look inside struct page_frag_cache.
///
/// Mode report names every use of a field. After mode patch it names what is
/// left for a person to decide on.
//
// Confidence: High
// Options: --include-headers

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

// In one rule, and before the others: a file that a rule has changed is parsed
// again without the headers beside it, which say what is a page_frag_cache.
@ depends on patch && !allocator && !helper @
struct page_frag_cache *NC;
struct page_frag_cache C;
@@
(
-NC->pfmemalloc
+page_frag_cache_is_pfmemalloc(NC)
|
-C.pfmemalloc
+page_frag_cache_is_pfmemalloc(&C)
|
-NC->va = NULL
+page_frag_cache_init(NC)
|
-C.va = NULL
+page_frag_cache_init(&C)
)

@ depends on patch && !allocator && !helper @
expression C;
@@
-if (C.va)
-	__page_frag_cache_drain(\(virt_to_page\|virt_to_head_page\)(C.va),
-				C.pagecnt_bias);
+page_frag_cache_drain(&C);

@ depends on patch && !allocator && !helper @
expression NC;
@@
-if (NC->va)
-	__page_frag_cache_drain(\(virt_to_page\|virt_to_head_page\)(NC->va),
-				NC->pagecnt_bias);
+page_frag_cache_drain(NC);

// What the modes that change nothing say

@ r_object depends on (context || report) && !allocator && !helper @
struct page_frag_cache C;
identifier M;
position p;
@@
* C.M@p

@ r_init depends on (context || report) && !allocator && !helper @
identifier I, M;
expression E;
position p;
@@
struct page_frag_cache I = { ..., .M@p = E, ... };

@ r_member depends on (context || report) && !allocator && !helper @
identifier S, F;
@@
struct S { ... struct page_frag_cache F; ... };

@ r_macro depends on (context || report) && !allocator && !helper @
identifier D, M, r_member.F;
expression E;
position p;
@@
(
#define D(...) <+... E->F.M@p ...+>
|
#define D(...) <+... E.F.M@p ...+>
)

@script:python depends on report@
p << r_object.p;
M << r_object.M;
@@
coccilib.report.print_report(p[0], "%s is a private field of struct page_frag_cache" % M)

@script:python depends on report@
p << r_init.p;
M << r_init.M;
@@
coccilib.report.print_report(p[0], "%s is a private field of struct page_frag_cache" % M)

@script:python depends on report@
p << r_macro.p;
M << r_macro.M;
@@
coccilib.report.print_report(p[0], "%s is a private field of struct page_frag_cache" % M)
