#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# check.sh: the static gates, as TAP. The tree is applied already.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work
# shellcheck source=scripts/gates.sh
. "$TOP/scripts/gates.sh"
# shellcheck source=scripts/added.sh
. "$TOP/scripts/added.sh"

work=$(work_dir)
# CHECK_TREE: another patched tree, with builds of its own.
tree=${CHECK_TREE:-$work/tree}
build=$work/build${CHECK_TREE:+-gates}
header=include/linux/page_frag_cache.h
source=mm/page_frag_cache.c
export PYTHONDONTWRITEBYTECODE=1
# The distribution's python has the modules that its packages install.
PATH=/usr/bin:$PATH
dictionary=$(find /usr/lib/python3 -path '*codespell_lib/data/dictionary.txt' | head -n 1)

# The interface that the specification names, and what was added to it.
api=(page_frag_cache_init page_frag_cache_is_pfmemalloc page_frag_cache_drain
	__page_frag_cache_drain page_frag_alloc_va __page_frag_alloc_va_align
	page_frag_alloc_va_align page_frag_alloc_pg page_frag_alloc
	page_frag_alloc_va_prepare page_frag_alloc_va_prepare_align
	page_frag_alloc_pg_prepare page_frag_alloc_prepare
	page_frag_alloc_commit page_frag_alloc_commit_noref page_frag_free_va
	page_frag_cache_used page_frag_cache_rewind page_frag_alloc_prepare_rewind)

cd "$TOP"

# Not the inputs of the fuzzer nor what a guest wrote: they are as they came.
files_have_spdx() {
	local file bad=0
	while read -r file; do
		case $file in COPYING) continue ;; esac
		head -n 3 "$file" | grep -q SPDX-License-Identifier && continue
		echo "$file: no SPDX line"
		bad=1
	done < <(git ls-files ':!tests/verdict/good' ':!tests/stress-verdict/good' ':!tests/corpus')
	return $bad
}

# every_base: the archive has the package of each, not of this one alone
every_base() {
	local base bad=0
	for base in "$TOP"/kernels/*; do
		BASE=${base##*/} "$TOP/scripts/fetch.sh" || bad=1
	done
	return $bad
}

# found_none PATTERN...: git grep in the tree, where an error is no "nothing found"
found_none() {
	local rc=0
	git -C "$tree" grep -nE "$@" || rc=$?
	[ "$rc" -eq 1 ]
}

no_old_name() { found_none -w '__page_frag_alloc_align|page_frag_alloc_align|page_frag_free' -- .; }

# What the one allocator replaces; a name in a comment would be as wrong.
no_second_allocator() {
	found_none -w 'sk_page_frag|sk_page_frag_refill|skb_page_frag_refill|SKB_FRAG_PAGE_ORDER|sk_frag|net_high_order_alloc_disable_key|task_frag' -- .
}

# What the porting kit reports to others must not be in the tree either.
no_open_coded_internals() {
	local files found
	mapfile -t files < <(git -C "$tree" grep -lw page_frag_cache -- drivers net kernel fs include/net)
	[ ${#files[@]} -gt 0 ] || { echo "nobody uses struct page_frag_cache?"; return 1; }
	cd "$tree" || return
	found=$(for file in "${files[@]}"; do
		spatch -D report --very-quiet --no-show-diff --no-includes --include-headers \
			--cocci-file "$TOP/scripts/coccinelle/page_frag_helpers.cocci" "$file" || echo "$file: cannot be parsed"
	done 2>/dev/null)
	[ -z "$found" ] || { echo "$found"; return 1; }
}

# excused SUBJECT: what checkpatch may not know of a commit. A renamed line keeps the
# length, the alignment and the extern that it had; a tracepoint is not a function; the
# shims of tools/testing/page_frag are macros with the names of the kernel's.
excused() {
	case $1 in
	*'say _va'*) echo FILE_PATH_CHANGES,PARENTHESIS_ALIGNMENT,LONG_LINE,OPEN_ENDED_LINE,AVOID_EXTERNS ;;
	*'one allocator'*) echo FILE_PATH_CHANGES,OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT ;;
	*'user space'*) echo FILE_PATH_CHANGES,MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE,MACRO_ARG_UNUSED,MACRO_WITH_FLOW_CONTROL,EXPORT_SYMBOL,CAMELCASE ;;
	*) echo FILE_PATH_CHANGES ;;
	esac
}

# known_names: checkpatch keeps the names it finds in headers in a file, which is not whole
# while it is written; so one writes it before several run at once.
known_names() {
	echo 'int aName;' >"$gate_log/name.c"
	flock "$gate_log/name.c" ./scripts/checkpatch.pl --strict --quiet -f "$gate_log/name.c" >/dev/null || :
}

style() {
	cd "$tree" || return
	known_names
	git log --reverse --format='%H %s' base..HEAD | while read -r commit subject; do
		echo "$(excused "$subject") $commit"
	done | xargs -L 1 -P "$JOBS" ./scripts/checkpatch.pl --strict --codespell --codespellfile "$dictionary" \
		--no-signoff --quiet --showfile -g --ignore
}

owned_style() {
	cd "$tree" || return
	known_names
	./scripts/checkpatch.pl --strict --codespell --codespellfile "$dictionary" --no-tree --quiet --showfile \
		--ignore LONG_LINE_STRING -f "$header" "$source" mm/page_frag_cache.h mm/page_frag_test.c
}

kernel_doc() {
	cd "$tree" || return
	./scripts/kernel-doc -none -Wall -Werror "$header" "$source" include/trace/events/page_frag.h
}

# What it finds elsewhere, of lines that are not ours, is the base's. One file at a time:
# with several, 6.12 numbers the lines of all but the first one too high.
kernel_doc_added() {
	local files file found report=$gate_log/kernel-doc.txt
	cd "$tree" || return
	mapfile -t files < <(touched)
	[ ${#files[@]} -gt 0 ] || return
	for file in "${files[@]}"; do
		./scripts/kernel-doc -none -Wall "$file" || echo "status $?, of the base too"
	done >"$report" 2>&1
	grep -q '[Ww]arning' "$report" || { echo "it says nothing of the base either: was it run?"; return 1; }
	found=$(of_the_series '[Ww]arning|[Ee]rror' <"$report")
	[ -z "$found" ] || { echo "$found"; return 1; }
}

# Functions that the header and the source define or declare.
functions() {
	grep -hE '^(VISIBLE_IF_KUNIT )?[a-z_].*\(' "$header" "$source" |
		grep -vE '^(EXPORT_SYMBOL|static_assert|typeof|#)' |
		sed -nE 's/^.*[ *]([a-z_0-9]+)\(.*/\1/p; s/^([a-z_0-9]+)\(.*/\1/p' | sort -u
}

# Types whose members are anybody's; those of the cache are nobody's.
types() { sed -nE 's/^(enum|struct|union) ([a-z_0-9]+) \{$/\2/p' "$header"; }

# described: types that have kernel-doc, and functions whose has a Context
described() {
	./scripts/kernel-doc -rst "$header" "$source" 2>/dev/null | awk '
		/^\.\. c:/ { name = $NF }
		/^\.\. c:function::/ { sub(/ *\(.*/, ""); name = $NF; sub(/^\*+/, "", name) }
		/^\.\. c:(enum|struct|union)::/ || /^ *\*\*Context\*\*/ { print name }'
}

# Nothing to warn about is not enough: each name has a block, a function one with its
# contract.
documented() {
	local name names missing
	cd "$tree" || return
	names=$(functions)
	missing=$({
		printf '%s\n' "${api[@]}" | grep -vxF "$names" | sed 's/$/: not there/'
		{ echo "$names"; types; } | grep -vxF "$(described)" | sed 's/$/: no kernel-doc, or none with Context/'
	} || :)
	[ -z "$missing" ] || echo "$missing"
	echo "$({ echo "$names"; types; } | wc -l) symbols, $(grep -c . <<<"$missing" || :) without kernel-doc"
	[ -z "$missing" ]
}

tested() {
	local name bad=0
	cd "$tree" || return
	for name in "${api[@]}"; do
		grep -qw "$name" mm/page_frag_test.c || { echo "$name: not used by mm/page_frag_test.c"; bad=1; }
	done
	return $bad
}

# Only what concerns our files: the base has warnings of its own.
htmldocs() {
	local log=$gate_log/htmldocs.txt
	make -C "$tree" O="$build/docs" SPHINXDIRS=mm SPHINXOPTS=-E htmldocs >"$log" 2>&1 || { tail -n 20 "$log"; return 1; }
	[ -s "$build/docs/Documentation/output/mm/page_frags.html" ] ||
		[ -s "$build/docs/Documentation/output/page_frags.html" ] || { echo "no page_frags.html"; return 1; }
	! grep -iE '(page_frags\.rst|page_frag(_cache)?\.[ch]):.*(warning|error)' "$log"
}

shell_scripts() { git ls-files '*.sh' .ci/run tests/guest/{,suite-,few-,stress-,plants-,icount-}init | xargs shellcheck -x; }

# Those of the guest are compiled whenever one is packed.
suite_programs() {
	local source
	for source in "$TOP"/tests/suite/*.c "$TOP/tests/uml-xstate.c"; do
		gcc -Wall -Werror -fsyntax-only "$source" || return
	done
}

configured() {
	mkdir -p "$build/check"
	mapfile -t list < <(fragments vm)
	"$TOP/scripts/config.sh" "$tree" "$build/check" x86_64 "${list[@]}"
}

# debug_configured: the guest with each checker that DEBUG can name
debug_configured() {
	local fragment list
	for fragment in "$TOP"/configs/debug-*.config; do
		mapfile -t list < <(fragments vm "$(basename "${fragment##*/debug-}" .config)")
		"$TOP/scripts/config.sh" "$tree" "$build/check-debug" x86_64 "${list[@]}" || return
	done
}

# soak_configured: each kernel of tests/soak, which take an hour to build
soak_configured() {
	local kernel list
	local -A arch=([stress]=x86_64 [uml]=um)
	while read -ra kernel; do
		mapfile -t list < <(fragments "${kernel[@]}")
		"$TOP/scripts/config.sh" "$tree" "$build/check-${kernel[0]}" "${arch[${kernel[0]}]}" "${list[@]}" || return
	done < <(awk '/^[a-z]/ { sub(/^guest/, "stress", $2); $1 = $3 = $4 = ""; print }' "$TOP/tests/soak" | sort -u)
}

kmake() { make -s -C "$tree" O="$build/check" CC="ccache gcc" -j"$JOBS" "$@"; }

w1() {
	kmake prepare >/dev/null &&
		rm -f "$build/check/mm/page_frag_cache.o" "$build/check/mm/page_frag_test.o" &&
		kmake W=1 KCFLAGS=-Werror mm/page_frag_cache.o mm/page_frag_test.o
}

sparse_clean() {
	local out
	out=$(kmake C=2 CHECK="$SPARSE" mm/page_frag_cache.o mm/page_frag_test.o 2>&1) || { echo "$out"; return 1; }
	! grep -E 'page_frag.*warning|error:|is not available' <<<"$out"
}

# From a copy: kbuild writes beside its sources.
stress_module() {
	local dir=$build/check-stress out
	rm -rf "$dir"
	cp -r "$tree/tools/testing/selftests/mm/page_frag" "$dir" && kmake prepare >/dev/null || return
	out=$(kmake W=1 C=2 CHECK="$SPARSE" M="$dir" page_frag_stress.o 2>&1) || { echo "$out"; return 1; }
	! grep -E 'page_frag_stress.*warning|error:|is not available' <<<"$out"
}

# What make -C tools/testing/selftests TARGETS=mm would build, install and run. The makefile
# looks for a kernel that is built: one symbol list is enough for it.
mm_selftests() {
	local built=$build/check-selftests said
	mkdir -p "$built"
	touch "$built/Module.symvers"
	said=$(make -C "$tree/tools/testing/selftests/mm" -pnq ARCH=x86_64 O="$built" KDIR="$built" 2>/dev/null)
	grep -qx 'TEST_GEN_MODS_DIR := page_frag' <<<"$said" || { echo "TEST_GEN_MODS_DIR is not page_frag"; return 1; }
	grep -E '^TEST_(PROGS|FILES) :?= ' <<<"$said" | grep -qwE 'ksft_page_frag.sh|test_page_frag.sh' ||
		{ echo "neither TEST_PROGS nor TEST_FILES has the stress"; return 1; }
	grep -qx 'CATEGORY="page_frag" run_test ./test_page_frag.sh' "$tree/tools/testing/selftests/mm/run_vmtests.sh" ||
		{ echo "run_vmtests.sh does not run it"; return 1; }
}

semantic_patches() {
	local found bad=0 rules_said=$gate_log/spatch.err
	found=$(run_rules "$source" mm/page_frag_cache.h mm/page_frag_test.c "$header" \
		tools/testing/selftests/mm/page_frag/page_frag_stress.c) || bad=1
	[ -z "$found" ] || { echo "$found"; bad=1; }
	return $bad
}

# The entry has its place among the others, and its lines are in order.
maintainers_sorted() {
	local title entry
	title=$(grep -m1 -vE '^(#|$)' "$TOP/MAINTAINERS")
	cd "$tree" || return
	awk -v title="$title" '$0 == title { found = 1; bad = before > title; next }
		/^[0-9A-Z].*/ && !/^[A-Z]:\t/ { if (found) { bad = bad || title > $0; exit }; before = $0 }
		END { exit !found || bad }' MAINTAINERS || { echo "$title is not where it belongs"; return 1; }
	entry=$(awk -v title="$title" '$0 == title, /^$/' MAINTAINERS)
	diff - <(grep -v '^F:' <<<"$entry"; grep '^F:' <<<"$entry" | sort) <<<"$entry"
}

# paths: a file of each line F:, and those that the series adds elsewhere. mm/page_alloc.h
# is the page allocator's; 6.12 gets it early.
paths() {
	local entries entry
	mapfile -t entries < <(sed -n 's/^F:[[:space:]]*//p' "$TOP/MAINTAINERS")
	# What is not there is asked for too, and refused.
	for entry in "${entries[@]}"; do git ls-files "$entry" | sed -n 1p | grep . || echo "$entry"; done
	git diff --diff-filter=A --name-only base..HEAD -- . ':!mm/page_alloc.h' "${entries[@]/#/:!}"
}

maintainers() {
	local file entries
	cd "$tree" || return
	while read -r file; do
		entries=$(./scripts/get_maintainer.pl --no-git-fallback --sections -f "$file") || return
		grep -q '^PAGE FRAGMENT ALLOCATOR' <<<"$entries" ||
			{ echo "$file: get_maintainer.pl does not name the entry"; return 1; }
	done < <(paths)
}

# What the series touches is compiled by scripts/objects.sh, but for a comment in a
# file of arm64.
objects_listed() {
	local file missing=0
	# shellcheck source=scripts/allmod.sh
	. "$TOP/scripts/allmod.sh"
	while read -r file; do
		allmod_objects | grep -x "${file%.c}.o" >/dev/null && continue
		echo "tests/objects does not have ${file%.c}.o"
		missing=1
	done < <(git -C "$tree" diff --name-only base..HEAD -- '*.c' ':!tools/' ':!mm/kasan/hw_tags.c')
	return $missing
}

# make bench TRY=... can build each of them.
tries_apply() {
	local try
	for try in "$TOP"/tests/bench-tries/*; do
		git -C "$tree" apply --check "$try" || { echo "$try does not apply"; return 1; }
	done
}

write_mails() { OUT=$work/mails "$TOP/scripts/series.sh"; }

gate_start "SPDX line in every file" files_have_spdx
gate_start "shellcheck" shell_scripts
gate_start "tests of the tooling" "$TOP/tests/tooling.sh"
gate_start "tests of the verdict" "$TOP/tests/verdict.sh"
gate_start "tests of the stress verdict" "$TOP/tests/stress-verdict.sh"
gate_start "tests of the verdict on some ways" "$TOP/tests/few-verdict.sh"
gate_start "tests of the counts" "$TOP/tests/counts.sh"
gate_start "tests of the coverage" "$TOP/tests/cover.sh"
gate_start "tests of the suites' verdict" "$TOP/tests/suite.sh"
gate_start "tests of the benchmark's verdict" "$TOP/tests/bench.sh"
gate_start "programs of the suites compile" suite_programs
gate_start "docs/benchmarks.md is of the recorded data" "$TOP/scripts/bench-report.sh" --check
gate_start "docs/soak.md is of the recorded soaks" "$TOP/scripts/soak-report.sh" --check
gate_start "docs/selftests.md is of the recorded suites" "$TOP/scripts/suite-report.sh" --check
if [ -n "${STRICT:-}" ] && [ -z "$KERNEL_SRC" ]; then
	gate_start "every base can be had" every_base
else
	gate_skip "every base can be had" "asked of the archive with STRICT only"
fi
gate_start "no old name is left in the tree" no_old_name
gate_start "the second allocator is gone" no_second_allocator
gate_start "nobody looks into struct page_frag_cache" no_open_coded_internals
gate_start "checkpatch --strict, our files" owned_style
gate_start "checkpatch --strict, every commit" style
gate_start "kernel-doc -Wall -Werror" kernel_doc
gate_start "kernel-doc -Wall, what the series adds" kernel_doc_added
gate_start "every name is documented" documented
gate_start "every name is tested" tested
gate_start "get_maintainer.pl agrees on all paths" maintainers
gate_start "every file of the series is compiled" objects_listed
gate_start "MAINTAINERS is in order" maintainers_sorted
gate_start "every try of the benchmark applies" tries_apply
gate "the series is written as mails" write_mails
gate "git am of the mails gives the tree that is tested" "$TOP/scripts/roundtrip.sh" "$work/mails"
gate_start "tests of the mails and of the round trip" "$TOP/tests/series.sh" "$work/mails"
gate "configuration: every line survives" configured
gate "configurations of make vm DEBUG=: every line survives" debug_configured
gate "configurations of the soak: every line survives" soak_configured
gate "W=1" w1
gate "sparse" sparse_clean
gate "W=1 and sparse, module of the selftest" stress_module
gate "the kernel's selftests have the stress" mm_selftests
gate "run_vmtests.sh ends as the stress does" "$TOP/scripts/vmtests-ends.sh" "$tree"
gate "coccicheck" semantic_patches
gate "the fast paths are the instructions recorded" "$TOP/scripts/fastpath.sh" --check
gate "porting kit" "$TOP/scripts/porting.sh"
gate "htmldocs" htmldocs
gates_join
gates_done
