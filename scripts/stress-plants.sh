#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# stress-plants.sh: the stress module with the faults of tests/stress-plants, one at a
# time, in a guest: does the runner tell each? On each kernel that the table names, or on
# that of DEBUG. TAP. What each guest left is kept below LAYER_KEPT.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

export VM_MEMORY=512 GUEST_KIND=stress
tap=$(work_dir)/log/stress-plants.tap
kept=${LAYER_KEPT:-$(work_dir)/log/stress-plants}

# kernels: as DEBUG names them, a line each; the plain one is an empty line
kernels() {
	if [ -n "${DEBUG:-}" ]; then echo "$DEBUG"; return; fi
	awk -F'\t' '/^[a-z]/ && !seen[$2]++ { gsub(",", " ", $2); print $2 == "-" ? "" : $2 }' "$TOP/tests/stress-plants"
}

# plants_on DEBUG: its TAP, numbered on
plants_on() {
	local run line kernel=${1// /-}
	run=$(DEBUG=$1 "$TOP/scripts/guest.sh" plants rdinit=/plants-init panic_on_warn=0)
	"$TOP/scripts/guest-tap.sh" "$run" "$TOP/scripts/plants-verdict.sh" "stress-plants${1:+ }$1" >"$tap" || bad=1
	"$TOP/scripts/keep.sh" "$run" "$kept/${kernel:-plain}"
	while read -r line; do
		n=$((n + 1))
		echo "${line%%ok *}ok $n - ${line#* - }"
	done < <(grep -E '^(not )?ok ' "$tap")
}

mapfile -t kernels < <(kernels)
n=0 bad=0
for words in "${kernels[@]}"; do plants_on "$words"; done
echo "1..$n"
[ "$bad" -eq 0 ]
