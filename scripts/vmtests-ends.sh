#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# vmtests-ends.sh TREE: does run_vmtests.sh of a kernel tree end with the status of the
# stress, be it 0, 1 or 4? The script is run in a directory where the stress ends so at
# once, and reads and writes a proc of its own: the machine is not touched. Says what is not
# so.
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: vmtests-ends.sh TREE" >&2; exit 1; }
script=$1/tools/testing/selftests/mm/run_vmtests.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

mkdir -p "$dir/proc/sys/vm" "$dir/proc/sys/kernel/yama"
printf 'HugePages_Free: 999999\nHugepagesize: 2048 kB\n' >"$dir/proc/meminfo"
echo 0 >"$dir/proc/sys/vm/nr_hugepages"
sed "s|/proc/|$dir/proc/|g; s|\\bsudo |true |g" "$script" >"$dir/run_vmtests.sh"

# ends STATUS WORDS...: and a line says so
ends() {
	local status=0
	printf '#!/bin/sh\nexit %s\n' "$1" >"$dir/test_page_frag.sh"
	chmod +x "$dir/test_page_frag.sh"
	(cd "$dir" && bash ./run_vmtests.sh -t page_frag) >"$dir/said" 2>&1 || status=$?
	[ "$status" -eq "$1" ] || { echo "the stress ended with $1, run_vmtests.sh with $status"; return 1; }
	grep -qx "${*:2}" "$dir/said" || { echo "run_vmtests.sh does not say: ${*:2}"; return 1; }
}

ends 0 'ok 1 test_page_frag.sh'
ends 1 'not ok 1 test_page_frag.sh # exit=1'
ends 4 'ok 1 test_page_frag.sh # SKIP'
