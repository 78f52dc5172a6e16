/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A reference model of several caches, driven by bytes: the fuzzer and the
 * sweep feed it. Any disagreement ends the program with a message.
 */
#ifndef _PAGE_FRAG_MODEL_H
#define _PAGE_FRAG_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls of the allocator's interface so far, in all runs. */
extern unsigned long model_calls;

/* What pages there are stays as it is; else the bytes decide that too. */
extern bool model_keeps_policy;

/*
 * model_run() - decode and make calls until the bytes end, then free it all
 *
 * The page allocator is used with the knobs that it has. All pages have to be
 * back in the end.
 */
void model_run(const uint8_t *data, size_t size);

#endif /* _PAGE_FRAG_MODEL_H */
