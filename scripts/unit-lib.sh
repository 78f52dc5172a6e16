# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The checkers of make unit, one function each, over the sources in $sources and
# the objects in $out: the planted bugs run the same ones elsewhere. Sourced.

work=$(work_dir)
tree=$work/tree
sources=$TOP
out=$work/build/unit
harness=$TOP/tools/testing/page_frag
corpus=$TOP/tests/corpus

# umake NAME ARGUMENT...: the harness with objects of its own
umake() {
	make -s -j"$JOBS" -C "$harness" SRC="$sources" KERNEL="$tree" O="$out/$1" "${@:2}"
}

# fuzz OPTION...: libFuzzer on the corpus; what it learns is kept in $learned
fuzz() {
	umake fuzz CC=clang SAN=address,undefined,fuzzer-no-link "$out/fuzz/fuzz" || return
	mkdir -p "$out/fuzz/${learned:=corpus}"
	${fixed:+setarch -R} "$out/fuzz/fuzz" -artifact_prefix="$out/fuzz/" -max_len=400 "$@" "$out/fuzz/$learned" "$corpus"
}

# The same inputs, as nearly as libFuzzer allows (calls differ by one in a thousand):
# a seed, nothing learned from the run before, and the same addresses, which it tries
# as operands.
fuzz_again() {
	local learned=again fixed=1
	rm -rf "$out/fuzz/again"
	fuzz -runs="$1" -seed=1 -reload=0
}

threads() {
	umake "tsan-$1" CC="$1" SAN=thread "$out/tsan-$1/threads" || return
	"$out/tsan-$1/threads"
}

# model [-DTWIN]: no twin has to be right, every twin wrong
model() (
	mkdir -p "$out/model${1:-}"
	cd "$out/model${1:-}" || return
	spin ${1:+"$1"} -a "$harness/refs.pml" || return
	gcc -O1 -w -DSAFETY -o pan pan.c || return
	./pan -m100000 >pan.log || return
	grep -E 'errors|states, stored|max search|assertion violated' pan.log
	grep -q 'errors: 0$' pan.log && ! grep -q 'max search depth too small' pan.log
)

# For one compiler, without sanitizers, as a kernel would be built.
dump_counts() {
	umake count CC=gcc OPT=-O2 SAN='' DEBUG_VM=0 KUNIT=0 "$out/count/count" || return
	valgrind -q --tool=callgrind --collect-atstart=no --combine-dumps=yes \
		--compress-strings=no --compress-pos=no \
		--callgrind-out-file="$out/count/dumps" "$out/count/count"
}

compiler() { echo "gcc-$(gcc -dumpfullversion)-$(uname -m)"; }

counts() {
	dump_counts && "$TOP/scripts/unit-count.py" "$TOP/tests/unit-counts" "$(compiler)" "$out/count/dumps"
}

counts_gate() {
	local name="unit: instructions of each call are as recorded"
	if grep -q "^$(compiler) " "$TOP/tests/unit-counts"; then
		gate "$name" counts
	else
		gate_skip "$name" "no record of $(compiler): make unit-record makes one"
	fi
}

# covered DEBUG_VM: what the tests run that need only the interface
covered() (
	umake "cov$1" CC=clang SAN='' OPT=-O0 DEBUG_VM="$1" \
		EXTRA="-fprofile-instr-generate -fcoverage-mapping" "$out/cov$1/unit" || return
	cd "$out/cov$1" || return
	LLVM_PROFILE_FILE=raw ./unit -x 'test_internal_*' >run.log || return
	llvm-profdata merge -o prof raw
	llvm-cov export -format=lcov ./unit -instr-profile=prof >cov.lcov
	llvm-cov export ./unit -instr-profile=prof >cov.json
)

# coverage TOP LINES BRANCHES
coverage() {
	covered 0 && covered 1 || return
	"$1/scripts/unit-cov.py" "$2" "$3" "$1/tests/unit-uncovered" "$out/cov0" "$out/cov1"
}
