#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# same-code.sh CODES TREE CODE <RECORDS: the records, in which what was measured of another
# tree with that code is of TREE: by another test or document of ours no kernel is larger or
# slower, or says another thing when the tests of others ask it.
set -euo pipefail

[ $# -eq 3 ] || { echo "usage: same-code.sh CODES TREE CODE <RECORDS" >&2; exit 1; }
codes=$1
[ -e "$codes" ] || codes=/dev/null
awk -F'\t' -v OFS='\t' -v tree="$2" -v code="$3" '
	FILENAME == ARGV[1] { code_of[$1] = $2; next }
	/^(calls|size|speed|time|selftests)/ && code_of[$7] == code { $7 = tree }
	{ print }' "$codes" -
