// SPDX-License-Identifier: GPL-2.0
/*
 * The reference counts of mm/page_frag_cache.c, for spin: every interleaving of
 * one allocating side, a process for each fragment that is freed, and somebody
 * who takes a speculative reference. One page, taken without references, used,
 * perhaps reused in place once, and drained.
 *
 * An atomic of the kernel is an atomic here, everything between two of them can
 * be interrupted. The model is sequentially consistent; what weaker ordering
 * would allow is written out: without the release a free's last access may come
 * after its decrement, without the branch between them the reuse's first write
 * may come before its test.
 *
 * Checked: the page is freed once; nobody touches it, or takes a reference, once
 * it is free; it is reused only when nobody uses a fragment of it.
 *
 * Each of these makes a broken twin, in which spin has to find an error:
 *   -DNO_RELEASE	a free is not ordered after the accesses before it
 *   -DNO_BRANCH	a reuse's writes do not depend on its test
 *   -DSHORT_BIAS	the bias has no reference for the cache itself
 *   -DSTORE_COUNT	a new page has a reference, and its count is stored all the same
 *   -DSET_COUNT	a reuse sets the count where it has to add to it
 *   -DNO_TOP_UP	a reuse goes on with whatever bias is left
 *   -DSPLIT_TEST	a free decrements and tests in two steps
 *   -DREUSE_FIRST	a reuse does not compare the count with the bias
 */

#define FRAGS	3		/* that fit the page */
#define ROUNDS	2		/* the page, and the page reused */

#ifdef SHORT_BIAS
#define BIAS	FRAGS
#else
#define BIAS	(FRAGS + 2)	/* one more than a page needs: some reuses add */
#endif

#ifdef STORE_COUNT
#define TAKEN	1
#else
#define TAKEN	0
#endif

byte refs = TAKEN;		/* page->_refcount */
byte bias;			/* nc->pagecnt_bias */
bool freed;
bool given[FRAGS * ROUNDS];	/* the fragment exists */
bool used[FRAGS * ROUNDS];	/* and its holder is not done with the bytes */

inline free_page()
{
	assert(!freed);
	freed = true
}

/* page_ref_sub_and_test() and what follows; put_page(), for n == 1 */
inline sub_and_free(n)
{
#ifdef SPLIT_TEST
	atomic { assert(!freed && refs >= n); refs = refs - n };
	last = (refs == 0);
#else
	atomic { assert(!freed && refs >= n); refs = refs - n; last = (refs == 0) };
#endif
	if
	:: last -> free_page()
	:: else
	fi
}

inline last_access(i)
{
	atomic { assert(!freed); used[i] = false }
}

proctype free_frag(byte i)
{
	bool last;

end:	given[i];
#ifdef NO_RELEASE
	if
	:: last_access(i); sub_and_free(1)
	:: sub_and_free(1); last_access(i)
	fi
#else
	last_access(i);
	sub_and_free(1)
#endif
}

/* folio_try_get(): never from zero. */
proctype speculate()
{
	bool last, got;

	atomic {
		if
		:: refs > 0 -> assert(!freed); refs++; got = true
		:: else
		fi
	};
	if
	:: got -> sub_and_free(1)
	:: else
	fi
}

/* The fast path: any number of fragments, no atomic. */
inline hand_out(round)
{
	i = 0;
	do
	:: i < FRAGS ->
		assert(!freed && bias > 0);
		bias--;
		used[round * FRAGS + i] = true;
		given[round * FRAGS + i] = true;
		i++
	:: break
	od
}

inline look_for_users()
{
	d_step {
		busy = freed;
		i = 0;
		do
		:: i < FRAGS * ROUNDS -> busy = busy || used[i]; i++
		:: else -> break
		od;
		i = 0
	}
}

/* page_frag_cache_top_up(), and when */
inline top_up()
{
	if
	:: bias <= FRAGS ->
#ifdef SET_COUNT
		refs = BIAS;
#else
		refs = refs + (BIAS - bias);
#endif
		bias = BIAS
	:: else
	fi
}

/* page_frag_cache_reuse() */
inline reuse()
{
#ifdef NO_BRANCH
	look_for_users();
#endif
#ifdef REUSE_FIRST
	reused = true;
#else
	reused = (refs == bias);
#endif
	if
	:: reused ->
#ifndef NO_BRANCH
		look_for_users();
#endif
		assert(!busy);
#ifndef NO_TOP_UP
		top_up()
#endif
	:: else
	fi
}

proctype allocate()
{
	bool last, busy, reused;
	byte i;

	refs = BIAS;
	bias = BIAS;
	hand_out(0);
	reuse();
	if
	:: reused -> hand_out(1)
	:: else
	fi;
	sub_and_free(bias)
}

init {
	byte i;

	atomic {
		do
		:: i < FRAGS * ROUNDS -> run free_frag(i); i++
		:: else -> break
		od;
		run speculate();
		run allocate()
	};
	/* All that can run has ended: nobody may have lost the page. */
	timeout -> assert(freed && refs == 0)
}
