/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM page_frag

#if !defined(_TRACE_PAGE_FRAG_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_PAGE_FRAG_H

#include <linux/types.h>
#include <linux/tracepoint.h>
#include <trace/events/mmflags.h>

struct page_frag_cache;

/**
 * page_frag_refill - a page fragment cache got room again
 * @nc: the cache
 * @order: order of the page it has now
 * @reused: the page it had, all of whose fragments were freed, not a new one
 * @pfmemalloc: the page is from the memory reserves
 * @gfp: flags of the request that ran out of room, 0 if the page was rewound
 *
 * A refill that got nothing is not reported.
 */
TRACE_EVENT(page_frag_refill,

	TP_PROTO(const struct page_frag_cache *nc, unsigned int order,
		 bool reused, bool pfmemalloc, gfp_t gfp),

	TP_ARGS(nc, order, reused, pfmemalloc, gfp),

	TP_STRUCT__entry(
		__field(const void *, nc)
		__field(unsigned int, order)
		__field(bool, reused)
		__field(bool, pfmemalloc)
		__field(unsigned long, gfp)
	),

	TP_fast_assign(
		__entry->nc = nc;
		__entry->order = order;
		__entry->reused = reused;
		__entry->pfmemalloc = pfmemalloc;
		__entry->gfp = (__force unsigned long)gfp;
	),

	TP_printk("cache=%p order=%u %s pfmemalloc=%d gfp=%s",
		  __entry->nc, __entry->order,
		  __entry->reused ? "reused" : "new", __entry->pfmemalloc,
		  show_gfp_flags(__entry->gfp))
);

#endif /* _TRACE_PAGE_FRAG_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
