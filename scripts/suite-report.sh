#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# suite-report.sh [--check]: docs/selftests.md from results/suite/. With --check: fails, with
# the difference, if that in the repository is not what it would write, and if a suite is
# recorded that was worse on the patched kernel.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/report-lib.sh
. "$TOP/scripts/report-lib.sh"

# runs: all that are recorded, of all bases
runs() { grep -h '^run' "$TOP"/results/suite/*.tsv 2>/dev/null || :; }

# of_base FILE BASE: a row for each suite of a kind, then those that were not run, and each
# test that does not pass on both
of_base() {
	awk -F'\t' '
	FILENAME == ARGV[1] {
		named($2)
		if (!(kind in told)) { told[kind]; with[++withs] = kind }
		next
	}
	FILENAME == ARGV[2] { if (!/^#/) { all[++suites] = $1; own[$1] = $4 == "own" } next }
	# the kind, nothing if both had nothing beside, and the suite of a name
	function named(name) {
		kind = suite = name
		sub(/ .*/, "", kind); sub(/^suite-?/, "", kind)
		sub(/.* /, "", suite)
	}
	function cell(text) { gsub(/\|/, "\\|", text); return text }
	function counts(side, v) {
		return sprintf(" %d | %d | %d | %d |", n[side, "pass"], n[side, "fail"], n[side, "skip"], n[side, "missing"])
	}
	# of a command of which no line is recorded the status is the test
	function flush() {
		if (!of) return
		if (!tests) { n["base", status["base"]] = 1; n["patched", status["patched"]] = 1 }
		tests = 0
		rows = rows "| " suite " | " (kind ? kind : "-") " |" counts("base") counts("patched") " " worse " | " of " |\n"
		split("", n)
	}
	# what a program of ours says when some of the pages are refused is a matter of chance
	function not_run(kind,   i, list) {
		for (i = 1; i <= suites; i++)
			if (!((kind, all[i]) in ran) && !(own[all[i]] && kind ~ /refuse-[0-9][0-9]?$/))
				list = list (list ? ", " : "") all[i]
		return list ? "Not run, " (kind ? "with " kind : "with nothing beside") ": " list ".\n" : ""
	}
	$1 == "run" {
		flush()
		named($2)
		of = $3 ", " $4 ", " $5 ", tree " $6
		worse = $8 == "passed" ? "none" : "some"
		ran[kind, suite]
	}
	$1 == "test" { n["base", $4]++; n["patched", $5]++; tests++ }
	$1 == "end" && $3 == "exit status" { status["base"] = $4; status["patched"] = $5 }
	$1 == "test" || $1 == "end" {
		if ($4 " " $5 == "pass pass") next
		key = suite SUBSEP $3 SUBSEP $4 SUBSEP $5 SUBSEP $6
		if (!(key in kinds)) order[++count] = key
		kinds[key] = kinds[key] (kinds[key] ? ", " : "") (kind ? kind : "-")
	}
	END {
		flush()
		print "| suite | with | base: pass | fail | skip | none | patched: pass | fail | skip | none | worse | when, of what |"
		print "|---|---|---|---|---|---|---|---|---|---|---|---|"
		printf "%s\n", rows
		for (i = 1; i <= withs; i++) missing = missing not_run(with[i])
		if (missing) printf "%s\n", missing
		print "| suite | a test that does not pass on both | base | patched | why | with |"
		print "|---|---|---|---|---|---|"
		for (i = 1; i <= count; i++) {
			split(order[i], k, SUBSEP)
			printf "| %s | %s | %s | %s | %s | %s |\n", k[1], cell(k[2]), k[3], k[4], cell(k[5]), kinds[order[i]]
		}
	}' <(runs) <(grep -v '^#' "$TOP/tests/suites") "$1"
}

intro() {
	cat <<-'EOF'
	<!-- SPDX-License-Identifier: GPL-2.0 -->
	# The kernel's own selftests

	`make vm SUITE=all` runs those of `tests/suites`, unchanged, on the base kernel and on the
	patched one, of one configuration, and fails if a test is worse. Below: how many passed,
	by suite and by what both kernels had beside (checkers, and so many percent of the pages of
	order 3 and above refused), and whether any is worse; then each test that did not pass on
	both, and how a command or its guest ended if that is not well. Of a command that prints no
	TAP each line is a test, or, if its lines are not on record, its exit status is. Every test
	by name is in `results/suite/`. Written by `scripts/suite-report.sh`; `make suite-record`
	puts the last runs there. "none": the test is not in the report of that kernel.
	EOF
}

# none_worse: of those recorded
none_worse() {
	local worse
	worse=$(runs | awk -F'\t' '$8 != "passed" { print $2 }')
	[ -z "$worse" ] || die "a suite is worse on the patched kernel: ${worse//$'\n'/, }" "see docs/selftests.md"
}

write_or_check "${1:-}" selftests suite tsv "No run is recorded."
[ "${1:-}" != --check ] || none_worse
