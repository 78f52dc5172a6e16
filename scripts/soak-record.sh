#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# soak-record.sh [SOAK]: what the stress counted in the last soak, or in that directory,
# into results/soak/, if it took an hour at least, was of the code and the module that there
# are now, and every machine of tests/soak is in it, as it is there, and passed.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base

last=$(work_dir)/soak.last
soak=${1:-$(cat "$last" 2>/dev/null || :)}
[ -z "$KERNEL_SRC" ] || die "results/soak/$BASE.run is of the packaged base, not of $KERNEL_SRC" \
	"run it without KERNEL_SRC"
[ -n "$soak" ] || die "there is no soak of base $BASE" "run: make soak BASE=$BASE"
[ -s "$soak/about" ] || die "the soak is gone, or never was: $soak" "run: make soak BASE=$BASE"

IFS=$'\t' read -r _ _ _ tree _ seconds <"$soak/about"
[[ $seconds =~ ^[0-9]+$ && $seconds -ge 3600 ]] ||
	die "the soak in $soak was for ${seconds:-an unknown number of} s, a record is of 3600 or more" "run: make soak BASE=$BASE"
now=$(tree_id 2>/dev/null) || die "there is no tree of base $BASE" "run: make tree BASE=$BASE"
module=tools/testing/selftests/mm/page_frag/page_frag_stress.c
was=$(code_id "$tree" $module 2>/dev/null) || die "tree $tree is none of base $BASE" "run: make soak BASE=$BASE"
[ "$was" = "$(code_id HEAD $module)" ] ||
	die "the soak in $soak was of other code than tree $now of base $BASE has now" "run: make soak BASE=$BASE"

# machine NAME KIND CPUS MIB DEBUG: a head, then its cases
machine() {
	local dir=$soak/$1
	"$TOP/scripts/stress-verdict.sh" "$dir" >/dev/null 2>&1 ||
		die "$1 did not pass, or was not run" "see: scripts/stress-verdict.sh $dir; then make soak BASE=$BASE"
	as_listed "$@"
	printf 'machine\t%s\t%s\t%s\t%s\t%s\n' "$1" "$(cut -d, -f1 "$dir/accelerator")" "$(cpus_of "$dir/result")" "$4" \
		"$(awk '$1 " " $2 " " $3 == "# figure checkers" { print $4 }' "$dir/result" | sed 's/,$//; s/,/ /g')"
	sed -nE 's/^# stress ([a-z0-9-]+): (.*[^ ]) *$/case\t\1\t\2/p' "$dir/result"
}

# as_listed NAME KIND CPUS MIB DEBUG: what ran is what tests/soak has of that name
as_listed() {
	local dir=$soak/$1 was want
	was="$(<"$dir/machine") DEBUG='$(<"$dir/debug")'"
	want="$2 $3 $4 DEBUG='$(sorted_words "$5")'"
	[ "$was" = "$want" ] || die "$1 was run as $was, in tests/soak it is $want" "run: make soak BASE=$BASE"
	[ "$(cpus_of "$dir/result")" = "$3" ] ||
		die "$1 allocated on $(cpus_of "$dir/result") processors of $3" "see: $dir/result; then make soak BASE=$BASE"
}

# cpus_of RESULT: on so many something was allocated
cpus_of() { grep -o 'allocated_per_second_cpu[0-9]*' "$1" | sort -u | wc -l; }

new=$(mktemp)
trap 'rm -f "$new"' EXIT
{
	echo '# SPDX-License-Identifier: GPL-2.0'
	echo "# What scripts/soak-record.sh found in a soak; docs/soak.md is made from it."
	cat "$soak/about"
	while read -r name kind cpus mib words; do
		machine "$name" "$kind" "$cpus" "$mib" "$words"
	done < <(soak_rows '')
} >"$new"
mkdir -p "$TOP/results/soak"
install -m 644 "$new" "$TOP/results/soak/$BASE.run"
"$TOP/scripts/soak-report.sh"
