#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# suite-report.sh [--check]: docs/selftests.md from results/suite/. With --check: fails, with
# the difference, if that in the repository is not what it would write.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/report-lib.sh
. "$TOP/scripts/report-lib.sh"

# of_base FILE BASE: a row for each suite of a kind, then each test that does not pass on both
of_base() {
	awk -F'\t' '
	function cell(text) { gsub(/\|/, "\\|", text); return text }
	function counts(side, v) {
		return sprintf(" %d | %d | %d | %d |", n[side, "pass"], n[side, "fail"], n[side, "skip"], n[side, "missing"])
	}
	function flush() {
		if (!name) return
		sub(/^suite-?/, "", name)
		split(name, word, / /)
		rows = rows "| " word[2] " | " (word[1] ? word[1] : "-") " |" counts("base") counts("patched") " " of " |\n"
		split("", n)
	}
	$1 == "run" {
		flush()
		name = $2 ~ /^suite / ? "suite- " substr($2, 7) : $2
		of = $3 ", " $4 ", " $5 ", tree " $6
	}
	$1 == "test" {
		n["base", $4]++; n["patched", $5]++
		if ($4 " " $5 == "pass pass") next
		kind = $2; suite = $2; sub(/ .*/, "", kind); sub(/.* /, "", suite); sub(/^suite-?/, "", kind)
		key = suite SUBSEP $3 SUBSEP $4 SUBSEP $5 SUBSEP $6
		if (!(key in kinds)) order[++count] = key
		kinds[key] = kinds[key] (kinds[key] ? ", " : "") (kind ? kind : "-")
	}
	END {
		flush()
		print "| suite | with | base: pass | fail | skip | none | patched: pass | fail | skip | none | when, of what |"
		print "|---|---|---|---|---|---|---|---|---|---|---|"
		printf "%s\n", rows
		print "| suite | a test that does not pass on both | base | patched | why | with |"
		print "|---|---|---|---|---|---|"
		for (i = 1; i <= count; i++) {
			split(order[i], k, SUBSEP)
			printf "| %s | %s | %s | %s | %s | %s |\n", k[1], cell(k[2]), k[3], k[4], cell(k[5]), kinds[order[i]]
		}
	}' "$1"
}

intro() {
	cat <<-'EOF'
	<!-- SPDX-License-Identifier: GPL-2.0 -->
	# The kernel's own selftests

	`make vm SUITE=all` runs those of `tests/suites`, unchanged, on the base kernel and on the
	patched one, of one configuration, and fails if a test is worse. Below: how many passed,
	by suite and by what both kernels had beside (checkers, and so many percent of the pages of
	order 3 and above refused); then each test that did not pass on both. Every test by name
	is in `results/suite/`. Written by `scripts/suite-report.sh`; `make suite-record` puts the
	last runs there. "none": the test is not in the report of that kernel. A suite that was not
	run, or whose last run was worse, has no row.
	EOF
}

write_or_check "${1:-}" selftests suite tsv "No run is recorded."
