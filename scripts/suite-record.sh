#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# suite-record.sh: what the kernel's selftests said on both kernels, test by test, in the
# last run of each suite of make vm SUITE=, into results/suite/BASE.tsv, and with that
# docs/selftests.md, whose check fails while one is worse. What was recorded before stays
# if nothing that it depends on is another now and it was not run since; a run that had
# nothing to compare with is none.
#
#   run	KIND SUITE	date	release	compiler	tree	what it depends on	passed or worse
#   test	KIND SUITE	name	verdict of the base	of the patched kernel	why
#   end	the same of how the command, its report and the guest ended
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base

results=$TOP/results/suite/$BASE.tsv
[ -z "$KERNEL_SRC" ] || die "$results is of the packaged base, not of $KERNEL_SRC" \
	"run it without KERNEL_SRC"
code=$(code_id HEAD 2>/dev/null) || die "there is no tree of base $BASE" "run: make tree BASE=$BASE"
declare -A now again
while read -r name _; do
	now[$name]=$(suite_id "$name" "$code")
done < <(rows "$TOP/tests/suites" '')

# of_run ABOUT NAME: a suite of a kind
of_run() {
	printf 'run\t%s\t%s\n' "$2" "$(cut -f-6 "$1")"
	awk -F'\t' -v OFS='\t' -v name="$2" '
		{ print ($2 ~ /^(exit status|no kernel warning|the guest came to its end|the report is whole)$/ ? "end" : "test"), name, $2, $3, $4, $6 }' \
		"${1%.about}.tsv"
}

# last_runs: those that were of what there is now
last_runs() {
	local about suite name
	for about in "$(work_dir)"/log/suite*/*.about; do
		[ -e "$about" ] || continue
		suite=$(basename "$about" .about)
		name="$(basename "$(dirname "$about")") $suite"
		[ "$(cut -f5 "$about")" = "${now[$suite]:-none}" ] || continue
		[ "$(cut -f6 "$about")" != void ] || continue
		again[$name]=yes
		of_run "$about" "$name" >>"$new"
	done
}

# recorded: before, of what there is now, and not run again
recorded() {
	local name id
	[ -e "$results" ] || return 0
	while IFS=$'\t' read -r _ name _ _ _ _ id _; do
		if [ -n "${again[$name]:-}" ] || [ "$id" != "${now[${name#* }]:-none}" ]; then continue; fi
		awk -F'\t' -v name="$name" '$2 == name' "$results"
	done < <(grep '^run' "$results")
}

new=$(mktemp)
trap 'rm -f "$new"' EXIT
last_runs
recorded >>"$new"
[ -s "$new" ] || die "no suite of base $BASE was run with this code" "run: make vm BASE=$BASE SUITE=all"
mkdir -p "$TOP/results/suite"
{
	echo '# SPDX-License-Identifier: GPL-2.0'
	echo "# What scripts/suite-record.sh found in runs; docs/selftests.md is made from it."
	sort -t$'\t' -s -k2,2 "$new"
} | install -m 644 /dev/stdin "$results"
"$TOP/scripts/suite-report.sh"
