#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# suite-record.sh: what the kernel's selftests said on both kernels, test by test, of each
# suite of make vm SUITE= whose last run passed, into results/suite/BASE.tsv, and with that
# docs/selftests.md. What was recorded before of the same code stays.
#
#   run	KIND SUITE	date	release	compiler	tree	code
#   test	KIND SUITE	name	verdict of the base	of the patched kernel	why
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base

results=$TOP/results/suite/$BASE.tsv
[ -z "$KERNEL_SRC" ] || die "$results is of the packaged base, not of $KERNEL_SRC" \
	"run it without KERNEL_SRC"
code=$(code_id HEAD 2>/dev/null) || die "there is no tree of base $BASE" "run: make tree BASE=$BASE"

# of_run ABOUT: a suite of a kind
of_run() {
	local table=${1%.about}.tsv name
	name="$(basename "$(dirname "$1")") $(basename "$table" .tsv)"
	printf 'run\t%s\t%s\n' "$name" "$(<"$1")"
	awk -F'\t' -v OFS='\t' -v name="$name" '{ print "test", name, $2, $3, $4, $6 }' "$table"
}

# passed: the last runs of this code
passed() {
	local about
	for about in "$(work_dir)"/log/suite*/*.about; do
		[ "$(cut -f5 "$about" 2>/dev/null)" != "$code" ] || of_run "$about"
	done
}

# recorded NEW: before, of this code, and not in NEW
recorded() {
	[ ! -e "$results" ] || awk -F'\t' -v code="$code" '
		NR == FNR { if ($1 == "run") again[$2]; next }
		$1 == "run" { on = $7 == code && !($2 in again) } on' "$1" "$results"
}

new=$(mktemp)
trap 'rm -f "$new"' EXIT
passed >"$new"
[ -s "$new" ] || die "no suite of base $BASE passed with this code" "run: make vm BASE=$BASE SUITE=all"
old=$(recorded "$new")
mkdir -p "$TOP/results/suite"
{
	echo '# SPDX-License-Identifier: GPL-2.0'
	echo "# What scripts/suite-record.sh found in runs; docs/selftests.md is made from it."
	[ -z "$old" ] || printf '%s\n' "$old"
	cat "$new"
} >"$results.new"
mv "$results.new" "$results"
"$TOP/scripts/suite-report.sh"
