#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# soak-record.sh [SOAK]: what the stress counted in the last soak, or in that directory,
# into results/soak/, if every machine of tests/soak is in it and passed.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base

all=$(work_dir)/soak
mkdir -p "$all"
soak=${1:-$(find "$all" -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1)}
[ -z "$KERNEL_SRC" ] || die "results/soak/$BASE.run is of the packaged base, not of $KERNEL_SRC" \
	"run it without KERNEL_SRC"
[ -s "$soak/about" ] || die "there is no soak of base $BASE" "run: make soak BASE=$BASE"

# machine NAME MIB: a head, then its cases
machine() {
	local dir=$soak/$1
	"$TOP/scripts/stress-verdict.sh" "$dir" >/dev/null 2>&1 ||
		die "$1 did not pass, or was not run" "see: scripts/stress-verdict.sh $dir; then make soak BASE=$BASE"
	printf 'machine\t%s\t%s\t%s\t%s\t%s\n' "$1" "$(cut -d, -f1 "$dir/accelerator")" "$(cpus_of "$dir/result")" "$2" \
		"$(awk '$1 " " $2 " " $3 == "# figure checkers" { print $4 }' "$dir/result" | sed 's/,$//; s/,/ /g')"
	sed -nE 's/^# stress ([a-z0-9-]+): (.*[^ ]) *$/case\t\1\t\2/p' "$dir/result"
}

# cpus_of RESULT: on so many something was allocated
cpus_of() { grep -o 'allocated_per_second_cpu[0-9]*' "$1" | sort -u | wc -l; }

new=$(mktemp)
trap 'rm -f "$new"' EXIT
{
	echo '# SPDX-License-Identifier: GPL-2.0'
	echo "# What scripts/soak-record.sh found in a soak; docs/soak.md is made from it."
	cat "$soak/about"
	while read -r name _ _ mib _; do
		machine "$name" "$mib"
	done < <(grep '^[a-z]' "$TOP/tests/soak")
} >"$new"
mkdir -p "$TOP/results/soak"
install -m 644 "$new" "$TOP/results/soak/$BASE.run"
"$TOP/scripts/soak-report.sh"
