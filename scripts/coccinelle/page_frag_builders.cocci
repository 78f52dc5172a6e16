// SPDX-License-Identifier: GPL-2.0
/// The allocator beside page_frag_cache, struct page_frag with
/// skb_page_frag_refill(), is gone. Where it is used the reference moves from
/// each fragment to the commit, so a person has to decide: mode report names
/// the places.
//
// Confidence: High
// Options: --include-headers

virtual context
virtual report

@ r_name depends on context || report @
identifier F = { skb_page_frag_refill, sk_page_frag_refill, sk_page_frag, SKB_FRAG_PAGE_ORDER, net_high_order_alloc_disable_key };
position p;
@@
* F@p

@ r_member depends on context || report @
expression E;
identifier M = { sk_frag, task_frag };
position p;
@@
(
* E->M@p
|
* E.M@p
)

@script:python depends on report@
p << r_name.p;
F << r_name.F;
@@
coccilib.report.print_report(p[0], "%s is gone, with the allocator it belongs to" % F)

@script:python depends on report@
p << r_member.p;
M << r_member.M;
@@
coccilib.report.print_report(p[0], "%s is gone, with the allocator it belongs to" % M)
