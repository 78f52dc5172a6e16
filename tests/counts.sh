#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# counts.sh: do the guest's counts tell who holds a page? On text as the kernel
# writes it. TAP.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/tap.sh
. "$here/tap.sh" counts
# shellcheck source=tests/guest/counts.sh
. "$here/guest/counts.sh"
stacks=$tmp/stacks
# shellcheck disable=SC2034 # counts.sh reads the histograms there
filled=$tmp refill=$tmp

# held PAGES FRAME...: a stack and how many pages it has
held() {
	local pages=$1
	shift
	printf ' %s+0x10/0x200\n' post_alloc_hook "$@"
	printf 'nr_base_pages: %s\n\n' "$pages"
}

# owns NAME "CPU KEPT LEFT RING" FRAME...: of a stack among others
owns() {
	local name=$1 want=$2
	shift 2
	{ held 100 alloc_skb_with_frags; held 8 "$@"; held 3 __page_frag_cache_drain; } >"$stacks"
	verdict "$name" "$([ "$(owned)" = "$want" ] && echo yes)" "$(owned), not $want"
}

owns "a head for NAPI is a CPU's" "8 0 0 0" __page_frag_cache_refill napi_alloc_skb e1000_clean_rx_irq
owns "a page by the function that takes it" "0 0 8 0" page_frag_cache_renew tcp_sendmsg_locked tcp_sendmsg
owns "a fragment of a driver is a CPU's" "8 0 0 0" __page_frag_cache_refill __netdev_alloc_frag_align e1000_alloc_frag
owns "a socket's page is nobody's to keep" "0 0 8 0" __page_frag_cache_refill tcp_sendmsg_locked tcp_sendmsg
owns "so is a page of before the conversion" "0 0 8 0" skb_page_frag_refill sk_page_frag_refill tcp_sendmsg_locked
owns "so is a state's" "0 0 8 0" skb_page_frag_refill esp_output_head esp_output
owns "so is one that tun got" "0 0 8 0" skb_page_frag_refill tun_get_user tun_chr_write_iter
owns "the kernel's own socket keeps one" "0 8 0 0" skb_page_frag_refill __ip_append_data ip_append_data icmp_push_reply icmp_reply
owns "and that of IPv6" "0 8 0 0" __page_frag_cache_refill __ip6_append_data ip6_append_data icmpv6_echo_reply
owns "the ring of virtio-net has some" "0 0 0 8" skb_page_frag_refill try_fill_recv virtnet_open
owns "a page of no refill is not counted" "0 0 0 0" alloc_pages_noprof sk_prot_alloc
{ held 8 skb_page_frag_refill tcp_sendmsg; held 1 __page_frag_cache_refill kcm_sendmsg; held 8 __page_frag_cache_refill napi_alloc_skb; } >"$stacks"
verdict "pages of several stacks are added" "$([ "$(owned)" = "8 0 9 0" ] && echo yes)" "$(owned)"
: >"$stacks"
verdict "no stack is no page" "$([ "$(owned)" = "0 0 0 0" ] && echo yes)" "$(owned)"

# filled_by CACHE FRAME...
filled_by() {
	printf '{ nc: %s, common_stacktrace:\n' "$1"
	shift
	printf '         %s+0x10/0x200\n' "$@"
	printf '} hitcount:          7\n'
}
{ filled_by ffff1 napi_alloc_skb e1000_clean; filled_by ffff1 __netdev_alloc_frag_align e1000_open
  filled_by ffff2 __netdev_alloc_skb ei_receive; filled_by ffff3 tcp_sendmsg_locked; } >"$tmp/hist"
verdict "caches of CPUs, each once, and no other" "$([ "$(caches)" = 2 ] && echo yes)" "$(caches)"

printf '%s\n' '{ order:          0, reused:          0 } hitcount:          5' \
	'{ order:          3, reused:          0 } hitcount:         11' \
	'{ order:          3, reused:          1 } hitcount:          2' \
	'    Dropped: 4' >"$tmp/hist"
verdict "order 3, order 0, reuses, dropped" "$([ "$(counts)" = "11 5 2 4" ] && echo yes)" "$(counts)"

# What the guest says in the end, of a log and of a taint that are given.
taint=$tmp/taint
# shellcheck disable=SC2317 # counts.sh calls them
figure() { echo "figure $1 $2"; }
# shellcheck disable=SC2317
result() { echo "result $1: ${2:-ok}"; }
# shellcheck disable=SC2317
checkers() { :; }
# shellcheck disable=SC2317
dmesg() { echo "$log"; }
# warned TAINT LOG
# shellcheck disable=SC2317 # says calls it
warned() {
	echo "$1" >"$taint"
	log=$2
	result_warnings
}
says "a kernel that only ran tests and a module of ours warned of nothing" 0 '^result no kernel warning: ok$' warned $((1 << 18 | 1 << 12)) booted
says "and its taint is nothing" 0 '^figure tainted 0$' warned $((1 << 18 | 1 << 12)) booted
says "another taint is a fault" 0 '^result no kernel warning: kernel tainted: 512$' warned $((1 << 18 | 1 << 9)) booted
says "and a figure" 0 '^figure tainted 512$' warned $((1 << 18 | 1 << 9)) booted
while IFS= read -r line; do
	says "'$line' is a warning" 0 '^result no kernel warning: 1 kernel warnings$' warned 0 "$line"
done <<-'EOF'
	WARNING: CPU: 0
	UBSAN: shift-out-of-bounds in x
	KCSAN: data-race in x / y
	pagealloc: memory corruption
	INFO: trying to register non-static key.
EOF
verdict "the guest looks for what its judges look for" \
	"$([ "$(grep -h '^alarm=' "$here/guest/counts.sh" "$here/../scripts/verdict-lib.sh" | uniq -c | awk '{ print $1 }')" = 2 ] && echo yes)" \
	"$(grep '^alarm=' "$here/guest/counts.sh" "$here/../scripts/verdict-lib.sh")"

# By a clock that only sleep moves.
# shellcheck disable=SC2317 # counts.sh calls them
uptime_seconds() { cat "$tmp/uptime"; }
# shellcheck disable=SC2317
sleep() { echo $(($(cat "$tmp/uptime") + $1)) >"$tmp/uptime"; }
# scans LEAKS: in that file
# shellcheck disable=SC2317 # says calls it
scans() {
	leaks=$1
	echo 100 >"$tmp/uptime"
	result_kmemleak
	echo "at $(cat "$tmp/uptime")"
}
: >"$tmp/leaks"
says "what was allocated last is old enough for the second scan" 0 '^at 106$' scans "$tmp/leaks"
says "a kernel without kmemleak does not wait" 0 '^at 100$' scans "$tmp/none"
says "and says why it looked for nothing" 0 '^result kmemleak # SKIP the kernel has no kmemleak: ok$' scans "$tmp/none"
says "which is no figure" 0 '^figure leaked_objects unchecked$' scans "$tmp/none"

done_testing
