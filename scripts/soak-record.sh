#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# soak-record.sh [DIR]: what the stress counted on each machine of the last soak, or of that
# in DIR, into results/soak/; SOAK: only these. Each has to have passed, as it is in
# tests/soak, in its share of an hour, with the code and the module of now. What was recorded
# of another machine stays if it was, too: a soak can be taken in parts.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base

module=tools/testing/selftests/mm/page_frag/page_frag_stress.c
last=$(work_dir)/soak.last
soak=${1:-$(cat "$last" 2>/dev/null || :)}
results=$TOP/results/soak/$BASE.run
[ -z "$KERNEL_SRC" ] || die "$results is of the packaged base, not of $KERNEL_SRC" \
	"run it without KERNEL_SRC"
[ -n "$soak" ] || die "there is no soak of base $BASE" "run: make soak BASE=$BASE"
[ -s "$soak/about" ] || die "the soak is gone, or never was: $soak" "run: make soak BASE=$BASE"

IFS=$'\t' read -r _ kernel compiler tree date _ <"$soak/about"
code=$(code_id HEAD $module 2>/dev/null) || die "there is no tree of base $BASE" "run: make tree BASE=$BASE"
was=$(code_id "$tree" $module 2>/dev/null) || die "tree $tree is none of base $BASE" "run: make soak BASE=$BASE"
[ "$was" = "$code" ] ||
	die "the soak in $soak was of other code than tree $(tree_id) of base $BASE has now" "run: make soak BASE=$BASE"
share=$((3600 / $(soak_rows '' | wc -l)))

# machine NAME KIND CPUS MIB DEBUG: a head, then its cases
machine() {
	local dir=$soak/$1
	"$TOP/scripts/stress-verdict.sh" "$dir" >/dev/null 2>&1 ||
		die "$1 did not pass, or was not run" "see: scripts/stress-verdict.sh $dir; then make soak BASE=$BASE SOAK=$1"
	as_listed "$@"
	printf 'machine\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$(cut -d, -f1 "$dir/accelerator")" "$3" "$4" \
		"$(awk '$1 " " $2 " " $3 == "# figure checkers" { print $4 }' "$dir/result" | sed 's/,$//; s/,/ /g')" \
		"$(seconds_of "$dir")" "$date" "$kernel" "$compiler" "$tree" "$code"
	sed -nE 's/^# stress ([a-z0-9-]+): (.*[^ ]) *$/case\t\1\t\2/p' "$dir/result"
}

# as_listed NAME KIND CPUS MIB DEBUG: what ran is what tests/soak has of that name
as_listed() {
	local dir=$soak/$1 was want mend="run: make soak BASE=$BASE SOAK=$1"
	was="$(<"$dir/machine") DEBUG='$(<"$dir/debug")'"
	want="$2 $3 $4 DEBUG='$(sorted_words "$5")'"
	[ "$was" = "$want" ] || die "$1 was run as $was, in tests/soak it is $want" "$mend"
	[ "$(cpus_of "$dir/result")" = "$3" ] || die "$1 allocated on $(cpus_of "$dir/result") processors of $3" "$mend"
	[ "$(seconds_of "$dir")" -ge "$share" ] || die "$1 ran for $(seconds_of "$dir") s, its share of an hour is $share" "$mend"
}

# cpus_of RESULT: on so many something was allocated
cpus_of() { grep -o 'allocated_per_second_cpu[0-9]*' "$1" | sort -u | wc -l; }

# seconds_of DIR: those that the cases were given; each loses less than a millisecond
seconds_of() {
	awk '/^# figure cases [0-9]+$/ { n = $4 }
		/^# stress seed .* ms for each case$/ { ms = $5 }
		END { print int(n * (ms + 1) / 1000) }' "$1/result"
}

# recorded NAME: before, of this code
recorded() {
	[ ! -e "$results" ] || awk -F'\t' -v name="$1" -v code="$code" '
		$1 == "machine" { on = $2 == name && $12 == code } on' "$results"
}

# wanted NAME: it is in this soak, and named if any are
wanted() { [ -d "$soak/$1" ] && [[ " ${SOAK:-$1} " = *" $1 "* ]]; }

new=$(mktemp)
trap 'rm -f "$new"' EXIT
{
	echo '# SPDX-License-Identifier: GPL-2.0'
	echo "# What scripts/soak-record.sh found in soaks; docs/soak.md is made from it."
	while read -r name kind cpus mib words; do
		if wanted "$name"; then machine "$name" "$kind" "$cpus" "$mib" "$words"; else recorded "$name"; fi
	done < <(soak_rows '')
} >"$new"
mkdir -p "$TOP/results/soak"
install -m 644 "$new" "$results"
"$TOP/scripts/soak-report.sh"
