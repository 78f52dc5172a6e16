// SPDX-License-Identifier: GPL-2.0
/// The page_frag calls that deal in addresses carry _va in their names, which
/// frees page_frag_alloc() for the call that gives page, offset and address.
///
/// The number of arguments tells an old page_frag_alloc() from a new one, so
/// that a second run changes nothing.
//
// Confidence: High
// Options: --no-includes --include-headers

// page_frag_alloc() becomes page_frag_alloc_va(): prototypes, definitions, calls, exports

@ @
type T;
parameter list P;
@@
 T
-page_frag_alloc
+page_frag_alloc_va
 (P);

@ @
type T;
parameter list P;
@@
 T
-page_frag_alloc
+page_frag_alloc_va
 (P) { ... }

@ @
expression NC, SIZE, GFP;
@@
-page_frag_alloc
+page_frag_alloc_va
 (NC, SIZE, GFP)

// page_frag_alloc_align() becomes page_frag_alloc_va_align(): prototypes, definitions, calls, exports

@ @
type T;
parameter list P;
@@
 T
-page_frag_alloc_align
+page_frag_alloc_va_align
 (P);

@ @
type T;
parameter list P;
@@
 T
-page_frag_alloc_align
+page_frag_alloc_va_align
 (P) { ... }

@ @
@@
-page_frag_alloc_align
+page_frag_alloc_va_align

// __page_frag_alloc_align() becomes __page_frag_alloc_va_align(): prototypes, definitions, calls, exports

@ @
type T;
parameter list P;
@@
 T
-__page_frag_alloc_align
+__page_frag_alloc_va_align
 (P);

@ @
type T;
parameter list P;
@@
 T
-__page_frag_alloc_align
+__page_frag_alloc_va_align
 (P) { ... }

@ @
@@
-__page_frag_alloc_align
+__page_frag_alloc_va_align

// page_frag_free() becomes page_frag_free_va(): prototypes, definitions, calls, exports

@ @
type T;
parameter list P;
@@
 T
-page_frag_free
+page_frag_free_va
 (P);

@ @
type T;
parameter list P;
@@
 T
-page_frag_free
+page_frag_free_va
 (P) { ... }

@ @
@@
-page_frag_free
+page_frag_free_va
