# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # $tree and $rules_said are set by who sources this
# What the series adds to $tree, and what a tool says of that alone. Sourced after lib.sh.

# added [-W]: each line, as FILE:NUMBER; or all lines of a function that has one
added() {
	git -C "$tree" diff "${1:--U0}" base..HEAD -- '*.[ch]' | awk '
		/^\+\+\+ b\// { file = substr($0, 7) }
		/^@@/ { split($3, range, /[+,]/); n = range[3] == "" ? 1 : range[3]
			for (i = 0; i < n; i++) print file ":" range[2] + i }'
}

# touched: the files of C that the series changes and that are compiled, a line each
touched() { git -C "$tree" diff --name-only --diff-filter=d base..HEAD -- '*.[ch]' ':!tools/'; }

# from_top <REPORT: a file that a line begins with is named from the top of the tree
from_top() { sed -E "s,^.*$tree/,,; s,^(\.\./)*(${tree##*/}/)?,,"; }

# of_the_series PATTERN [-W] <REPORT: the lines with PATTERN about a line that the series
# adds (see added). They begin with FILE:NUMBER: or, of the kernel-doc of 7.3, with
# Warning: FILE:NUMBER
of_the_series() {
	{ grep -aE -- "$1" || :; } | sed -E 's,^([Ww]arning|[Ee]rror): ,,' | from_top | sed -E 's,^([^: ]+:[0-9]+) ,\1: ,' |
		awk -F: 'NR == FNR { want[$1 ":" $2]; next } ($1 ":" $2) in want' <(added "${@:2}") - | sort -u
}

# run_rules FILE...: the kernel's own semantic patches on files of $tree, but for the few
# that need OCaml, 40 s a file. 1 if one of them cannot be run, or there is none. What is
# named together is looked at together, and a file may keep another's report away: in a
# directory each is by itself.
run_rules() {
	local aside rules options bad=0 run=0
	aside=$(work_dir)/build/rules
	rm -rf "$aside"
	mkdir -p "$aside" && cd "$tree" && cp --parents -t "$aside" -- "$@" || return
	while read -r rules; do
		read -ra options <<<"$(sed -n 's,^// *Options: *,,p' "$rules")"
		timeout "$((40 * $#))" spatch -D report --no-show-diff --very-quiet --jobs "$JOBS" "${options[@]}" \
			--include-headers --cocci-file "$rules" --dir "$aside" 2>"$rules_said" | sed "s,^$aside/,," ||
			{ echo "$rules cannot be run: $(tail -n 1 "$rules_said")"; bad=1; }
		run=$((run + 1))
	done < <(grep -rlE '^virtual report' scripts/coccinelle | xargs grep -L ocaml | sort)
	say "  .. $run semantic patches, $# files"
	[ "$run" -gt 0 ] && [ "$bad" -eq 0 ]
}
