# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the kernel counted: refills, pages still held, leaks, warnings, KUnit.

refill=/sys/kernel/tracing/events/page_frag/page_frag_refill
refused=/sys/kernel/debug/fail_page_alloc
stacks=/sys/kernel/debug/page_owner_stacks/show_stacks
leaks=/sys/kernel/debug/kmemleak
suite=/sys/kernel/debug/kunit/page_frag_cache/results

# A histogram counts in the kernel: there is no buffer to overrun.
counts_start() {
	cpus=$(nproc)
	dropped=0
	head -c 1024 /payload >/tmp/small
	echo 'hist:keys=order,reused' >$refill/trigger
	[ ! -e $leaks ] || echo scan=off >$leaks
}

counts_clear() {
	echo 'hist:keys=order,reused:clear' >>$refill/trigger
}

# Order-3 refills, order-0 refills, reuses and dropped, since the last clear.
counts() {
	awk '/^\{/ { gsub(/[{},]/, " ")
		     for (i = 1; i < NF; i++) {
			if ($i == "order:") order = $(i + 1)
			if ($i == "reused:") reused = $(i + 1)
			if ($i == "hitcount:") n = $(i + 1)
		     }
		     if (reused + 0) r += n
		     else if (order + 0) high += n
		     else low += n }
	     /Dropped:/ { d = $2 }
	     END { print high + 0, low + 0, r + 0, d + 0 }' $refill/hist
}

# refuse_order3 Y|N: no page above order 0 for who does not reclaim
refuse_order3() {
	echo 0 >$refused/verbose
	echo 1 >$refused/min-order
	echo -1 >$refused/times
	echo Y >$refused/ignore-gfp-wait
	if [ "$1" = Y ]; then
		echo 100 >$refused/probability
	else
		echo 0 >$refused/probability
	fi
}

# Pages that were allocated by a refill and not freed.
owned_pages() {
	awk -v RS= '/__page_frag_cache_refill\+/ {
			sub(/.*nr_base_pages: */, ""); n += $1 }
		    END { print n + 0 }' $stacks
}

# Freed skbs wait on the CPU that allocated them for its next receive softirq:
# cause one on each.
flush_cpus() {
	for cpu in $(seq 0 $((cpus - 1))); do
		taskset $((1 << cpu)) xfer udp 127.0.0.1 9 /tmp/small /tmp/null \
			1024 - -
	done
}

# A CPU may keep the current page of its two caches, the one for NAPI and the
# one for interrupts, of at most 8 pages each. Nothing else is in use when the
# links are down.
allowed_pages() {
	echo $((cpus * 2 * 8))
}

# Pages held when all is idle. Namespaces go in the background, so this asks
# until the number is allowed or half a minute is over.
idle_pages() {
	limit=$(($(uptime_seconds) + 30))
	while flush_cpus; do
		pages=$(owned_pages)
		[ "$pages" -gt "$(allowed_pages)" ] || break
		[ "$(uptime_seconds)" -lt $limit ] || break
	done
	echo "$pages"
}

uptime_seconds() {
	cut -d. -f1 /proc/uptime
}

# A count of 0 with the links up would mean that the count sees nothing.
result_pages() {
	fault=
	[ "$1" -le "$(allowed_pages)" ] || fault="leak: $1 pages after round 1"
	[ "$2" -le "$(allowed_pages)" ] || fault="leak: $2 pages after round 3"
	figure pages_allowed "$(allowed_pages)"
	figure pages_round1 "$1"
	figure pages_round3 "$2"
	result "pages held when idle" "$fault"
	fault=
	[ "${busy_pages:-0}" -gt 0 ] || fault="no page seen with the links up"
	figure pages_busy "${busy_pages:-0}"
	result "page owner sees the pages in use" "$fault"
}

result_tracepoint() {
	fault=
	[ "$dropped" -eq 0 ] || fault="$dropped events not counted"
	result "tracepoint counts are complete" "$fault"
}

# What the second scan still finds; the first may take objects on the move.
# Only a kernel with configs/debug-kmemleak.config can tell.
result_kmemleak() {
	fault=
	objects=unchecked
	if scan_leaks && scan_leaks; then
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

# Bit 18 of the taint is KUnit's: tests were run. No other may be set.
result_warnings() {
	fault=
	warnings=$(dmesg | grep -cE 'WARNING:|BUG:|Oops|Call Trace:')
	tainted=$(($(cat /proc/sys/kernel/tainted) & ~(1 << 18)))
	[ "$tainted" -eq 0 ] || fault="kernel tainted: $tainted"
	[ "$warnings" -eq 0 ] || fault="$warnings kernel warnings"
	figure kernel_warnings "$warnings"
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
