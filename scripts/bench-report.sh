#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# bench-report.sh [--check]: docs/benchmarks.md and its plots in docs/bench/, from
# what is recorded in results/. With --check: fails, with the difference, if those
# in the repository are not what it would write.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# The limits are those that are written down.
unset BENCH_NOISE BENCH_UNQUIET BENCH_LOAD
docs=$TOP/docs
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
command -v gnuplot >/dev/null || die "no gnuplot" "run: make bench-report, or scripts/deps.sh bench-report"

# plot NAME.gp: NAME.svg, with the line that every file has
plot() {
	local svg=${1%.gp}.svg
	(cd "$tmp/bench" && gnuplot "$1") || die "gnuplot cannot draw $1"
	sed -i '1a <!-- SPDX-License-Identifier: GPL-2.0 -->' "$tmp/bench/$svg"
	rm "$tmp/bench/$1"
}

mapfile -t all < <(bases)
python3 -B "$TOP/scripts/bench-report.py" "$TOP/results" "$tmp" "${all[@]}"
for script in "$tmp"/bench/*.gp; do
	[ ! -e "$script" ] || plot "$(basename "$script")"
done

if [ "${1:-}" = --check ]; then
	mkdir -p "$tmp/now"
	cp -r "$docs"/benchmarks.md "$docs"/bench "$tmp/now/" 2>/dev/null || :
	mkdir -p "$tmp/now/bench"
	{ diff -u "$tmp/now/benchmarks.md" "$tmp/benchmarks.md" && diff -ru "$tmp/now/bench" "$tmp/bench"; } ||
		die "docs/benchmarks.md is not what results/ gives" "run: make bench-report"
	exit 0
fi
rm -rf "$docs/bench"
cp "$tmp/benchmarks.md" "$docs/"
[ -z "$(ls "$tmp/bench")" ] || cp -r "$tmp/bench" "$docs/"
say "report: $docs/benchmarks.md"
