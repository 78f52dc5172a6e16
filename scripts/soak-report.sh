#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# soak-report.sh [--check]: docs/soak.md from results/soak/. With --check: fails, with the
# difference, if that in the repository is not what it would write.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/report-lib.sh
. "$TOP/scripts/report-lib.sh"

# of_base FILE BASE: a row for each machine, of all its cases together, and how many there are
of_base() {
	awk -F'\t' -v all="$(machines_of "$2")" '
	function flush() {
		if (!name) return
		rows = rows sprintf("| %s | %s | %s | %s | %s | %d | %.1f | %d | %d |", name, on, cpus, mib, checkers, cases, ms / 60000, n, ms ? n * 1000 / ms / cpus : 0)
		rows = rows sprintf(" %d | %d | %d | %d | %s |\n", high, low, reused, lost, of)
		total += ms
		cases = ms = n = high = low = reused = lost = 0
	}
	function apart(a, b) { return a > b ? a - b : b - a }
	$1 == "machine" {
		flush()
		name = $2; on = $3; cpus = $4; mib = $5; checkers = $6
		machines++
		of = $8 ", " $9 ", " $10 ", tree " $11
	}
	$1 == "case" {
		split("", v)
		words = split($3, word, " ")
		for (i = 1; i <= words; i++) { split(word[i], pair, "="); v[pair[1]] = pair[2] }
		cases++; ms += v["ms"]; n += v["allocated"]
		high += v["refills_high"]; low += v["refills_low"]; reused += v["reused"]
		lost += v["damaged"] + v["misplaced"] + v["wrong_order"] + v["wrong_context"] + v["untracked"]
		lost += apart(v["allocated"], v["freed"]) + apart(v["refills_high"] + v["refills_low"], v["pages_freed"])
	}
	END {
		flush()
		printf "%d of %d machines, %d minutes together.\n\n", machines, all, total / 60000
		print "| machine | on | CPUs | MiB | checkers | cases | minutes | fragments | per s and CPU | order-3 pages | order-0 pages | reuses | lost or damaged | when, of what |"
		print "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
		printf "%s", rows
	}' "$1"
}

# machines_of BASE
machines_of() { (BASE=$1; load_base; soak_rows '' | wc -l); }

intro() {
	cat <<-'EOF'
	<!-- SPDX-License-Identifier: GPL-2.0 -->
	# Soak

	What the stress of the selftests counted on every machine of `tests/soak`, all cases of
	a machine together. Written by `scripts/soak-report.sh` from `results/soak/`, where
	`make soak-record` puts each machine that passed in its share of an hour. A rate of an
	emulated machine (tcg) says nothing about hardware. Trees differ by more than the code:
	of the machines of a base the allocator, its users and the module are the same. kmemleak
	misses a few lost objects on 7.3: of sixteen it told none, of a thousand some.
	EOF
}

write_or_check "${1:-}" soak soak run "No soak is recorded."
