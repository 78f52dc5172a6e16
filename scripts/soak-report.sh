#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# soak-report.sh [--check]: docs/soak.md from results/soak/. With --check: fails, with the
# difference, if that in the repository is not what it would write.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# of_base FILE: a row for each machine, of all its cases together
of_base() {
	awk -F'\t' '
	function flush() {
		if (!name) return
		printf "| %s | %s | %s | %s | %s | %d | %.1f | %d | %d |", name, on, cpus, mib, checkers, cases, ms / 60000, n, ms ? n * 1000 / ms / cpus : 0
		printf " %d | %d | %d | %d |\n", high, low, reused, lost
		cases = ms = n = high = low = reused = lost = 0
	}
	function apart(a, b) { return a > b ? a - b : b - a }
	$1 == "about" {
		printf "Linux %s, %s, tree %s, %s, for %d minutes.\n\n", $2, $3, $4, $5, $6 / 60
		print "| machine | on | CPUs | MiB | checkers | cases | minutes | fragments | per s and CPU | order-3 pages | order-0 pages | reuses | lost or damaged |"
		print "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
	}
	$1 == "machine" { flush(); name = $2; on = $3; cpus = $4; mib = $5; checkers = $6 }
	$1 == "case" {
		split("", v)
		words = split($3, word, " ")
		for (i = 1; i <= words; i++) { split(word[i], pair, "="); v[pair[1]] = pair[2] }
		cases++; ms += v["ms"]; n += v["allocated"]
		high += v["refills_high"]; low += v["refills_low"]; reused += v["reused"]
		lost += v["damaged"] + v["misplaced"] + v["wrong_order"] + v["wrong_context"] + v["untracked"]
		lost += apart(v["allocated"], v["freed"]) + apart(v["refills_high"] + v["refills_low"], v["pages_freed"])
	}
	END { flush() }' "$1"
}

report() {
	local base
	cat <<-'EOF'
	<!-- SPDX-License-Identifier: GPL-2.0 -->
	# Soak

	What the stress of the selftests counted on every machine of `tests/soak`, all cases of
	a machine together. Written by `scripts/soak-report.sh` from `results/soak/`, where
	`make soak-record` puts the last soak if all of it passed, with an hour or more for all
	machines together. A rate of an emulated machine (tcg) says nothing about hardware.
	EOF
	while read -r base; do
		printf '\n## %s\n\n' "$base"
		if [ -e "$TOP/results/soak/$base.run" ]; then
			of_base "$TOP/results/soak/$base.run"
		else
			echo "No soak is recorded."
		fi
	done < <(cd "$TOP/kernels" && printf '%s\n' * | sort -rV)
}

if [ "${1:-}" = --check ]; then
	diff -u "$TOP/docs/soak.md" <(report) || die "docs/soak.md is not what results/soak/ gives" "run: scripts/soak-report.sh"
	exit 0
fi
report >"$TOP/docs/soak.md.new"
mv "$TOP/docs/soak.md.new" "$TOP/docs/soak.md"
say "report: $TOP/docs/soak.md"
