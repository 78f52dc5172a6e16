#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# boots.sh: what precedes the net part, and each prefix of it, boots as the guest and moves
# a file by each of BOOT_WAYS, names of tests/guest/paths, whether what it goes by is converted
# there or not yet. BOOTS: only those, by number. TAP.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

BOOTS=${BOOTS:-}
BOOT_WAYS=${BOOT_WAYS:-loopback/tcp4 loopback/fastopen4 loopback/udp4-cork loopback/udp6-cork
	loopback/raw4 loopback/mptcp4 loopback/ktls4 loopback/kcm4 unix/splice esp/udp4-cork
	veth/tcp6 veth/echo4-ematch tap/tcp4 tap-build/tcp4 tls-device/send/tcp4}
# What leaves the guest hanging must not take as long as a whole run may.
export VM_TIMEOUT=300 VM_MEMORY=512

work=$(work_dir)
log=$work/log/boots
kept=${LAYER_KEPT:-$log}
ways=$(xargs <<<"$BOOT_WAYS")

# boot NUMBER: prints what is wrong
boot() {
	local run
	run=$("$TOP/scripts/guest.sh" boots rdinit=/few-init kunit.enable=0 "only=${ways// /,}") ||
		{ echo "there was no run"; return 1; }
	"$TOP/scripts/keep.sh" "$run" "$kept/$1"
	"$TOP/scripts/few-verdict.sh" "$run" >"$kept/$1/verdict" ||
		{ sed -n 's/^fault: //p' "$kept/$1/verdict" | paste -sd';'; return 1; }
}

[ -z "${DEBUG:-}" ] || die "the kernels of the prefixes have no checkers" "run it without DEBUG"
[ "$(rows "$TOP/tests/guest/paths" "$ways" | wc -l)" -eq "$(wc -w <<<"$ways")" ] ||
	die "BOOT_WAYS names one that is not there: $ways" "see tests/guest/paths"
rm -rf "$log"
mkdir -p "$log"
mapfile -t commits < <(part_commits mm "$work/tree" | tail -n 1; part_commits net "$work/tree")
[ ${#commits[@]} -gt 1 ] || die "$work/tree has no net part" "run: make tree"
read -ra numbers <<<"${BOOTS:-$(seq -s' ' ${#commits[@]})}"
for n in "${numbers[@]}"; do
	[[ $n =~ ^[1-9][0-9]?$ && $n -le ${#commits[@]} ]] ||
		die "BOOTS has what is no number of a prefix: $n" "give some of 1 to ${#commits[@]}"
done
echo "KTAP version 1"
echo "1..${#numbers[@]}"
i=0 bad=0
for n in "${numbers[@]}"; do
	i=$((i + 1)) commit=${commits[n - 1]}
	GUEST_TREE=$("$TOP/scripts/worktree.sh" boots "$commit")
	export GUEST_TREE
	subject=$(git -C "$GUEST_TREE" log -1 --format=%s)
	if why=$(boot "$n"); then
		echo "ok $i - boots: $subject"
	else
		bad=1
		echo "not ok $i - boots: $subject: ${why:-there is no verdict}, see $kept/$n"
	fi
done
[ "$bad" -eq 0 ]
