# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# tap.sh PREFIX, sourced: verdicts as TAP, each named 'PREFIX: NAME'.

prefix=$1
n=0
bad=0

# verdict NAME yes|ANYTHING OUTPUT: OUTPUT is shown when it is not yes
verdict() {
	n=$((n + 1))
	if [ "$2" = yes ]; then
		echo "ok $n - $prefix: $1"
	else
		bad=1
		echo "not ok $n - $prefix: $1"
		printf '%s\n' "$3" | head -n 20 | sed 's/^/# /'
	fi
}

# says NAME STATUS|fail PATTERN COMMAND...: exit status and one line of the output
says() {
	local name=$1 status=$2 pattern=$3 out rc=0
	shift 3
	out=$("$@" 2>&1) || rc=$?
	[ "$status" = fail ] && [ "$rc" -ne 0 ] && rc=fail
	verdict "$name" "$([ "$rc" = "$status" ] && grep -qE -- "$pattern" <<<"$out" && echo yes)" "$out"
}

# done_testing: the plan, and the status
done_testing() {
	echo "1..$n"
	[ "$bad" -eq 0 ]
}
