// SPDX-License-Identifier: GPL-2.0
/*
 * Stress of the page fragment allocator: who allocates and who frees are in
 * different contexts and on different CPUs, and what they do is counted.
 *
 * A case is run by writing "NAME MILLISECONDS SEED" to page_frag_stress/run in
 * debugfs. The write ends with the case, and fails if something was lost or
 * damaged; "result" has the figures then. test_page_frag.sh runs all cases.
 *
 * A fragment is filled with one byte when it is allocated and compared when it
 * is freed. At the end as many must have been freed as were allocated, and each
 * page that a cache of this module took must have been freed, with its order:
 * the tracepoints page_frag_refill and mm_page_free tell of every one.
 */

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/hash.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/page_frag_cache.h>
#include <linux/prandom.h>
#include <linux/ptr_ring.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>
#include <trace/events/kmem.h>
#include <trace/events/page_frag.h>

#define RING_SIZE	512
#define BURST		128
/* Fragments that wait for a grace period or for a worker. */
#define WAITING_MOST	4096
#define CACHES_MOST	16
/* What is given back at a time of all pages there are. */
#define HOARD_BACK	128
#define LONGEST_MS	(3600 * MSEC_PER_SEC)

/* A fragment on its way from who allocated it to who frees it. */
struct item {
	union {
		struct rcu_head rcu;
		struct work_struct work;
	};
	void *va;
	struct page *page;	/* NULL: it is freed by address */
	unsigned int size;
	int cpu;		/* on which it was allocated */
	u8 byte;
};

/**
 * struct lane - a producer, and a consumer of what others produce
 * @caches: the producer's
 * @ring: to the consumer
 * @producer: where that is a task
 * @consumer: where that is a task
 * @produces: timer of a producer in softirq
 * @consumes: timer of a consumer in softirq
 * @interrupts: producer in hard interrupts, which the timer starts
 * @cpu: theirs
 * @rnd: the producer's
 * @turn: of the ways to allocate
 */
struct lane {
	struct page_frag_cache caches[CACHES_MOST];
	struct ptr_ring ring;
	struct task_struct *producer, *consumer;
	struct timer_list produces, consumes;
	struct irq_work interrupts;
	int cpu;
	struct rnd_state rnd;
	unsigned int turn;
};

enum where {
	IN_TASK,
	IN_SOFTIRQ,
	IN_HARDIRQ,
};

enum how {
	AT_ONCE,
	BY_RCU,
	BY_WORK,
};

/* What is counted, on each CPU. */
enum count {
	N_ALLOCATED,		/* fragments */
	N_FREED,		/* fragments */
	N_UNSERVED,		/* allocations that got nothing */
	N_CROSSED,		/* received on another CPU */
	N_RING_FULL,		/* the fragment was freed at once */
	N_DAMAGED,		/* not what was written is in it */
	N_MISPLACED,		/* a fragment is where it must not be */
	N_WRONG_CONTEXT,	/* allocated where the case is not about */
	N_REFILLS_HIGH,		/* new pages of high order */
	N_REFILLS_LOW,		/* new pages of order 0 */
	N_REUSED,		/* pages started again */
	N_OTHER_CACHES,		/* fragments of more caches than one */
	N_GROWN,		/* commits without a reference */
	N_REWOUND,		/* rewinds to the start of a page */
	N_DRAINED_ALIVE,	/* drains with fragments alive */
	N_BY_RCU,		/* fragments freed there */
	N_BY_WORK,		/* fragments freed there */
	N_PFMEMALLOC,		/* new pages from the reserves */
	N_CALM,			/* and not, after such a page */
	N_PAGES_FREED,		/* of the new pages */
	N_WRONG_ORDER,		/* pages freed with another order */
	N_UNTRACKED,		/* pages without room in the table */
	N_COUNTS,
};

/**
 * struct stress_case - who does what
 * @name: as it is written to "run"
 * @take: how a fragment is allocated; NULL: each way in turn
 * @from: where it is allocated
 * @in: where it is received
 * @by: how it is freed then
 * @more_caches: of each lane, beside the one
 * @drains: they are drained now and then, whatever is alive
 * @alone: what is allocated is freed at once, so that pages are idle
 * @floats: tasks are not bound to CPUs, which may go away
 * @beside: a task that runs meanwhile
 * @instead: runs instead of all that, until stress_over()
 * @shows: what is counted of it, or it has tested nothing
 */
struct stress_case {
	const char *name;
	bool (*take)(struct lane *lane, struct page_frag_cache *nc,
		     struct item *item);
	enum where from, in;
	enum how by;
	unsigned int more_caches;
	bool drains, alone, floats;
	int (*beside)(void *unused);
	void (*instead)(void);
	enum count shows;
};

static const char * const count_names[] = {
	[N_ALLOCATED] = "allocated",
	[N_FREED] = "freed",
	[N_UNSERVED] = "unserved",
	[N_CROSSED] = "crossed",
	[N_RING_FULL] = "ring_full",
	[N_DAMAGED] = "damaged",
	[N_MISPLACED] = "misplaced",
	[N_WRONG_CONTEXT] = "wrong_context",
	[N_REFILLS_HIGH] = "refills_high",
	[N_REFILLS_LOW] = "refills_low",
	[N_REUSED] = "reused",
	[N_OTHER_CACHES] = "other_caches",
	[N_GROWN] = "grown",
	[N_REWOUND] = "rewound",
	[N_DRAINED_ALIVE] = "drained_alive",
	[N_BY_RCU] = "by_rcu",
	[N_BY_WORK] = "by_work",
	[N_PFMEMALLOC] = "pfmemalloc",
	[N_CALM] = "calm",
	[N_PAGES_FREED] = "pages_freed",
	[N_WRONG_ORDER] = "wrong_order",
	[N_UNTRACKED] = "untracked",
};

static DEFINE_PER_CPU(u64, counts[N_COUNTS]);

static void count(enum count what)
{
	this_cpu_inc(counts[what]);
}

static DEFINE_MUTEX(stress_mutex);
static const struct stress_case *stress;	/* what runs, or ran last */
static struct lane *lanes;
static unsigned int nr_lanes;
static unsigned long stress_end;		/* in jiffies */
static u64 stress_ms;				/* how long it took */
static char stress_fault[64];
static bool stopping;
static unsigned int not_started;		/* tasks */
static DECLARE_COMPLETION(beside_ready);

/* The pages that are kept from everybody else, the last one first. */
static LIST_HEAD(hoard);
static DEFINE_SPINLOCK(hoard_lock);
/* Without some of them a task would be killed now. */
static bool hoard_wanted;
static atomic_t waiting;
static struct kmem_cache *items;
static struct workqueue_struct *workers;

/*
 * The pages that are alive: frame number and order + 1, or 0. A table without a
 * lock, since mm_page_free comes in any context. No probe sequence is longer than
 * PAGES_WINDOW, so that a page that is not ours is known as soon.
 */
#define PAGES_WINDOW	32
#define PAGES_SHIFT	4
static atomic_long_t *pages;
static unsigned int pages_bits;

/* Eight slots for each that can be alive: as many as fragments, at worst. */
static int pages_new(void)
{
	unsigned int most = nr_lanes * (RING_SIZE + CACHES_MOST) + WAITING_MOST;

	pages_bits = order_base_2(8 * most);
	pages = kvcalloc(1UL << pages_bits, sizeof(*pages), GFP_KERNEL);
	return pages ? 0 : -ENOMEM;
}

static atomic_long_t *page_slot(unsigned long pfn, unsigned int i)
{
	return &pages[(hash_long(pfn, pages_bits) + i) % (1UL << pages_bits)];
}

static void page_taken(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	for (unsigned int i = 0; i < PAGES_WINDOW; i++)
		if (!atomic_long_cmpxchg(page_slot(pfn, i), 0,
					 pfn << PAGES_SHIFT | (order + 1)))
			return;
	count(N_UNTRACKED);
}

static void saw_page_free(void *unused, struct page *page, unsigned int order)
{
	unsigned long is, pfn = page_to_pfn(page);

	for (unsigned int i = 0; i < PAGES_WINDOW; i++) {
		is = atomic_long_read(page_slot(pfn, i));
		if (is >> PAGES_SHIFT != pfn)
			continue;
		atomic_long_set(page_slot(pfn, i), 0);
		count(N_PAGES_FREED);
		if (is % (1 << PAGES_SHIFT) != order + 1)
			count(N_WRONG_ORDER);
		return;
	}
}

static bool is_ours(const struct page_frag_cache *nc)
{
	return (void *)nc >= (void *)lanes &&
	       (void *)nc < (void *)(lanes + nr_lanes);
}

static void saw_refill(void *unused, const struct page_frag_cache *nc,
		       unsigned int order, bool reused, bool pfmemalloc,
		       gfp_t gfp)
{
	if (!is_ours(nc))
		return;
	if (reused) {
		count(N_REUSED);
		return;
	}
	if (order)
		count(N_REFILLS_HIGH);
	else
		count(N_REFILLS_LOW);
	if (pfmemalloc)
		count(N_PFMEMALLOC);
	/* No call of the allocator gives the page without taking of it. */
	page_taken(page_frag_cache_page(nc), order);
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *at;
} probes[] = {
	{ "page_frag_refill", saw_refill },
	{ "mm_page_free", saw_page_free },
};

/* Does not compile if a tracepoint has other arguments. */
static void check_probes(void)
{
	check_trace_callback_type_page_frag_refill(saw_refill);
	check_trace_callback_type_mm_page_free(saw_page_free);
}

static void find_probe(struct tracepoint *tracepoint, void *unused)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tracepoint->name, probes[i].name))
			probes[i].at = tracepoint;
}

static void probes_off(unsigned int n)
{
	while (n--)
		tracepoint_probe_unregister(probes[n].at, probes[n].probe,
					    NULL);
	tracepoint_synchronize_unregister();
}

static int probes_on(void)
{
	int err;

	for (unsigned int i = 0; i < ARRAY_SIZE(probes); i++) {
		err = probes[i].at ?
			      tracepoint_probe_register(probes[i].at,
							probes[i].probe, NULL) :
			      -ENOENT;
		if (err) {
			probes_off(i);
			return err;
		}
	}
	return 0;
}

static u32 any(struct lane *lane, u32 below)
{
	return prandom_u32_state(&lane->rnd) % below;
}

/* Mostly small, sometimes more than a page of order 0 has. */
static unsigned int any_size(struct lane *lane)
{
	switch (any(lane, 16)) {
	case 0:
		return 1 + any(lane, PAGE_FRAG_CACHE_MAX_SIZE);
	case 1 ... 3:
		return 1 + any(lane, PAGE_SIZE);
	default:
		return 1 + any(lane, 512);
	}
}

static gfp_t gfp(void)
{
	/* No retry: running out of memory is a case, and nobody's death. */
	if (stress->from == IN_TASK)
		return GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN;
	return GFP_ATOMIC | __GFP_NOWARN;
}

static bool take_va(struct lane *lane, struct page_frag_cache *nc,
		    struct item *item)
{
	item->size = any_size(lane);
	item->va = page_frag_alloc_va(nc, item->size, gfp());
	return item->va;
}

static bool take_aligned(struct lane *lane, struct page_frag_cache *nc,
			 struct item *item)
{
	unsigned int align = 1 << any(lane, PAGE_SHIFT + 1);

	item->size = any_size(lane);
	item->va = page_frag_alloc_va_align(nc, item->size, gfp(), align);
	if (!IS_ALIGNED((unsigned long)item->va, align))
		count(N_MISPLACED);
	return item->va;
}

static bool take_pg(struct lane *lane, struct page_frag_cache *nc,
		    struct item *item)
{
	unsigned int offset;

	item->size = any_size(lane);
	item->page = page_frag_alloc_pg(nc, &offset, item->size, gfp());
	if (item->page)
		item->va = page_address(item->page) + offset;
	return item->page;
}

static bool take_both(struct lane *lane, struct page_frag_cache *nc,
		      struct item *item)
{
	unsigned int offset;

	item->size = any_size(lane);
	item->page = page_frag_alloc(nc, &offset, item->size, &item->va, gfp());
	if (item->page && item->va != page_address(item->page) + offset)
		count(N_MISPLACED);
	return item->page;
}

/* Only those who ask for nothing else get zeroes always. */
static bool take_zeroed(struct lane *lane, struct page_frag_cache *nc,
			struct item *item)
{
	item->size = any_size(lane);
	item->va = page_frag_alloc_va(nc, item->size, gfp() | __GFP_ZERO);
	if (item->va && memchr_inv(item->va, 0, item->size))
		count(N_DAMAGED);
	return item->va;
}

static void *prepare(struct page_frag_cache *nc, unsigned int *avail,
		     unsigned int align)
{
	unsigned int least = *avail;
	void *va;

	if (align == 1)
		va = page_frag_alloc_va_prepare(nc, avail, gfp());
	else
		va = page_frag_alloc_va_prepare_align(nc, avail, gfp(), align);
	if (va && (*avail < least || !IS_ALIGNED((unsigned long)va, align)))
		count(N_MISPLACED);
	return va;
}

/* Now and then what was asked for is not used. */
static bool take_prepared(struct lane *lane, struct page_frag_cache *nc,
			  struct item *item)
{
	unsigned int least = any_size(lane), avail = least;
	unsigned int align = 1 << any(lane, PAGE_SHIFT + 1);

	if (!any(lane, 8))
		prepare(nc, &avail, align);
	avail = least;
	item->va = prepare(nc, &avail, align);
	if (!item->va)
		return false;
	item->size = 1 + any(lane, least);
	page_frag_alloc_commit(nc, item->size);
	return true;
}

/* Bytes that follow those of @item on its page take no reference. */
static void grow(struct lane *lane, struct page_frag_cache *nc,
		 struct item *item)
{
	unsigned int offset, avail, part;
	struct page *page;

	for (unsigned int n = any(lane, 8); n; n--) {
		avail = 1;
		page = page_frag_alloc_pg_prepare(nc, &offset, &avail, gfp());
		if (page != item->page ||
		    page_address(page) + offset != item->va + item->size)
			return;
		part = min(avail, 1 + any(lane, 512));
		page_frag_alloc_commit_noref(nc, part);
		count(N_GROWN);
		item->size += part;
	}
}

/* What was prepared for @item: of @avail bytes as many as it wants. */
static bool use_room(struct lane *lane, struct page_frag_cache *nc,
		     struct item *item, unsigned int offset, unsigned int avail)
{
	if (!item->page)
		return false;
	if (avail < item->size || item->va != page_address(item->page) + offset)
		count(N_MISPLACED);
	page_frag_alloc_commit(nc, item->size);
	grow(lane, nc, item);
	return true;
}

static bool take_grown(struct lane *lane, struct page_frag_cache *nc,
		       struct item *item)
{
	unsigned int offset, avail = 1 + any(lane, 512);

	item->size = avail;
	item->page =
		page_frag_alloc_prepare(nc, &offset, &avail, &item->va, gfp());
	return use_room(lane, nc, item, offset, avail);
}

/* A rewind and what follows it in one call. */
static bool take_again(struct lane *lane, struct page_frag_cache *nc,
		       struct item *item)
{
	unsigned int offset, avail = 1 + any(lane, 512);

	item->size = avail;
	item->page = page_frag_alloc_prepare_rewind(nc, &offset, &avail,
						    &item->va, gfp());
	return use_room(lane, nc, item, offset, avail);
}

static bool take_any(struct lane *lane, struct page_frag_cache *nc,
		     struct item *item)
{
	static typeof(stress->take) const ways[] = {
		take_va, take_aligned, take_pg, take_both, take_prepared,
		take_grown,
	};

	return ways[lane->turn++ % ARRAY_SIZE(ways)](lane, nc, item);
}

/* Whoever else frees may make the page idle meanwhile. */
static bool take_rewound(struct lane *lane, struct page_frag_cache *nc,
			 struct item *item)
{
	unsigned int used = page_frag_cache_used(nc);

	if (any(lane, 2))
		return take_again(lane, nc, item);

	page_frag_cache_rewind(nc);
	if (page_frag_cache_used(nc) < used)
		count(N_REWOUND);
	return take_any(lane, nc, item);
}

static void item_free(struct item *item)
{
	if (memchr_inv(item->va, item->byte, item->size))
		count(N_DAMAGED);
	if (item->page)
		put_page(item->page);
	else
		page_frag_free_va(item->va + item->size - 1);
	count(N_FREED);
	kmem_cache_free(items, item);
}

static void item_free_rcu(struct rcu_head *rcu)
{
	item_free(container_of(rcu, struct item, rcu));
	count(N_BY_RCU);
	atomic_dec(&waiting);
}

static void item_free_work(struct work_struct *work)
{
	item_free(container_of(work, struct item, work));
	count(N_BY_WORK);
	atomic_dec(&waiting);
}

static void item_received(struct item *item)
{
	if (stress->by == AT_ONCE ||
	    atomic_inc_return(&waiting) > WAITING_MOST) {
		if (stress->by != AT_ONCE)
			atomic_dec(&waiting);
		item_free(item);
	} else if (stress->by == BY_RCU) {
		call_rcu(&item->rcu, item_free_rcu);
	} else {
		INIT_WORK(&item->work, item_free_work);
		queue_work(workers, &item->work);
	}
}

static struct item *item_new(struct lane *lane, struct page_frag_cache *nc)
{
	struct item *item = kmem_cache_zalloc(items, GFP_NOWAIT | __GFP_NOWARN);

	if (item && !stress->take(lane, nc, item)) {
		kmem_cache_free(items, item);
		item = NULL;
	}
	if (!item)
		count(N_UNSERVED);
	return item;
}

/* To another lane, if there is one. */
static struct ptr_ring *any_ring(struct lane *lane)
{
	unsigned int ahead = nr_lanes > 1 ? 1 + any(lane, nr_lanes - 1) : 0;

	return &lanes[(lane - lanes + ahead) % nr_lanes].ring;
}

static void item_fill(struct lane *lane, struct item *item)
{
	count(N_ALLOCATED);
	item->cpu = raw_smp_processor_id();
	item->byte = any(lane, 256);
	memset(item->va, item->byte, item->size);
}

/* Return: false if there is no room for more. */
static bool hand_over(struct lane *lane, struct item *item)
{
	if (!stress->alone) {
		if (!ptr_ring_produce_any(any_ring(lane), item))
			return true;
		count(N_RING_FULL);
	}
	item_free(item);
	return stress->alone;
}

/* What @item is of is alive, and maybe more of the page. */
static void drain(struct page_frag_cache *nc, struct item *item)
{
	if (item && page_frag_cache_page(nc) == virt_to_head_page(item->va))
		count(N_DRAINED_ALIVE);
	page_frag_cache_drain(nc);
}

static bool produce(struct lane *lane)
{
	unsigned int which = any(lane, 1 + stress->more_caches);
	struct page_frag_cache *nc = &lane->caches[which];
	struct item *item = item_new(lane, nc);

	if (stress->drains && !any(lane, 64))
		drain(nc, item);
	if (!item)
		return true;
	if (which)
		count(N_OTHER_CACHES);
	item_fill(lane, item);
	return hand_over(lane, item);
}

/* In a kernel with PREEMPT_RT an interrupt of irq_work is a task. */
static void check_context(void)
{
	bool right = true;

	if (stress->from == IN_SOFTIRQ)
		right = in_serving_softirq();
	else if (stress->from == IN_HARDIRQ)
		right = in_hardirq() || IS_ENABLED(CONFIG_PREEMPT_RT);
	if (!right)
		count(N_WRONG_CONTEXT);
}

/* Return: false if it was cut short. */
static bool produce_burst(struct lane *lane)
{
	check_context();
	for (unsigned int i = 0; i < BURST; i++)
		if (!produce(lane))
			return false;
	return true;
}

static void consume_burst(struct lane *lane)
{
	struct item *item;

	for (unsigned int i = 0; i < 2 * BURST; i++) {
		item = ptr_ring_consume_any(&lane->ring);
		if (!item)
			return;
		if (item->cpu != raw_smp_processor_id())
			count(N_CROSSED);
		item_received(item);
	}
}

static int produce_task(void *data)
{
	while (!kthread_should_stop()) {
		if (!produce_burst(data))
			usleep_range(50, 100);
		cond_resched();
	}
	return 0;
}

static int consume_task(void *data)
{
	while (!kthread_should_stop()) {
		consume_burst(data);
		cond_resched();
	}
	return 0;
}

/*
 * On the lane's CPU, and on this one as long as that is away: a CPU does not go
 * while a softirq runs, and its timers are moved when it has gone.
 */
static void again(struct timer_list *timer, int cpu)
{
	if (READ_ONCE(stopping))
		return;
	timer->expires = jiffies + 1;
	add_timer_on(timer, cpu_online(cpu) ? cpu : raw_smp_processor_id());
}

static void produce_timer(struct timer_list *timer)
{
	struct lane *lane = container_of(timer, struct lane, produces);

	if (stress->from == IN_HARDIRQ)
		irq_work_queue(&lane->interrupts);
	else
		produce_burst(lane);
	again(timer, lane->cpu);
}

static void produce_interrupt(struct irq_work *work)
{
	produce_burst(container_of(work, struct lane, interrupts));
}

static void consume_timer(struct timer_list *timer)
{
	struct lane *lane = container_of(timer, struct lane, consumes);

	consume_burst(lane);
	again(timer, lane->cpu);
}

static void hoard_add(struct page *page, unsigned int order)
{
	set_page_private(page, order);
	spin_lock(&hoard_lock);
	list_add(&page->lru, &hoard);
	spin_unlock(&hoard_lock);
}

/* Return: how many pages that was, 0 if there was none. */
static unsigned int hoard_drop(void)
{
	struct page *page;
	unsigned int order;

	spin_lock(&hoard_lock);
	page = list_first_entry_or_null(&hoard, struct page, lru);
	if (page)
		list_del(&page->lru);
	spin_unlock(&hoard_lock);
	if (!page)
		return 0;
	order = page_private(page);
	set_page_private(page, 0);
	__free_pages(page, order);
	return 1 << order;
}

/* Before somebody is killed for want of what is kept here. */
static int hoard_asked(struct notifier_block *nb, unsigned long unused,
		       void *freed)
{
	unsigned long *pages = freed;

	WRITE_ONCE(hoard_wanted, true);
	for (int i = 0; i < HOARD_BACK; i++)
		*pages += hoard_drop();
	return NOTIFY_OK;
}

static struct notifier_block hoard_notifier = {
	.notifier_call = hoard_asked,
};

/* All pages there are; the large ones first, which is faster. */
static void hog_pages(gfp_t flags)
{
	gfp_t large = (flags & ~__GFP_DIRECT_RECLAIM) | __GFP_NOWARN;
	struct page *page;

	for (int order = 9; order >= 0; order--) {
		while (!signal_pending(current) && !READ_ONCE(hoard_wanted)) {
			page = alloc_pages(order ? large : flags | __GFP_NOWARN,
					   order);
			if (!page)
				break;
			hoard_add(page, order);
			cond_resched();
		}
	}
}

/* The @n that came last. */
static void unhog_pages(unsigned int n)
{
	while (n-- && hoard_drop())
		cond_resched();
}

/* Who asked for some has time to take them. */
static void hoard_pause(void)
{
	if (xchg(&hoard_wanted, false))
		usleep_range(1000, 2000);
}

static int hog(void *unused)
{
	while (!kthread_should_stop()) {
		hog_pages(GFP_KERNEL | __GFP_NORETRY);
		complete_all(&beside_ready);
		unhog_pages(HOARD_BACK);
		hoard_pause();
		cond_resched();
	}
	unhog_pages(UINT_MAX);
	return 0;
}

/* The time is up, or whoever started it wants to stop. */
static bool stress_over(void)
{
	return time_after_eq(jiffies, stress_end) || signal_pending(current);
}

enum got {
	GOT_NONE,
	GOT_CALM,
	GOT_PFMEMALLOC,
};

/* One fragment, freed again: what kind of page it was of. */
static enum got get_one(struct page_frag_cache *nc, gfp_t flags)
{
	void *va = page_frag_alloc_va(nc, PAGE_SIZE, flags | __GFP_NOWARN);
	bool pfmemalloc = page_frag_cache_is_pfmemalloc(nc);

	if (!va) {
		count(N_UNSERVED);
		return GOT_NONE;
	}
	count(N_ALLOCATED);
	if (pfmemalloc != page_is_pfmemalloc(virt_to_head_page(va)))
		count(N_MISPLACED);
	page_frag_free_va(va);
	count(N_FREED);
	return pfmemalloc ? GOT_PFMEMALLOC : GOT_CALM;
}

/* Whoever frees a page meanwhile makes it another try. */
static bool enter_reserves(struct page_frag_cache *nc)
{
	enum got got;

	for (int i = 0; i < 1000 && !signal_pending(current); i++) {
		hoard_pause();
		hog_pages(GFP_ATOMIC);
		got = get_one(nc, GFP_ATOMIC | __GFP_MEMALLOC);
		if (got == GOT_PFMEMALLOC)
			return true;
		page_frag_cache_drain(nc);
		if (got == GOT_NONE)
			unhog_pages(1);
	}
	return false;
}

/* Into the reserves and out of them: an idle page of theirs is not used again. */
static void reserves(void)
{
	struct page_frag_cache *nc = lanes[0].caches;
	bool entered;

	do {
		entered = enter_reserves(nc);
		unhog_pages(UINT_MAX);
		if (entered && get_one(nc, GFP_KERNEL) == GOT_CALM)
			count(N_CALM);
		page_frag_cache_drain(nc);
	} while (!stress_over());
}

static const struct stress_case cases[] = {
	{ "va",		take_va },
	{ "aligned",	take_aligned },
	{ "pg",		take_pg },
	{ "both",	take_both },
	{ "prepared",	take_prepared },
	{ "coalesced",	take_grown, .shows = N_GROWN },
	{ "zeroed",	take_zeroed },
	{ "any",	take_any },
	{ "caches",	take_any, .more_caches = CACHES_MOST - 1,
			.shows = N_OTHER_CACHES },
	{ "softirq",	take_any, .from = IN_SOFTIRQ, .in = IN_SOFTIRQ },
	{ "hardirq",	take_any, .from = IN_HARDIRQ },
	{ "rcu",	take_any, .by = BY_RCU, .shows = N_BY_RCU },
	{ "worker",	take_any, .by = BY_WORK, .shows = N_BY_WORK },
	{ "drained",	take_any, .by = BY_RCU, .drains = true,
			.shows = N_DRAINED_ALIVE },
	{ "rewound",	take_rewound, .shows = N_REWOUND },
	{ "alone",	take_any, .alone = true, .shows = N_REUSED },
	{ "floating",	take_any, .from = IN_SOFTIRQ, .floats = true },
	{ "hogged",	take_any, .beside = hog },
	{ "reserves",	.instead = reserves, .shows = N_CALM },
};

static int lane_init(struct lane *lane, u64 seed)
{
	prandom_seed_state(&lane->rnd, seed);
	timer_setup(&lane->produces, produce_timer, TIMER_PINNED);
	timer_setup(&lane->consumes, consume_timer, TIMER_PINNED);
	init_irq_work(&lane->interrupts, produce_interrupt);
	return ptr_ring_init(&lane->ring, RING_SIZE, GFP_KERNEL);
}

/* The first @n have a ring. */
static void lanes_free(unsigned int n)
{
	while (n--)
		ptr_ring_cleanup(&lanes[n].ring, NULL);
	kvfree(lanes);
	lanes = NULL;
}

static int lanes_init(const struct cpumask *cpus, u64 seed)
{
	unsigned int cpu, n = 0;
	int err;

	for_each_cpu(cpu, cpus) {
		err = lane_init(&lanes[n], seed + n);
		if (err) {
			lanes_free(n);
			return err;
		}
		lanes[n++].cpu = cpu;
	}
	return 0;
}

/* A lane for each CPU, also for one that is away, where they come and go. */
static int lanes_new(u64 seed)
{
	const struct cpumask *cpus;
	int err = -ENOMEM;

	cpus_read_lock();
	cpus = stress->floats ? cpu_present_mask : cpu_online_mask;
	nr_lanes = cpumask_weight(cpus);
	lanes = kvcalloc(nr_lanes, sizeof(*lanes), GFP_KERNEL);
	if (lanes)
		err = lanes_init(cpus, seed);
	cpus_read_unlock();
	return err;
}

/* A @cpu of -1 is any. */
static struct task_struct *task_on(int (*function)(void *), struct lane *lane,
				   int cpu)
{
	struct task_struct *task;

	task = kthread_create(function, lane, "page_frag/%d", cpu);
	if (IS_ERR(task)) {
		not_started++;
		return NULL;
	}
	if (cpu >= 0)
		kthread_bind(task, cpu);
	wake_up_process(task);
	return task;
}

static void lane_start(struct lane *lane)
{
	int cpu = stress->floats ? -1 : lane->cpu;

	if (stress->in == IN_TASK)
		lane->consumer = task_on(consume_task, lane, cpu);
	else
		again(&lane->consumes, lane->cpu);
	if (stress->from == IN_TASK)
		lane->producer = task_on(produce_task, lane, cpu);
	else
		again(&lane->produces, lane->cpu);
}

static void stop_task(struct task_struct *task)
{
	if (task)
		kthread_stop(task);
}

/* An interrupt comes from the timer, which does not come again. */
static void producer_stop(struct lane *lane)
{
	stop_task(lane->producer);
	timer_shutdown_sync(&lane->produces);
	irq_work_sync(&lane->interrupts);
}

static void consumer_stop(struct lane *lane)
{
	stop_task(lane->consumer);
	timer_shutdown_sync(&lane->consumes);
}

/* Nothing is left alive. */
static void lane_empty(struct lane *lane)
{
	struct item *item;

	while ((item = ptr_ring_consume_any(&lane->ring)))
		item_free(item);
	for (unsigned int i = 0; i < CACHES_MOST; i++)
		page_frag_cache_drain(&lane->caches[i]);
}

static void crowd_start(void)
{
	cpus_read_lock();
	for (unsigned int i = 0; i < nr_lanes; i++)
		lane_start(&lanes[i]);
	cpus_read_unlock();
}

static void crowd_stop(void)
{
	WRITE_ONCE(stopping, true);
	for (unsigned int i = 0; i < nr_lanes; i++)
		producer_stop(&lanes[i]);
	for (unsigned int i = 0; i < nr_lanes; i++)
		consumer_stop(&lanes[i]);
	rcu_barrier();
	flush_workqueue(workers);
}

static void wait_until_over(void)
{
	long left;

	while (!stress_over()) {
		left = stress_end - jiffies;
		schedule_timeout_interruptible(max(left, 1L));
	}
}

/* What runs beside it has to be at work when the time begins. */
static struct task_struct *beside_start(void)
{
	struct task_struct *task = NULL;

	reinit_completion(&beside_ready);
	if (stress->beside)
		task = task_on(stress->beside, NULL, -1);
	if (task)
		wait_for_completion_killable(&beside_ready);
	return task;
}

static void crowd(unsigned int ms)
{
	struct task_struct *beside = beside_start();
	unsigned long start = jiffies;

	stress_end = start + msecs_to_jiffies(ms);
	WRITE_ONCE(stopping, false);
	crowd_start();
	wait_until_over();
	stress_ms = jiffies_to_msecs(jiffies - start);
	crowd_stop();
	stop_task(beside);
}

static void stress_lanes(unsigned int ms)
{
	unsigned long start = jiffies;

	if (stress->instead) {
		stress_end = start + msecs_to_jiffies(ms);
		stress->instead();
		stress_ms = jiffies_to_msecs(jiffies - start);
	} else {
		crowd(ms);
	}
	for (unsigned int i = 0; i < nr_lanes; i++)
		lane_empty(&lanes[i]);
}

static void clear(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(counts, cpu), 0, sizeof(counts));
	not_started = 0;
	stress_ms = 0;
}

static int stress_probed(unsigned int ms)
{
	int err = pages_new();

	if (err)
		return err;
	err = probes_on();
	if (!err) {
		stress_lanes(ms);
		probes_off(ARRAY_SIZE(probes));
	}
	kvfree(pages);
	return err;
}

static int stress_run(unsigned int ms, u64 seed)
{
	int err;

	clear();
	err = lanes_new(seed);
	if (err)
		return err;
	err = stress_probed(ms);
	lanes_free(nr_lanes);
	return err;
}

static u64 total(enum count what)
{
	u64 sum = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(counts[what], cpu);
	return sum;
}

static const char *fault_of_counts(void)
{
	if (total(N_FREED) != total(N_ALLOCATED))
		return "not as many fragments were freed as allocated";
	if (total(N_DAMAGED))
		return "a fragment has not what was written to it";
	if (total(N_MISPLACED))
		return "a fragment is where it must not be";
	if (total(N_UNTRACKED))
		return "more pages than can be kept count of";
	if (total(N_REFILLS_HIGH) + total(N_REFILLS_LOW) !=
	    total(N_PAGES_FREED))
		return "not as many pages were freed as taken";
	if (total(N_WRONG_ORDER))
		return "a page was freed with another order";
	if (!list_empty(&hoard))
		return "memory is still kept from everybody";
	return NULL;
}

/* Not where CPUs or memory come and go. */
static bool cpu_without(enum count what)
{
	unsigned int cpu;

	if (stress->floats || stress->beside || stress->instead)
		return !total(what);
	for_each_online_cpu(cpu)
		if (!per_cpu(counts[what], cpu))
			return true;
	return false;
}

static const char * const not_shown[] = {
	[N_REUSED] = "no page was used again",
	[N_OTHER_CACHES] = "only one cache was used",
	[N_GROWN] = "nothing was committed without a reference",
	[N_REWOUND] = "no page was rewound",
	[N_DRAINED_ALIVE] = "nothing was drained with fragments alive",
	[N_BY_RCU] = "nothing was freed by RCU",
	[N_BY_WORK] = "nothing was freed by a worker",
	[N_CALM] = "no page of the reserves, or no other after it",
};

/* A case that was not what it is for has tested nothing. */
static const char *fault_of_case(void)
{
	if (not_started)
		return "a task could not be started";
	if (cpu_without(N_ALLOCATED))
		return "nothing was allocated on a CPU";
	if (total(N_WRONG_CONTEXT))
		return "allocated in another context";
	if (stress->beside && !total(N_UNSERVED) && !total(N_REFILLS_LOW))
		return "memory was never short";
	if (!total(stress->shows) || (stress->instead && !total(N_PFMEMALLOC)))
		return not_shown[stress->shows];
	if (nr_lanes > 1 && !stress->alone && !stress->instead &&
	    cpu_without(N_CROSSED))
		return "no fragment came to a CPU from another one";
	return NULL;
}

/* Return: what is wrong, or NULL. */
static const char *fault(void)
{
	return fault_of_counts() ?: fault_of_case();
}

static const struct stress_case *find_case(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		if (!strcmp(cases[i].name, name))
			return &cases[i];
	return NULL;
}

/* Return: 0, -EIO if there is a fault, or why there is no telling. */
static int stress_case_run(const struct stress_case *which, unsigned int ms,
			   u64 seed)
{
	const char *found;
	int err = mutex_lock_interruptible(&stress_mutex);

	if (err)
		return err;
	stress = which;
	err = stress_run(ms, seed);
	found = err ? "it could not be run" : fault();
	strscpy(stress_fault, found ?: "none");
	mutex_unlock(&stress_mutex);
	if (err)
		return err;
	if (found)
		return -EIO;
	return signal_pending(current) ? -EINTR : 0;
}

static ssize_t run_write(struct file *file, const char __user *from, size_t len,
			 loff_t *pos)
{
	char line[64] = "", name[16];
	const struct stress_case *which;
	unsigned int ms;
	u64 seed;
	int err;

	if (len >= sizeof(line) || copy_from_user(line, from, len))
		return -EINVAL;
	if (sscanf(line, "%15s %u %llu", name, &ms, &seed) != 3 || !ms ||
	    ms > LONGEST_MS)
		return -EINVAL;
	which = find_case(name);
	if (!which)
		return -EINVAL;
	err = stress_case_run(which, ms, seed);
	return err ?: len;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.write = run_write,
};

static void show_cpus(struct seq_file *to)
{
	unsigned int cpu;
	u64 n;

	for_each_possible_cpu(cpu) {
		n = per_cpu(counts[N_ALLOCATED], cpu);
		if (n)
			seq_printf(to, "allocated_per_second_cpu%u %llu\n", cpu,
				   div64_u64(n * MSEC_PER_SEC, stress_ms ?: 1));
	}
}

static int result_show(struct seq_file *to, void *unused)
{
	seq_printf(to, "page_size %lu\n", PAGE_SIZE);
	if (mutex_lock_interruptible(&stress_mutex))
		return -EINTR;
	if (stress) {
		seq_printf(to, "case %s\nms %llu\nfault %s\n", stress->name,
			   stress_ms, stress_fault);
		for (unsigned int i = 0; i < N_COUNTS; i++)
			seq_printf(to, "%s %llu\n", count_names[i], total(i));
		show_cpus(to);
	}
	mutex_unlock(&stress_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(result);

static int cases_show(struct seq_file *to, void *unused)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		seq_printf(to, "%s\n", cases[i].name);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cases);

static struct dentry *directory;

static int __init stress_init(void)
{
	items = KMEM_CACHE(item, SLAB_NO_MERGE);
	workers = alloc_workqueue("page_frag_stress", WQ_UNBOUND, 0);
	if (!items || !workers) {
		kmem_cache_destroy(items);
		if (workers)
			destroy_workqueue(workers);
		return -ENOMEM;
	}
	check_probes();
	for_each_kernel_tracepoint(find_probe, NULL);
	register_oom_notifier(&hoard_notifier);
	directory = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("cases", 0400, directory, NULL, &cases_fops);
	debugfs_create_file("run", 0200, directory, NULL, &run_fops);
	debugfs_create_file("result", 0400, directory, NULL, &result_fops);
	return 0;
}
module_init(stress_init);

static void __exit stress_exit(void)
{
	debugfs_remove_recursive(directory);
	unregister_oom_notifier(&hoard_notifier);
	destroy_workqueue(workers);
	kmem_cache_destroy(items);
}
module_exit(stress_exit);

MODULE_DESCRIPTION("Stress of the page fragment allocator");
MODULE_LICENSE("GPL");
