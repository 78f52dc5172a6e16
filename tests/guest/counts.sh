# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the kernel counted: refills, pages still held, leaks, warnings, KUnit.

refill=/sys/kernel/tracing/events/page_frag/page_frag_refill
filled=/sys/kernel/tracing/instances/caches/events/page_frag/page_frag_refill
refused=/sys/kernel/debug/fail_page_alloc
# More than a trial can have refused.
budget=1000000000
stacks=/sys/kernel/debug/page_owner_stacks/show_stacks
leaks=/sys/kernel/debug/kmemleak
lines=/sys/kernel/debug/gcov
taint=/proc/sys/kernel/tainted
suite=/sys/kernel/debug/kunit/page_frag_cache/results
# What the kernel prints when something is wrong, as in scripts/verdict-lib.sh.
alarm='WARNING:|BUG:|Oops|Call Trace:|KASAN:|KCSAN:|UBSAN:|pagealloc: |Kernel panic|INFO: (task|rcu|trying to register)'

# A histogram counts in the kernel: there is no buffer to overrun. The second one
# is never cleared: which caches were filled at all, and by whom.
counts_start() {
	# A refused page is no warning.
	echo 0 >$refused/verbose
	cpus=$(nproc)
	dropped=0 high4=0 low4=0
	head -c 1024 /payload >/tmp/small
	head -c 1048576 /payload >/tmp/part
	echo 'hist:keys=order,reused' >$refill/trigger
	mkdir /sys/kernel/tracing/instances/caches
	echo 'hist:keys=nc.hex,common_stacktrace:size=16384' >$filled/trigger
	[ ! -e $leaks ] || echo scan=off >$leaks
}

counts_clear() {
	echo 'hist:keys=order,reused:clear' >>$refill/trigger
}

# Order-3 refills, order-0 refills, reuses and dropped, since the last clear.
counts() {
	awk '/^\{ order:/ { gsub(/[{},]/, " ")
		     for (i = 1; i < NF; i++) {
			if ($i == "order:") order = $(i + 1)
			if ($i == "reused:") reused = $(i + 1)
			if ($i == "hitcount:") n = $(i + 1)
		     }
		     if (reused + 0) r += n
		     else if (order + 0) high += n
		     else low += n }
	     /Dropped:/ { d += $2 }
	     END { print high + 0, low + 0, r + 0, d + 0 }' $refill/hist
}

# refuse PERCENT ORDER WAIT TASKS TIMES: so many of the pages of this order and above;
# WAIT Y: only to who does not reclaim; TASKS Y: only to who asks for it
refuse() {
	echo 0 >$refused/probability
	echo "$2" >$refused/min-order
	echo "$3" >$refused/ignore-gfp-wait
	echo "$4" >$refused/task-filter
	echo "$5" >$refused/times
	echo "$1" >$refused/probability
}

# refuse_order3 PERCENT of the pages of order 3, to who does not reclaim. Lower orders are
# not for refusing: a slab of a debug kernel may have no page smaller than they are.
refuse_order3() {
	refuse "$1" 3 Y N -1
}

# refuse_to_tasks PERCENT of all pages
refuse_to_tasks() {
	refuse "$1" 0 N Y $budget
}

# How many that were, since then.
refused_to_tasks() {
	echo $((budget - $(cat $refused/times)))
}

# Pages that refills allocated and that were not freed, by who allocated them:
#   cpu   the caches of the CPUs, which keep a page for good
#   kept  the sockets by which the kernel answers, which do too
#   ring  what a virtio-net card receives into, up or down, until it is unplugged
#   left  all others, who have to give their pages back when they go
# A kernel without the series has skb_page_frag_refill() beside the cache.
owned() {
	awk -v RS= '!/_frag_(cache_)?(refill|renew)\+/ { next }
		    { n = $0; sub(/.*nr_base_pages: */, "", n) }
		    /(napi_alloc_skb|netdev_alloc_skb|alloc_frag_align)\+/ { cpu += n; next }
		    /(icmp_push_reply|icmp_reply|icmpv6_echo_reply|icmpv6_rcv)\+/ { kept += n; next }
		    /(virtnet_[a-z_]*|try_fill_recv|refill_work)\+/ { ring += n; next }
		    { left += n }
		    END { print cpu + 0, kept + 0, left + 0, ring + 0 }' $stacks
}

# owned_pages FIELD: 1 cpu, 2 kept, 3 left, 4 ring
owned_pages() {
	owned | cut -d' ' -f"$1"
}

# Freed skbs wait on the CPU that allocated them for its next receive softirq:
# cause one on each.
flush_cpus() {
	for cpu in $(seq 0 $((cpus - 1))); do
		taskset $((1 << cpu)) xfer udp 127.0.0.1 9 /tmp/small /tmp/null \
			1024 - -
	done
}

# Caches of the CPUs that were filled since the boot. Of the others some begin and
# end with each path.
caches() {
	awk '/^\{ nc:/ { nc = $3 }
	     /(napi_alloc_skb|netdev_alloc_skb|alloc_frag_align)\+/ && !seen[nc]++ { n++ }
	     END { print n + 0 }' $filled/hist
}

# A CPU has two caches, the one for NAPI and the one for interrupts. Each that was
# ever filled keeps its current page, of at most 8 pages, and no other cache is in
# use when the links are down. The limit is what was filled and not all there
# could be: a leaked page would hide in the room of a cache that nobody touched. What was
# seen before is no limit: a refill that interrupts page owner itself leaves a page that
# page owner gives to nobody.
allowed_pages() {
	most=$((cpus * 2))
	[ "$1" -ge $most ] || most=$1
	echo $((most * 8))
}

# idle_pages LIMIT FIELD: held when all is idle, where LIMIT are allowed. Namespaces go in the background,
# so this asks until the number is allowed or idle_seconds, two minutes, are over.
idle_pages() {
	limit=$(($(uptime_seconds) + ${idle_seconds:-120}))
	while flush_cpus; do
		pages=$(owned_pages "$2")
		[ "$pages" -gt "$1" ] || break
		[ "$(uptime_seconds)" -lt $limit ] || break
	done
	echo "$pages"
}

# What nobody may keep.
idle_left() {
	idle_pages 0 3
}

# The kernel answers by two sockets of each CPU, for ICMP and for ICMPv6, and each keeps
# a page of at most 8.
allowed_kept() {
	echo $((cpus * 2 * 8))
}

uptime_seconds() {
	cut -d. -f1 /proc/uptime
}

# idle_round1, idle_round3: what is held after them, and what is allowed
idle_round1() {
	caches1=$(caches)
	allowed1=$(allowed_pages "$caches1")
	pages1=$(idle_pages "$allowed1" 1)
	left1=$(idle_left)
}

idle_round3() {
	caches3=$(caches)
	allowed3=$(allowed_pages "$caches3")
	pages3=$(idle_pages "$allowed3" 1)
	left3=$(idle_left)
	kept3=$(idle_pages "$(allowed_kept)" 2)
	ring3=$(idle_pages 0 4)
}

# A count of 0 with the links up would mean that the count sees nothing.
result_pages() {
	fault=
	[ "$caches1" -gt 0 ] || fault="no cache was seen"
	[ "$pages1" -le "$allowed1" ] || fault="leak: $pages1 pages after round 1, $allowed1 allowed"
	[ "$pages3" -le "$allowed3" ] || fault="leak: $pages3 pages after round 3, $allowed3 allowed"
	[ "$kept3" -le "$(allowed_kept)" ] || fault="leak: $kept3 pages kept, $(allowed_kept) allowed"
	[ "$ring3" -eq 0 ] || fault="leak: $ring3 pages of rings without a card"
	[ "$left1" -eq 0 ] || fault="leak: $left1 pages of others after round 1"
	[ "$left3" -eq 0 ] || fault="leak: $left3 pages of others after round 3"
	figure caches_round1 "$caches1"
	figure caches_round3 "$caches3"
	figure pages_allowed1 "$allowed1"
	figure pages_allowed3 "$allowed3"
	figure pages_round1 "$pages1"
	figure pages_round3 "$pages3"
	figure pages_left1 "$left1"
	figure pages_left3 "$left3"
	figure pages_kept3 "$kept3"
	figure pages_ring3 "$ring3"
	figure pages_allowed_kept "$(allowed_kept)"
	result "pages held when idle" "$fault"
	fault=
	[ "${busy_pages:-0}" -gt 0 ] || fault="no page seen with the links up"
	figure pages_busy "${busy_pages:-0}"
	result "page owner sees the pages in use" "$fault"
}

# A single path may need too few pages to have both kinds.
result_round4() {
	fault=
	[ "$high4" -gt 0 ] || fault="no order-3 page was had"
	[ "$low4" -gt 0 ] || fault="no order-3 page was refused"
	figure order3_round4 "$high4"
	figure order0_round4 "$low4"
	result "round 4 had pages of both orders" "$fault"
}

result_tracepoint() {
	fault=
	dropped=$((dropped + $(awk '/Dropped:/ { print $2 }' $filled/hist)))
	[ "$dropped" -eq 0 ] || fault="$dropped events not counted"
	result "tracepoint counts are complete" "$fault"
}

# What the second scan still finds; the first may take objects on the move, and until five
# seconds old none is told, so that the second waits for what was allocated last.
# Only a kernel with configs/debug-kmemleak.config can tell.
result_kmemleak() {
	fault=
	objects=unchecked
	if scan_leaks && grow_old && scan_leaks; then
		objects=$(grep -c '^unreferenced object' $leaks)
		[ "$objects" -eq 0 ] || fault="leak: $objects objects"
		cat $leaks
	fi
	figure leaked_objects "$objects"
	skip=
	[ "$objects" != unchecked ] || skip=" # SKIP the kernel has no kmemleak"
	result "kmemleak$skip" "$fault"
}

# A scan by the kernel's own clock would disturb the traffic.
scan_leaks() {
	[ -e $leaks ] && echo scan 2>/dev/null >$leaks
}

# grow_old: what there is now is more than five seconds old, by the clock that ticks
grow_old() {
	old=$(($(uptime_seconds) + 6))
	while [ "$(uptime_seconds)" -lt $old ]; do sleep 1; done
}

# checkers: those of the kernel that looked at this run, in one word
checkers() {
	zcat /proc/config.gz >/tmp/config
	for checker in KASAN:kasan PROVE_LOCKING:lockdep DEBUG_KMEMLEAK:kmemleak \
		PAGE_POISONING:poison PAGE_OWNER:page_owner DEBUG_VM:debug_vm DEBUG_NET:debug_net \
		KCSAN:kcsan UBSAN:ubsan DEBUG_PAGEALLOC:pagealloc PREEMPT_RT:rt NUMA:numa GCOV_KERNEL:gcov; do
		grep -q "^CONFIG_${checker%:*}=y" /tmp/config || continue
		! asleep "${checker#*:}" || continue
		printf '%s,' "${checker#*:}"
	done
}

# Built in is not at work: some wait for a word on the command line, some give up.
asleep() {
	case $1 in
	lockdep) ! grep -q 'debug_locks: *1$' /proc/lockdep_stats ;;
	kcsan) ! grep -q '^enabled: 1' /sys/kernel/debug/kcsan ;;
	kmemleak) [ ! -e $leaks ] ;;
	poison) ! grep -qw page_poison=1 /proc/cmdline ;;
	page_owner) ! grep -qw page_owner=on /proc/cmdline ;;
	numa) [ ! -e /sys/devices/system/node/node1 ] ;;
	*) return 1 ;;
	esac
}

# Of the taint, bit 18 is KUnit's: tests were run, and bit 12 says that a module was
# loaded that is not in the tree. No other may be set.
result_warnings() {
	fault=
	warnings=$(dmesg | grep -cE "$alarm")
	tainted=$(($(cat $taint) & ~(1 << 18 | 1 << 12)))
	[ "$tainted" -eq 0 ] || fault="kernel tainted: $tainted"
	[ "$warnings" -eq 0 ] || fault="$warnings kernel warnings"
	figure kernel_warnings "$warnings"
	figure tainted "$tainted"
	found=$(checkers)
	figure checkers "${found:-none}"
	result "no kernel warning" "$fault"
}

# The suite ran while the kernel booted. Its own KTAP goes in, indented.
result_kunit() {
	fault="no results of the KUnit suite page_frag_cache"
	cat $suite >/tmp/kunit
	if [ -s /tmp/kunit ]; then
		sed 's/^/    /' /tmp/kunit >&3
		fault=$(grep -m1 'not ok' /tmp/kunit)
		figure kunit_passed "$(cases pass)"
		figure kunit_failed "$(cases fail)"
	fi
	result "KUnit suite page_frag_cache" "$fault"
}

# cases pass|fail: of the suite's own count
cases() {
	sed -n "s/^ *# page_frag_cache:.* $1:\([0-9]*\).*/\1/p" /tmp/kunit
}

# send_coverage: how often each line ran, to the channel of that name. The sizes of
# the kernel's files are 0, so what is packed are copies.
send_coverage() {
	[ -d $lines ] || return 0
	find $lines -name '*.gcda' | while read -r file; do
		mkdir -p "/tmp/gcov${file%/*}"
		cat "$file" >"/tmp/gcov$file"
	done
	tar -C /tmp/gcov$lines -cf - . >"$(channel coverage)"
}
