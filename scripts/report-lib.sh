# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the reports made from results/ share: a section for each base, and writing or
# checking the document. Sourced after lib.sh, by who has intro() and of_base FILE BASE.

# sections DIR SUFFIX NONE: of each base, the newest first; NONE where nothing is recorded
sections() {
	local base
	while read -r base; do
		printf '\n## %s\n\n' "$base"
		if [ -e "$TOP/results/$1/$base.$2" ]; then
			of_base "$TOP/results/$1/$base.$2" "$base"
		else
			echo "$3"
		fi
	done < <(bases)
}

report() {
	intro
	sections "$@"
}

# write_or_check CHECK DOC DIR SUFFIX NONE: docs/DOC.md; with CHECK --check it has to be that
write_or_check() {
	local doc=$TOP/docs/$2.md
	if [ "$1" = --check ]; then
		diff -u "$doc" <(report "${@:3}") || die "docs/$2.md is not what results/$3/ gives" "run: scripts/$3-report.sh"
		return
	fi
	report "${@:3}" >"$doc.new"
	mv "$doc.new" "$doc"
	say "report: $doc"
}
