/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that the allocator and its tests take from the kernel, sorted by the kind
 * of lie. The Makefile makes every faked header a file that includes this one.
 */
#ifndef _PAGE_FRAG_SHIM_H
#define _PAGE_FRAG_SHIM_H

#include "duplicates.h"
#include "custom.h"
#include "stubs.h"

#endif /* _PAGE_FRAG_SHIM_H */
