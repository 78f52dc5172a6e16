/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lie: nothing happens. Names that must be there, and whose absence no
 * result can depend on.
 */
#ifndef _PAGE_FRAG_STUBS_H
#define _PAGE_FRAG_STUBS_H

#define EXPORT_SYMBOL(name)
#define EXPORT_SYMBOL_GPL(name)
#define EXPORT_TRACEPOINT_SYMBOL(name)	struct shim_trace
#define MODULE_DESCRIPTION(text)
#define MODULE_LICENSE(text)

/* Who reads what others write says so to a checker that is not here. */
#define data_race(expr)	(expr)

/* There is one node. */
#define NUMA_NO_NODE	(-1)

#endif /* _PAGE_FRAG_STUBS_H */
