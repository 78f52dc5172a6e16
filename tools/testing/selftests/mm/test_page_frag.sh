#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# test_page_frag.sh [-t SECONDS] [-s SEED] [-m] [-k MODULE] [CASE...]: stress the page
# fragment allocator, all cases or these, for so many seconds together. -m: also what
# takes all memory, on a machine with more than 1 GiB. -l: the cases, a line each. KTAP;
# ends with 0 if something was tested and nothing failed, with 1 if something failed or
# the arguments are wrong, with 4 if nothing was tested.

export LC_ALL=C
seconds=30 seed=1 all_memory='' module=$(dirname "$0")/page_frag/page_frag_stress.ko
debugfs=/sys/kernel/debug
stress=$debugfs/page_frag_stress
refuse=$debugfs/fail_page_alloc
cpus=/sys/devices/system/cpu
# Of the taint: a warning, a death, a bad page, a soft lockup.
bad_taint=$((1 << 9 | 1 << 7 | 1 << 5 | 1 << 14))

usage() {
	sed -n '3,7s/^# //p' "$0" >&2
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
	hardirq		hardirq		-
	rcu		rcu		-
	worker		worker		-
	drained		drained		-
	hotplug		floating	hotplug
	hogged		hogged		memory
	reserves	reserves	memory
	order3-never	any		never
	order3-random	any		random
	order3-bursts	softirq		bursts
	LIST
}

# Why this cannot be had here, or nothing.
lacking() {
	case $1 in
	hotplug)
		[ -n "$(last_cpu)" ] || echo "no CPU can be taken away" ;;
	memory)
		[ -n "$all_memory" ] ||
			[ "$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)" -le 1048576 ] ||
			echo "it would take all memory, see -m" ;;
	never|random|bursts)
		if [ ! -d $refuse ]; then
			echo "the kernel has no CONFIG_FAIL_PAGE_ALLOC"
		elif [ "$(figure page_size)" -ge 32768 ]; then
			echo "a page is as large as a cache takes it"
		fi ;;
	esac
}

last_cpu() {
	for file in "$cpus"/cpu*/online; do
		[ ! -w "$file" ] || echo "$file"
	done | tail -n 1
}

# refuse_pages PERCENT: of order 3, to who does not reclaim
refuse_pages() {
	echo 0 >$refuse/verbose
	echo 3 >$refuse/min-order
	echo Y >$refuse/ignore-gfp-wait
	echo N >$refuse/task-filter
	echo -1 >$refuse/times
	echo "$1" >$refuse/probability
}

plug() {
	while :; do
		echo 0 >"$(last_cpu)" && echo gone >>"$tmp/gone"
		echo 1 >"$(last_cpu)"
	done
}

# A hundred are refused in a row, then some are not.
bursts() {
	while :; do
		echo 100 >$refuse/times
		sleep 0.02
	done
}

# meanwhile WHAT: until the end of the case
meanwhile() {
	beside=''
	case $1 in
	never) refuse_pages 100 ;;
	random) refuse_pages 50 ;;
	bursts) refuse_pages 100; bursts & beside=$! ;;
	hotplug) plug & beside=$! ;;
	esac
}

meanwhile_end() {
	if [ -n "$beside" ]; then
		kill "$beside"
		wait "$beside" 2>/dev/null
	fi
	case $1 in
	never|random|bursts) refuse_pages 0 ;;
	hotplug) echo 1 >"$(last_cpu)" ;;
	esac
}

figure() {
	awk -v name="$1" '$1 == name { print $2 }' $stress/result
}

# not_as_told WHAT: what did not happen, or nothing
not_as_told() {
	case $1 in
	never)
		[ "$(figure refills_high)" -eq 0 ] || echo "pages of order 3 were had" ;;
	random|bursts)
		[ "$(figure refills_high)" -gt 0 ] || echo "no page of order 3 was had"
		[ "$(figure refills_low)" -gt 0 ] || echo "no page of order 3 was refused" ;;
	hotplug)
		[ -s "$tmp/gone" ] || echo "no CPU went away" ;;
	esac
}

# run CASE WHAT: prints why it failed, or nothing
run() {
	meanwhile "$2"
	said=$( (echo "$1 $each $seed" >$stress/run) 2>&1) || failed=yes
	meanwhile_end "$2"
	if [ -n "$failed" ]; then
		sed -n 's/^fault //p' $stress/result
		echo "($said)"
	else
		not_as_told "$2"
	fi | tr '\n' ' '
}

number=0
failures=0
passes=0
tested=0
# result NAME FAULT
result() {
	number=$((number + 1))
	if [ -n "$2" ]; then
		failures=$((failures + 1))
		echo "not ok $number $1 # $2"
	else
		passes=$((passes + 1))
		echo "ok $number $1"
	fi
}

skip() {
	number=$((number + 1))
	echo "ok $number $1 # SKIP $2"
}

test_case() {
	failed=''
	why=$(lacking "$3")
	if [ -n "$why" ]; then
		skip "$1" "$why"
		return
	fi
	tested=$((tested + 1))
	fault=$(run "$2" "$3")
	echo "# $1: $(awk '$1 != "case" && $1 != "fault" { printf "%s=%s ", $1, $2 }' $stress/result)"
	result "$1" "$fault"
}

wanted() {
	if [ $# -eq 0 ]; then
		list
	else
		list | awk -v want=" $* " 'index(want, " " $1 " ")'
	fi
}

while getopts lt:s:mk: option; do
	case $option in
	l) list | awk '{ print $1 }'; exit ;;
	t) seconds=$OPTARG ;;
	s) seed=$OPTARG ;;
	m) all_memory=yes ;;
	k) module=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
wanted "$@" >"$tmp/cases"
count=$(wc -l <"$tmp/cases")
if [ "$count" -eq 0 ] || [ "$count" -lt $# ]; then
	echo "error: not all of these are cases: $*" >&2
	echo "       see: $0 -l" >&2
	exit 1
fi
each=$((seconds * 1000 / count))
[ "$each" -gt 0 ] || usage

echo "KTAP version 1"
[ "$(id -u)" -eq 0 ] || skip_all "must be root"
[ -e "$module" ] || skip_all "$module is not built"
grep -q "$debugfs debugfs" /proc/mounts || mount -t debugfs none $debugfs 2>/dev/null ||
	skip_all "no debugfs"
echo "1..$((count + 3))"
echo "# seed $seed, $each ms for each case"
taint=$(($(cat /proc/sys/kernel/tainted) & bad_taint))
loaded=yes fault=''
insmod "$module" || loaded='' fault="$module cannot be loaded"
result "load the module" "$fault"
while read -r name case what; do
	if [ -n "$loaded" ]; then
		test_case "$name" "$case" "$what"
	else
		result "$name" "the module is not loaded"
	fi
done <"$tmp/cases"
fault=''
rmmod page_frag_stress || fault="it cannot be unloaded"
result "unload the module" "$fault"
fault=''
[ $(($(cat /proc/sys/kernel/tainted) & bad_taint)) -eq $taint ] || fault="tainted: $(cat /proc/sys/kernel/tainted)"
result "the kernel warned of nothing" "$fault"
echo "# passed $passes, failed $failures, skipped $((number - passes - failures))"
[ $failures -eq 0 ] || exit 1
[ $tested -gt 0 ] || exit 4
