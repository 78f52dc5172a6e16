#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# suite-letter.sh FILE: what letters tell of the recorded runs of the kernel's selftests
# (scripts/suite-record.sh has the format), as records (scripts/render.py): how many tests of
# each suite passed, failed, were skipped or missing, and how many of all suites with what
# both kernels had beside. A run that was worse is not told: no check passes with it.
set -euo pipefail

awk -F'\t' -v OFS='\t' '
BEGIN { verdicts = split("pass fail skip missing", verdict, " ") }
# what both kernels had beside, of the name of a kind
function beside(kind) {
	sub(/^suite-?/, "", kind)
	gsub(/-/, " ", kind)
	if (sub(/refuse /, "", kind)) kind = kind " % of order 3 refused"
	return kind ? kind : "nothing beside"
}
function cell(title, row, label, side,   i, value) {
	for (i = 1; i <= verdicts; i++)
		value = value (i > 1 ? "/" : "") n[title, row, side, verdict[i]] + 0
	print title ": " label ": " side, value, "pass/fail/skip/none", "counted in the reports of the runs", of[title, row]
}
function count(title, row, base, patched) {
	n[title, row, "base", base]++
	n[title, row, "patched", patched]++
}
function tell(base, patched) {
	count("selftests by kind", name[1], base, patched)
	if (name[1] == "suite") count("selftests", name[2], base, patched)
}
# of a command of which no line is recorded the status is the test
function flush() {
	if (status && !tests) tell(status, patched)
	tests = 0
	status = ""
}
function first(title, row) {
	if (!((title, row) in of)) {
		order[++rows] = title SUBSEP row
		of[title, row] = $4 OFS $5 OFS $6
	}
}
$1 == "run" {
	flush()
	split($2, name, " ")
	worse = $8 == "worse"
	if (worse) next
	suites[name[1]]++
	first("selftests by kind", name[1])
	if (name[1] == "suite") first("selftests", name[2])
}
worse { next }
$1 == "test" { tell($4, $5); tests++ }
$1 == "end" && $3 == "exit status" { status = $4; patched = $5 }
END {
	flush()
	for (i = 1; i <= rows; i++) {
		split(order[i], key, SUBSEP)
		label = key[2] ~ /^suite/ ? beside(key[2]) ", " suites[key[2]] " suite" (suites[key[2]] > 1 ? "s" : "") : key[2]
		cell(key[1], key[2], label, "base")
		cell(key[1], key[2], label, "patched")
	}
}' "$1"
