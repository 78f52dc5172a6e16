#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# test_page_frag.sh [-l] [-m] [-t SECONDS] [-s SEED] [-k MODULE] [CASE...]:
# stress the page fragment allocator, all cases or these, for so many seconds
# together. -l: the cases, a line each, and no more. -m: also what takes all
# memory, on a machine with more than 1 GiB; other tasks have to wait then.
# KTAP; ends with 0 if something was tested and nothing failed, with 1 if
# something failed or the arguments are wrong, with 4 if nothing was tested.

export LC_ALL=C
seconds=30 seed=1 all_memory='' loaded=''
# What goes on meanwhile.
beside='' plugged='' refusing='' before=''
module=$(dirname "$0")/page_frag/page_frag_stress.ko
debugfs=/sys/kernel/debug
stress=$debugfs/page_frag_stress
refuse=$debugfs/fail_page_alloc
refuse_knobs="probability min-order ignore-gfp-wait task-filter times verbose"
stacks=$debugfs/page_owner_stacks/show_stacks
cpus=/sys/devices/system/cpu

usage() {
	sed -n '3,8s/^# //p' "$0" >&2
	exit 1
}

skip_all() {
	echo "1..0 # SKIP $1"
	exit 4
}

# What is tested: name, case of the module, what happens meanwhile.
list() {
	cat <<-LIST
	va		va		-
	aligned		aligned		-
	pg		pg		-
	both		both		-
	prepared	prepared	-
	coalesced	coalesced	-
	zeroed		zeroed		-
	any		any		-
	many-caches	caches		-
	softirq		softirq		-
	hardirq		hardirq		interrupt
	rcu		rcu		-
	worker		worker		-
	drained		drained		-
	rewound		rewound		-
	alone		alone		-
	hotplug		floating	hotplug
	hogged		hogged		reclaim
	reserves	reserves	memory
	order3-never	any		never
	order3-random	any		random
	order3-bursts	softirq		bursts
	LIST
}

# Why this cannot be had here, or nothing.
lacking() {
	case $1 in
	interrupt)
		! uname -v | grep -qw PREEMPT_RT || echo "PREEMPT_RT makes a task of it" ;;
	hotplug)
		[ -n "$(pluggable)" ] || echo "no CPU can be taken away" ;;
	memory|reclaim)
		if [ -z "$all_memory" ] && [ "$(memory_kb)" -gt 1048576 ]; then
			echo "it would take all memory, see -m"
		elif ! grep -q '^allocstall' /proc/vmstat; then
			echo "the kernel has no CONFIG_VM_EVENT_COUNTERS"
		fi ;;
	never|random|bursts)
		if [ ! -d $refuse ]; then
			echo "the kernel has no CONFIG_FAIL_PAGE_ALLOC"
		elif [ "$(high_order)" -eq 0 ]; then
			echo "a page is as large as a cache takes it"
		fi ;;
	esac
}

memory_kb() {
	awk '/^MemTotal:/ { print $2 }' /proc/meminfo
}

figure() {
	awk -v name="$1" '$1 == name { print $2 }' $stress/result
}

# The order of 32 KiB.
high_order() {
	awk -v size="$(figure page_size)" 'BEGIN {
		while (size < 32768) { size *= 2; order++ }
		print order + 0 }'
}

# Those that are there now and can go.
pluggable() {
	for file in "$cpus"/cpu[1-9]*/online; do
		[ ! -w "$file" ] || [ "$(cat "$file")" = 0 ] || echo "$file"
	done
}

# How often a task had to reclaim pages itself.
stalls() {
	awk '/^allocstall/ { n += $2 } END { print n + 0 }' /proc/vmstat
}

# refuse_pages PERCENT: of high order, to who does not reclaim
refuse_pages() {
	for knob in $refuse_knobs; do cp "$refuse/$knob" "$tmp/$knob"; done
	refusing=yes
	echo 0 >$refuse/verbose
	high_order >$refuse/min-order
	echo Y >$refuse/ignore-gfp-wait
	echo N >$refuse/task-filter
	echo -1 >$refuse/times
	echo "$1" >$refuse/probability
}

# One after the other.
plug() {
	while :; do
		for file in $plugged; do
			echo 0 >"$file" && basename "${file%/online}" >>"$tmp/gone"
			echo 1 >"$file"
		done
	done
}

# A hundred are refused in a row, then some are not.
bursts() {
	while :; do
		echo 100 >$refuse/times
		sleep 0.02
	done
}

# begin WHAT: it goes on until the end
begin() {
	case $1 in
	never) refuse_pages 100 ;;
	random) refuse_pages 50 ;;
	bursts)
		refuse_pages 100
		bursts &
		beside=$! ;;
	hotplug)
		plugged=$(pluggable)
		plug &
		beside=$! ;;
	reclaim) before=$(stalls) ;;
	esac
}

end() {
	if [ -n "$beside" ]; then
		kill "$beside"
		wait "$beside" 2>/dev/null
		beside=''
	fi
	[ -z "$refusing" ] || for knob in $refuse_knobs; do
		cat "$tmp/$knob" >"$refuse/$knob"
	done
	refusing=''
	for file in $plugged; do echo 1 >"$file"; done
	plugged=''
}

leave() {
	end
	[ -z "$loaded" ] || rmmod page_frag_stress
	rm -rf "$tmp"
}

# not_as_told WHAT: what did not happen, or nothing
not_as_told() {
	case $1 in
	never)
		[ "$(figure refills_high)" -eq 0 ] || echo "pages of high order were had" ;;
	random|bursts)
		[ "$(figure refills_high)" -gt 0 ] || echo "no page of high order was had"
		[ "$(figure refills_low)" -gt 0 ] || echo "no page of high order was refused" ;;
	hotplug)
		[ "$(wc -l <"$tmp/gone")" -gt 1 ] || echo "no CPU went away and came back"
		sort -u "$tmp/gone" | while read -r cpu; do
			[ -n "$(figure "allocated_per_second_$cpu")" ] ||
				echo "nothing was allocated on $cpu"
		done ;;
	reclaim)
		[ "$(stalls)" -gt "$before" ] || echo "no task had to reclaim" ;;
	esac
}

# run CASE WHAT: $fault is why it failed, or empty
run() {
	failed=''
	begin "$2"
	said=$( (echo "$1 $each $seed" >$stress/run) 2>&1) || failed=yes
	end
	if [ -n "$failed" ]; then
		fault="$(sed -n 's/^fault //p' $stress/result) ($said)"
	else
		fault=$(not_as_told "$2" | tr '\n' ' ')
	fi
}

number=0
failures=0
tested=0
# result NAME: ok if there is no $fault
result() {
	number=$((number + 1))
	if [ -n "$fault" ]; then
		failures=$((failures + 1))
		echo "not ok $number $1 # $fault"
	else
		echo "ok $number $1"
	fi
}

# test_case NAME CASE WHAT
test_case() {
	why=$(lacking "$3")
	if [ -n "$why" ]; then
		number=$((number + 1))
		echo "ok $number $1 # SKIP $why"
		return
	fi
	tested=$((tested + 1))
	run "$2" "$3"
	echo "# $1: $(awk '$1 !~ /^(case|fault)$/ { printf "%s=%s ", $1, $2 }' \
		$stress/result)"
	result "$1"
}

wanted() {
	if [ $# -eq 0 ]; then
		list
	else
		list | awk -v want=" $* " 'index(want, " " $1 " ")'
	fi
}

# What the kernel has complained of since it was booted. Loading a module that is
# not of the kernel's tree is no complaint. Lockdep stops looking after its first one.
complaints() {
	innocent=$((1 << 12 | 1 << 13 | 1 << 18))
	{
		cat /sys/kernel/warn_count /sys/kernel/oops_count &&
			echo $(($(cat /proc/sys/kernel/tainted) & ~innocent)) || echo unknown
		[ ! -e /proc/lockdep_stats ] || sed -n 's/^ *debug_locks: *//p' /proc/lockdep_stats
	} | tr '\n' ' '
}

# logged MARK: what the kernel said of itself after MARK, counted or not
alarm='WARNING:|BUG:|KASAN:|KCSAN:|UBSAN:|pagealloc: |Oops|Call Trace:|INFO: (task|rcu|trying)'
logged() {
	dmesg | awk -v mark="$1" -v alarm="$alarm" '
		index($0, mark) { n = 0; found = 1 }
		$0 ~ alarm { said[n++] = $0 }
		END { if (!found) print "the log has no \"" mark "\", see printk.devkmsg"
		      for (i = 0; found && i < n; i++) print said[i] }'
}

# Pages that code asked for which is there no more, where page_owner tells.
pages_of_gone_code() {
	[ -r "$stacks" ] || { echo 0; return; }
	awk -v RS= '/alloc_pages[^\n]*\n *0x[0-9a-f]+\n/ {
			sub(/.*nr_base_pages: */, ""); n += $1 }
		    END { print n + 0 }' "$stacks"
}

while getopts lmt:s:k: option; do
	case $option in
	l)
		list | awk '{ print $1 }'
		exit ;;
	m) all_memory=yes ;;
	t) seconds=$OPTARG ;;
	s) seed=$OPTARG ;;
	k) module=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
for value in "$seconds" "$seed"; do
	case $value in ''|*[!0-9]*) usage ;; esac
done

tmp=$(mktemp -d)
trap leave EXIT
trap 'exit 1' INT TERM HUP
wanted "$@" >"$tmp/cases"
count=$(wc -l <"$tmp/cases")
if [ "$count" -eq 0 ] || [ "$count" -lt $# ]; then
	echo "error: not all of these are cases: $*" >&2
	echo "       see: $0 -l" >&2
	exit 1
fi
each=$((seconds * 1000 / count))
if [ $each -eq 0 ] || [ $each -gt 3600000 ]; then
	echo "error: $seconds s are no time for $count cases" >&2
	echo "       a case takes from 1 ms to an hour" >&2
	exit 1
fi

echo "KTAP version 1"
[ "$(id -u)" -eq 0 ] || skip_all "must be root"
[ -e "$module" ] || skip_all "$module is not built"
grep -q " $debugfs debugfs " /proc/mounts ||
	mount -t debugfs none $debugfs 2>/dev/null || skip_all "no debugfs"
echo "1..$((count + 3))"
echo "# seed $seed, $each ms for each case"
mark="test_page_frag.sh: begin $$ $(cut -d' ' -f1 /proc/uptime)"
echo "$mark" >/dev/kmsg
[ -r "$stacks" ] || echo "# no page_owner: nobody looks for pages of the module"
complained=$(complaints)
pages=$(pages_of_gone_code)
loaded=yes fault=''
insmod "$module" || loaded='' fault="$module cannot be loaded"
result "load the module"
while read -r name case what; do
	if [ -n "$loaded" ]; then
		test_case "$name" "$case" "$what" </dev/null
	else
		fault="the module is not loaded"
		result "$name"
	fi
done <"$tmp/cases"
fault=''
rmmod page_frag_stress || fault="it cannot be unloaded"
loaded=''
[ "$(pages_of_gone_code)" -le "$pages" ] || fault="pages of it are left"
result "unload the module"
logged "$mark" >"$tmp/log"
sed 's/^/# log: /' "$tmp/log"
fault=$(head -n 1 "$tmp/log")
case $complained in
*unknown*) fault="the kernel does not say what it warned of" ;;
"$(complaints)") ;;
*) fault="warnings, oopses, taint: $complained, then $(complaints): $fault" ;;
esac
result "the kernel warned of nothing"
echo "# tested $tested of $count cases, $failures failures"
[ $failures -eq 0 ] || exit 1
[ $tested -gt 0 ] || exit 4
