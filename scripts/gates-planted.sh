#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2016 # the faults are scripts of sed and text of shell
# gates-planted.sh: each gate of scripts/check.sh, matrix.sh and objects.sh is red on a
# fault made for it. The faults are put into a copy of the repository and into a work
# tree of the patched kernel, all at once; gates with tests of their own (tooling,
# verdict, mails, porting) are left out. TAP.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work
work=$(work_dir)
log=$work/log/gates-planted
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/tap.sh
. "$TOP/tests/tap.sh" gates

# in_tree FILE SED: a fault in the kernel; a script that changes nothing is one too
in_tree() {
	local before
	before=$(sha256sum <"$tree/$1")
	sed -i "$2" "$tree/$1"
	[ "$before" != "$(sha256sum <"$tree/$1")" ] || die "the fault for $1 does nothing: $2"
}

# w1_only FILE CONDITION NAME: what only W=1 warns of, if CONDITION
w1_only() {
	printf '#if %s\nint %s(void);\nint %s(void) { int unused; unused = 1; return 0; }\n#endif\n' "$2" "$3" "$3" \
		>>"$tree/$1"
}

plant_static() {
	in_tree net/core/skbuff.c '$a /* page_frag_free() is an old name */'
	in_tree net/core/sock.c '$a bool skb_page_frag_refill(unsigned int sz, struct page_frag *pfrag, gfp_t gfp);'
	in_tree net/core/skbuff.c '$a static unsigned int planted(struct page_frag_cache *nc) { return nc->remaining; }'
	in_tree mm/page_frag_cache.c 's/^\tunsigned int avail = 0;$/        unsigned int  avail = 0 ;/'
	in_tree mm/page_frag_cache.c '/^ \* @what: the kind$/d'
	in_tree net/core/sock.c '$a /**\n * planted_doc() - its argument has no word\n */\nint planted_doc(int argument);'
	in_tree include/linux/page_frag_cache.h 's/^ \* Context: Any context\.$/ * Somewhere./'
	in_tree include/linux/page_frag_cache.h 's/^ \* enum page_frag_misuse - / * enum planted - /'
	in_tree mm/page_frag_test.c 's/\<page_frag_alloc_va_prepare_align\>/page_frag_none/'
	in_tree mm/page_frag_test.c '1a #define PF_CAT(a, b) a##b'
	in_tree mm/page_frag_test.c '2a #define page_frag_none(...) PF_CAT(page_frag_alloc_va_prepare_, align)(__VA_ARGS__)'
	in_tree mm/page_frag_cache.c '$a /* We recieve a page. */'
	w1_only mm/page_frag_cache.c 1 planted_w1
	in_tree MAINTAINERS '/^F:\tmm\/page_frag_test\.c$/d'
	in_tree MAINTAINERS '/^F:\tmm\/page_frag_cache\.c$/{N;s/\(.*\)\n\(.*\)/\2\n\1/}'
	in_tree mm/util.c '$a /* A file of which no object is compiled. */'
	in_tree mm/page_frag_test.c '$a static void planted_free(void *p) { if (p) kfree(p); }'
	in_tree mm/page_frag_cache.c '$a unsigned long planted_symbol;'
	w1_only tools/testing/selftests/mm/page_frag/page_frag_stress.c 1 planted_w1
	in_tree tools/testing/selftests/mm/run_vmtests.sh '/^CATEGORY="page_frag" run_test/d'
	in_tree tools/testing/selftests/mm/page_frag/page_frag_stress.c '$a unsigned long planted_symbol;'
	in_tree Documentation/mm/page_frags.rst '$a \\n.. no-such-directive::'
}

# A warning of every compilation, one of W=1, one of sparse and one of clang.
plant_objects() {
	in_tree kernel/bpf/cpumap.c '$a static int planted_unused(void) { return 0; }'
	w1_only drivers/net/tun.c 1 planted_w1
	in_tree drivers/vhost/net.c '$a unsigned long planted_symbol;'
	w1_only net/core/sock.c 'defined(__clang__)' planted_clang
	in_tree net/core/sock.c '/^int sock_bindtoindex/,/^}/s/return ret;/return 0;/'
	in_tree net/core/skmsg.c '$a static bool __maybe_unused planted_error(int __rcu *a, int *b) { return a == b; }'
	in_tree net/kcm/kcmsock.c '$a static void __maybe_unused planted_free(void *p) { if (p) kfree(p); }'
}

plant_fast_path() {
	in_tree include/linux/page_frag_cache.h 's/^\tnc->pagecnt_bias--;$/&\n\tWRITE_ONCE(nc->encoded_end, nc->encoded_end);/'
}

plant_repository() {
	sed 's/6\.12/9.9/g' "$TOP/kernels/6.12" >"$tmp/top/kernels/9.9"
	echo 'nothing' >"$tmp/top/scripts/nothing.txt"
	echo 'nothing' >>"$tmp/top/docs/benchmarks.md"
	echo 'nothing' >>"$tmp/top/docs/soak.md"
	echo 'nothing' >>"$tmp/top/docs/selftests.md"
	sed 's/die(/no_such_function(/' "$TOP/tests/suite/user_view.c" >"$tmp/top/tests/suite/nothing.c"
	sed 's/nc->remaining -= fragsz/nc->nothing/' "$TOP/tests/bench-tries/one-word" >"$tmp/top/tests/bench-tries/nothing"
	printf '#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0\nrm $1/*\n' >"$tmp/top/scripts/bad.sh"
	git -C "$tmp/top" add -A
}

# By itself: without a configuration the gates that compile are red anyway.
plant_fragment() { echo CONFIG_NO_SUCH_SYMBOL=y >>"$tmp/top/configs/vm-net.config"; }

plant_soak() { echo CONFIG_NO_SUCH_SYMBOL=y >>"$tmp/top/configs/debug-rt.config"; }

# title_before: a script that gives the section before ours a name that comes later
title_before() {
	awk '/^[0-9A-Z].*/ && !/^[A-Z]:\t/ {
		if ($0 == "PAGE FRAGMENT ALLOCATOR") { print "s/^" before "$/ZZZ/"; exit }
		before = $0
	}' "$tree/MAINTAINERS"
}

# red LAYER GATE...: each is 'not ok' in the report of LAYER
red() {
	local layer=$1 name
	for name in "${@:2}"; do
		verdict "red on a planted fault: $name" \
			"$(grep -qE "^not ok [0-9]+ - $name$" "$log/$layer.tap" && echo yes)" "see $log/$layer.tap"
	done
}

# because GATE PATTERN [FILE]: what the gate said, in its log or in FILE, is about the fault
because() {
	local said=${3:-$work/log/gates/${1//[^a-zA-Z0-9.]/-}.log}
	verdict "red for the fault: $1" "$(grep -qE "$2" "$said" && echo yes)" "another reason: see $said"
}

# commit: what was planted
commit() {
	git -C "$tree" -c user.name=page_frag -c user.email=page_frag@localhost commit -qam "mm: page_frag: faults" -m "Faults, one for each gate." --allow-empty
}

# run LAYER: of the copy, on the tree with the faults
run() {
	commit
	STRICT=1 CHECK_TREE=$tree GATES_SKIP=$2 "$tmp/top/scripts/$1.sh" >"$log/$1.tap" || :
}

# alone LAYER GATE PATTERN PLANT...: a fault of its own for this gate, which says so
alone() {
	tree=$("$TOP/scripts/worktree.sh" gates HEAD)
	"${@:4}"
	commit
	CHECK_TREE=$tree GATES_ONLY=$2 "$tmp/top/scripts/$1.sh" >"$log/alone.tap" || :
	cp "$log/alone.tap" "$log/$1-${2//[^a-zA-Z0-9]/-}.tap"
	red alone "$2"
	because "$2" "$3"
}

# only CONDITION NAME: what only W=1 warns of, in a configuration of which CONDITION holds
only() { w1_only mm/page_frag_cache.c "$1" "$2"; }

own='tests of|mails|porting'
mkdir -p "$log"
git clone -q --shared "$TOP" "$tmp/top"
plant_repository

tree=$("$TOP/scripts/worktree.sh" gates HEAD)
plant_static
plant_fast_path
run check "$own"
red check "every base can be had" "SPDX line in every file" shellcheck "no old name is left in the tree" \
	"docs/benchmarks.md is of the recorded data" "docs/soak.md is of the recorded soaks" \
	"docs/selftests.md is of the recorded suites" "programs of the suites compile" "the second allocator is gone" \
	"nobody looks into struct page_frag_cache" "checkpatch --strict, our files" \
	"checkpatch --strict, every commit" "kernel-doc -Wall -Werror" "kernel-doc -Wall, what the series adds" "every name is documented" \
	"every name is tested" "get_maintainer.pl agrees on all paths" \
	"every file of the series is compiled" "MAINTAINERS is in order" \
	"every try of the benchmark applies" coccicheck \
	"W=1" "sparse" "W=1 and sparse, module of the selftest" \
	"the kernel's selftests have the stress" "the fast paths are the instructions recorded" htmldocs
because "SPDX line in every file" "nothing.txt: no SPDX line"
because shellcheck "bad.sh"
because "every base can be had" "no longer has linux-source-9.9"
because "no old name is left in the tree" "net/core/skbuff.c:.*page_frag_free"
because "docs/benchmarks.md is of the recorded data" "nothing"
because "docs/soak.md is of the recorded soaks" "nothing"
because "docs/selftests.md is of the recorded suites" "nothing"
because "programs of the suites compile" "no_such_function"
because "every try of the benchmark applies" "tests/bench-tries/nothing does not apply"
because "the second allocator is gone" "net/core/sock.c:.*skb_page_frag_refill"
because "nobody looks into struct page_frag_cache" "net/core/skbuff.c:[0-9]+"
because "every name is documented" "page_frag_cache_init: no kernel-doc, or none with Context"
because "every name is documented" "page_frag_misuse: no kernel-doc"
because "every file of the series is compiled" "does not have mm/util.o"
because coccicheck "NULL check before"
because "the fast paths are the instructions recorded" "patched: [0-9]+ instructions, recorded: [0-9]+"
because "kernel-doc -Wall, what the series adds" "net/core/sock.c:.*'argument' not described"
because "checkpatch --strict, every commit" "trailing whitespace|code indent|space prohibited"
because "checkpatch --strict, our files" "recieve"
because "checkpatch --strict, every commit" "recieve"
because "W=1" "unused-but-set-variable"
because "sparse" "planted_symbol"
because "W=1 and sparse, module of the selftest" "unused-but-set"
because "W=1 and sparse, module of the selftest" "planted_symbol"
because "the kernel's selftests have the stress" "run_vmtests.sh does not run it"
because "every name is tested" "page_frag_alloc_va_prepare_align: not used"
because "kernel-doc -Wall -Werror" "'what' not described"
because "MAINTAINERS is in order" "mm/page_frag_cache"
because "get_maintainer.pl agrees on all paths" "mm/page_frag_test.c: get_maintainer.pl does not name"
because htmldocs no-such-directive

tree=$("$TOP/scripts/worktree.sh" gates HEAD)
plant_objects
run objects ''
red objects "object kernel/bpf/cpumap.o" "W=1 and sparse, see .*" "sparse: every file is read, but those of tests/sparse-errors" "W=1, clang-19, see .*" "coccicheck, see .*"
because "W=1, objects" "tun\.c:.*unused-but-set" "$log/objects.tap"
because "W=1 of a line that stays, objects" "sock\.c:.*variable .ret. set but not used" "$log/objects.tap"
because "coccicheck, objects" "kcmsock\.c:.*NULL check before" "$log/objects.tap"
because "clang, objects" "sock\.c:.*unused-but-set" "$log/objects.tap"
because "sparse, objects" "net\.c:.*planted_symbol" "$log/objects.tap"
because "an error of sparse, objects" "skmsg\.c:.*different address spaces" "$log/objects.tap"
because "a file that sparse does not read, objects" "an error, and no warning after it: net/core/skmsg\.c" "$log/objects.tap"

alone check "configuration: every line survives" NO_SUCH_SYMBOL plant_fragment
git -C "$tmp/top" checkout -q -- configs
alone check "configurations of the soak: every line survives" NO_SUCH_SYMBOL plant_soak
alone check "configurations of make vm DEBUG=: every line survives" NO_SUCH_SYMBOL plant_soak
git -C "$tmp/top" checkout -q -- configs
alone check "MAINTAINERS is in order" "is not where it belongs" in_tree MAINTAINERS \
	"$(title_before)"
alone check "run_vmtests.sh ends as the stress does" "the stress ended with 1, run_vmtests.sh with 0" \
	in_tree tools/testing/selftests/mm/run_vmtests.sh 's/^exit \$exitcode$/exit 0/'

alone matrix "built in, W=1, gcc" "function [^ ]*built_in" only 'IS_BUILTIN(CONFIG_KUNIT)' built_in
alone matrix "headers stand on their own" kunit_resource in_tree include/linux/page_frag_cache.h \
	's/^#endif .*/static inline unsigned long planted(void) { return sizeof(struct kunit_resource); }\n&/'
alone matrix "module, KUnit a module too; what it needs is exported" "page_frag_cache_drain is not exported" \
	in_tree mm/page_frag_cache.c '/^EXPORT_SYMBOL(page_frag_cache_drain);$/d'
alone matrix "without KUnit" "function [^ ]*plain" only '!IS_ENABLED(CONFIG_KUNIT)' plain
alone matrix DEBUG_VM "function [^ ]*debug_vm" only 'defined(CONFIG_DEBUG_VM)' debug_vm
alone matrix "SMP=n" "function [^ ]*up" only '!defined(CONFIG_SMP)' up
alone matrix PREEMPT_RT "function [^ ]*rt" only 'defined(CONFIG_PREEMPT_RT)' rt
alone matrix "NET=n" "function [^ ]*no_net" only '!defined(CONFIG_NET)' no_net
alone matrix "32 bits" "function [^ ]*narrow" only '!defined(CONFIG_64BIT)' narrow
alone matrix "W=1, clang-19" other_compiler only 'defined(__clang__)' other_compiler

"$TOP/scripts/worktree.sh" gates HEAD >/dev/null
done_testing
