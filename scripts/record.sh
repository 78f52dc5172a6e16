#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# record.sh: measure the fast path, and take that and what the last passing test
# layers left into results/$BASE.tsv. A source that has not run keeps its lines.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work
# shellcheck source=scripts/records.sh
. "$TOP/scripts/records.sh"

[ -z "$KERNEL_SRC" ] || die "results/$BASE.tsv is of the packaged base, not of $KERNEL_SRC" \
	"run it without KERNEL_SRC"
results=$TOP/results/$BASE.tsv
new=$(work_dir)/results.tsv

"$TOP/scripts/tree.sh"
"$TOP/scripts/fastpath.sh" >/dev/null
mkdir -p "$TOP/results"
{
	echo '# SPDX-License-Identifier: GPL-2.0'
	echo '# Written by make record; the columns are described in scripts/render.py.'
	# The first line of a name wins.
	{ cat "$records"/*.tsv; [ ! -e "$results" ] || cat "$results"; } |
		awk -F'\t' '!/^#/ && !seen[$1]++' | named_now | sort -s -t: -k1,1
} >"$new"
mv "$new" "$results"
# What is measured of a later tree with the same code needs not be measured again.
grep -q "^$(tree_id)" "$TOP/results/codes" ||
	printf '%s\t%s\t%s\n' "$(tree_id)" "$(code_id HEAD)" "$(tests_id HEAD)" >>"$TOP/results/codes"
say "results: $results"
