#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# same-code.sh CODES TREE CODE TESTS <RECORDS: the records, in which what was measured of
# another tree with that code is of TREE: no kernel is larger or slower by another test or
# document of ours, or says another thing when the tests of others ask it. What our tests
# counted in a kernel or in user space is of TREE if they are the same, too; what looks at
# comments, at texts, at steps or at what is only compiled never is.
set -euo pipefail

[ $# -eq 4 ] || { echo "usage: same-code.sh CODES TREE CODE TESTS <RECORDS" >&2; exit 1; }
codes=$1
[ -e "$codes" ] || codes=/dev/null
awk -F'\t' -v OFS='\t' -v tree="$2" -v code="$3" -v tests="$4" '
	function ours() {
		return /^tests: (QEMU guest|KUnit|stress|user space|planted bugs caught by|bugs planted into a kernel|faults planted into the stress|functions of)/ &&
			tests_of[$7] == tests
	}
	FILENAME == ARGV[1] { code_of[$1] = $2; tests_of[$1] = $3; next }
	code_of[$7] == code && (/^(calls|size|speed|time|selftests)/ || ours()) { $7 = tree }
	{ print }' "$codes" -
