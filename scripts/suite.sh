#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# suite.sh: the kernel's own selftests that $SUITE names (of tests/suites; patterns
# are possible, all is '*'), and programs of tests/suite, on the unpatched base and on the
# patched kernel, as a test layer. What each run left is in log/KIND, where the kind is
# suite, the words of DEBUG, which names fragments to add to both kernels, and refuse-N with
# SUITE_REFUSE: so many percent of the pages of order 3 and above are refused to who does
# not reclaim, on both. What a program of ours says of values is then a matter of chance,
# but for all of them. What failed on the patched kernel alone is run SUITE_AGAIN times on
# each, in turn, if tests/suites says how: scripts/suite.pl says what that has to show.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

wanted=${SUITE:-}
SUITE_REFUSE=${SUITE_REFUSE:-}
SUITE_AGAIN=${SUITE_AGAIN:-20}
[[ $SUITE_AGAIN =~ ^([2-9][0-9]|[1-9][0-9]{2})$ ]] ||
	die "SUITE_AGAIN is no number of runs: $SUITE_AGAIN" "give 20 to 999: fewer show too little"
[[ $SUITE_REFUSE =~ ^([1-9][0-9]?|100|)$ ]] ||
	die "SUITE_REFUSE is no number of percent: $SUITE_REFUSE" "give 1 to 100, or nothing"
read -ra debug <<<"${DEBUG:-}"
work=$(work_dir)
kernels=$(IFS=-; echo "suite${debug:+-}${debug[*]}")
kind=$kernels${SUITE_REFUSE:+-refuse-$SUITE_REFUSE}
build=$work/build/$kernels
log=$work/log/$kind
fragments=("$TOP"/configs/suite{,-uml,"-$BASE"}.config)
[ -r "${fragments[2]}" ] || unset 'fragments[2]'
for word in "${debug[@]}"; do
	fragment=$(debug_fragment "$word")
	fragments+=("$fragment")
done
SUITE_WORDS="$(debug_parameters "${debug[@]}" | paste -sd' ') ${SUITE_REFUSE:+refuse=$SUITE_REFUSE}"
export SUITE_WORDS

# chosen: the lines of tests/suites that SUITE names
chosen() {
	local words word line
	read -ra words <<<"$wanted"
	for word in "${words[@]}"; do
		[ "$word" != all ] || word='*'
		while read -r line; do
			# shellcheck disable=SC2053 # a pattern
			[[ ${line%%$'\t'*} != $word ]] || printf '%s\n' "$line"
		done < <(grep -v '^#' "$TOP/tests/suites")
	done
}

# made_of COMMIT: what a kernel depends on
made_of() {
	git -C "$work/tree" rev-parse "$1^{tree}"
	gcc -dumpfullversion
	cat "${fragments[@]}" "$TOP/scripts/config.sh"
}

# kernel SIDE COMMIT: in $work/$kernels/SIDE, built unless it is there. One tree and one
# build directory for both: what the series does not touch is compiled once.
kernel() {
	local dir=$work/$kernels/$1 tree id
	id=$(made_of "$2" | sha256sum)
	[ "$(cat "$dir/id" 2>/dev/null)" != "$id" ] || return 0
	tree=$("$TOP/scripts/worktree.sh" suite "$2")
	need_space "$work" 2000
	rm -rf "$dir"
	mkdir -p "$dir" "$build"
	"$TOP/scripts/config.sh" "$tree" "$build" um "${fragments[@]}" >&2
	step "building the $1 kernel of the suites" "$work/log/build-$kernels-$1.log" \
		make -C "$tree" O="$build" ARCH=um CC="ccache gcc" -j"$JOBS" linux ||
		die "the $1 kernel of the suites does not build" "see $work/log/build-$kernels-$1.log"
	cp "$build/linux" "$build/modules.builtin" "$build/modules.builtin.modinfo" "$dir/"
	: >"$dir/modules.order"
	printf '%s\n' "$id" >"$dir/id"
}

# programs: of the chosen suites, each once, as far as this base has them
programs() {
	cut -f5 <<<"$list" | tr , '\n' | sort -u |
		awk -F@ -v base="$BASE" 'NF == 1 || $2 == base { print $1 }'
}

# about SUITE VERDICT: what that run was of, for suite-record.sh
about() {
	local release tree id
	release=$(make -s -C "$work/tree" kernelversion)
	tree=$(tree_id)
	id=$(suite_id "$1")
	printf '%s\t%s\tgcc %s\t%s\t%s\t%s\n' "$(date +%F)" "$release" "$(gcc -dumpfullversion)" \
		"$tree" "$id" "$2" >"$log/$1.about"
}

# boot SIDE RUNDIR CLOCK SECONDS DIRECTORY WORD...: a kernel, whose run is left there
# shellcheck disable=SC2317 # step calls it
boot() {
	"$TOP/scripts/suite-boot.sh" "$work/$kernels/$1/linux" "$rootfs" "$work/suite/tests" "${@:2}"
}

# alone SUITE AGAIN: the words that a command needs to run again the tests that failed on the
# patched kernel alone, one a line; fails if there is no such test
alone() {
	awk -F'\t' -v option="$2" '
	$7 == "alone" {
		some = 1
		sub(/^[^:]*: /, "", $2)
		if (option ~ /^-/) print option
		if (option != "all") print $2
	}
	END { exit !some }' "$log/$1.tsv"
}

# again SUITE CLOCK SECONDS DIRECTORY WORD...: on both kernels in turn
again() {
	local n side
	for ((n = 1; n <= SUITE_AGAIN; n++)); do
		for side in base patched; do
			step "$1 again, $n of $SUITE_AGAIN, on the $side kernel" "$log/$1/again.boot" \
				boot "$side" "$log/$1/again/$side-$n" "${@:2}" || :
		done
	done
}

# compare SUITE JUDGE [AGAIN]: the verdict, and whether nothing is worse
compare() {
	"$TOP/scripts/suite.pl" "$1" "$2" "$log/$1/base" "$log/$1/patched" "$log/$1.tsv" "${@:3}"
}

# judged SUITE CLOCK SECONDS JUDGE DIRECTORY COMMAND AGAIN: compared, and run again if need be
judged() {
	local words names=() status=0
	compare "$1" "$4" >"$log/$1.tap" || status=$?
	[ "$status" -eq 1 ] && [ -n "$7" ] && alone "$1" "$7" >"$log/$1/alone" || return "$status"
	read -ra words <<<"$6"
	mapfile -t names <"$log/$1/alone"
	again "$1" "$2" "$3" "$5" "${words[@]}" "${names[@]}"
	compare "$1" "$4" "$log/$1/again" >"$log/$1.tap"
}

# run SUITE CLOCK SECONDS JUDGE DIRECTORY COMMAND AGAIN: on both kernels, compared; the
# verdict is void if there is nothing to compare with, or no page was refused that had to be
run() {
	local side words verdict=passed
	rm -rf "$log/${1:?}" "$log/$1.about"
	read -ra words <<<"$6"
	for side in base patched; do
		step "$1 on the $side kernel" "$log/$1/$side.boot" \
			boot "$side" "$log/$1/$side" "$2" "$3" "$5" "${words[@]}" || :
	done
	judged "$@" || { [ $? -eq 2 ] && verdict=void || verdict=worse; }
	cat "$log/$1.tap"
	[ -z "$SUITE_REFUSE" ] || some_refused "$1" || [ "$verdict" = worse ] || verdict=void
	about "$1" "$verdict"
	[ "$verdict" = passed ] || rc=1
}

# refused SUITE SIDE: how many pages were, whoever asked for them
refused() {
	local pages
	read -r pages 2>/dev/null <"$log/$1/$2/refused" || :
	echo "${pages:-0}"
}

# some_refused SUITE: or what passed says nothing of that
some_refused() {
	local side pages status=0
	for side in base patched; do
		pages=$(refused "$1" "$side")
		if [ "$pages" -gt 0 ]; then
			echo "ok - suite $1: the $side kernel was refused $pages pages of order 3 and above"
		else
			echo "not ok - suite $1: the $side kernel was refused no page"
			status=1
		fi
	done
	return "$status"
}

# count SUITE COLUMN VERDICT: tests of the table
count() { awk -F'\t' -v c="$2" -v v="$3" '$c == v { n++ } END { print n + 0 }' "$log/$1.tsv"; }

# counts SUITE: a row of the summary
counts() {
	local side column=2 verdict row
	row=$(printf '%-22s' "$1")
	for side in base patched; do
		column=$((column + 1))
		for verdict in pass fail skip missing; do
			row+=$(printf '%6s' "$(count "$1" "$column" "$verdict")")
		done
	done
	say "$row"
}

summary() {
	local name
	say "$(printf '%-22s%24s%24s' '' 'base' 'patched')"
	say "$(printf '%-22s' suite; printf '%6s%6s%6s%6s' pass fail skip none pass fail skip none)"
	while IFS=$'\t' read -r name _; do
		counts "$name"
	done <<<"$list"
}

list=$(chosen)
[[ $SUITE_REFUSE =~ ^(100|)$ ]] || list=$(awk -F'\t' '$4 != "own"' <<<"$list")
[ -n "$list" ] || die "SUITE names no suite: $wanted" \
	"known: $(grep -v '^#' "$TOP/tests/suites" | cut -f1 | paste -sd' '), or all"
rootfs=$("$TOP/scripts/rootfs.sh")
# The base first, whose tree the tests are of.
kernel base base
mapfile -t needed < <(programs)
tree=$("$TOP/scripts/worktree.sh" selftests base)
"$TOP/scripts/selftests.sh" "$tree" "$work/suite" "${needed[@]}"
kernel patched HEAD
rc=0
mkdir -p "$log"
# What 6.12 as a process does not do by itself on every processor.
SUITE_PRELOAD=$work/suite/uml-xstate.so
gcc -O2 -Wall -Werror -shared -fPIC -o "$SUITE_PRELOAD" "$TOP/tests/uml-xstate.c" ||
	die "tests/uml-xstate.c does not compile" "run: scripts/deps.sh vm"
export SUITE_PRELOAD
while IFS=$'\t' read -r name clock seconds judge _ directory command again; do
	run "$name" "$clock" "$seconds" "$judge" "$directory" "$command" "$again"
done <<<"$list" >"$log/tap"
awk '/^(not )?ok / { sub(/ok /, "ok " ++n " "); print }
	END { printf "1..%d\n", n }' "$log/tap"
summary
exit "$rc"
