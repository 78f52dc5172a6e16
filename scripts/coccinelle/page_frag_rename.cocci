// SPDX-License-Identifier: GPL-2.0
/// The page_frag calls that deal in addresses carry _va in their names, which
/// frees page_frag_alloc() for the call that gives page, offset and address.
///
/// The number of arguments tells an old page_frag_alloc() from a new one, so
/// that a second run changes nothing. A call is replaced as a whole, as the
/// longer name moves the lines that continue it.
///
/// page_frag_alloc() that is not called but passed on can be the old one or the
/// new one: mode report names it, for a person to decide on.
//
// Confidence: High
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual report

// page_frag_alloc()

@ depends on patch @
type T;
parameter P1, P2, P3;
@@
 T
-page_frag_alloc(P1, P2, P3)
+page_frag_alloc_va(P1, P2, P3)
 ;

@ depends on patch @
type T;
parameter P1, P2, P3;
@@
 T
-page_frag_alloc(P1, P2, P3)
+page_frag_alloc_va(P1, P2, P3)
 { ... }

@ depends on patch @
expression E1, E2, E3;
@@
-page_frag_alloc(E1, E2, E3)
+page_frag_alloc_va(E1, E2, E3)

// page_frag_alloc_align()

@ depends on patch @
type T;
parameter P1, P2, P3, P4;
@@
 T
-page_frag_alloc_align(P1, P2, P3, P4)
+page_frag_alloc_va_align(P1, P2, P3, P4)
 ;

@ depends on patch @
type T;
parameter P1, P2, P3, P4;
@@
 T
-page_frag_alloc_align(P1, P2, P3, P4)
+page_frag_alloc_va_align(P1, P2, P3, P4)
 { ... }

@ depends on patch @
expression E1, E2, E3, E4;
@@
-page_frag_alloc_align(E1, E2, E3, E4)
+page_frag_alloc_va_align(E1, E2, E3, E4)

@ depends on patch @
identifier F = { page_frag_alloc_align };
@@
-F
+page_frag_alloc_va_align

// __page_frag_alloc_align()

@ depends on patch @
type T;
parameter P1, P2, P3, P4;
@@
 T
-__page_frag_alloc_align(P1, P2, P3, P4)
+__page_frag_alloc_va_align(P1, P2, P3, P4)
 ;

@ depends on patch @
type T;
parameter P1, P2, P3, P4;
@@
 T
-__page_frag_alloc_align(P1, P2, P3, P4)
+__page_frag_alloc_va_align(P1, P2, P3, P4)
 { ... }

@ depends on patch @
expression E1, E2, E3, E4;
@@
-__page_frag_alloc_align(E1, E2, E3, E4)
+__page_frag_alloc_va_align(E1, E2, E3, E4)

@ depends on patch @
identifier F = { __page_frag_alloc_align };
@@
-F
+__page_frag_alloc_va_align

// page_frag_free()

@ depends on patch @
type T;
parameter P1;
@@
 T
-page_frag_free(P1)
+page_frag_free_va(P1)
 ;

@ depends on patch @
type T;
parameter P1;
@@
 T
-page_frag_free(P1)
+page_frag_free_va(P1)
 { ... }

@ depends on patch @
expression E1;
@@
-page_frag_free(E1)
+page_frag_free_va(E1)

@ depends on patch @
identifier F = { page_frag_free };
@@
-F
+page_frag_free_va

// What the modes that change nothing say

@ r_name depends on context || report @
identifier F = { page_frag_alloc_align, __page_frag_alloc_align, page_frag_free };
position p;
@@
* F@p

@ r_call depends on context || report @
expression E1, E2, E3;
position p;
@@
* page_frag_alloc@p(E1, E2, E3)

@ r_called depends on context || report @
expression list ES;
position p;
@@
page_frag_alloc@p(ES)

@ r_value depends on context || report @
identifier F = { page_frag_alloc };
position p != r_called.p;
@@
* F@p

@script:python depends on report@
p << r_name.p;
F << r_name.F;
@@
coccilib.report.print_report(p[0], "%s() carries _va in its name" % F)

@script:python depends on report@
p << r_call.p;
@@
coccilib.report.print_report(p[0], "page_frag_alloc() with three arguments is page_frag_alloc_va()")

@script:python depends on report@
p << r_value.p;
@@
coccilib.report.print_report(p[0], "page_frag_alloc, not called: has other parameters now, see page_frag_alloc_va")
