#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# unit.sh: the allocator in user space, tools/testing/page_frag, with the headers
# of the patched tree; then a planted bug for each checker. TAP.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work
# shellcheck source=scripts/gates.sh
. "$TOP/scripts/gates.sh"
# shellcheck source=scripts/unit-lib.sh
. "$TOP/scripts/unit-lib.sh"

FUZZ_RUNS=${FUZZ_RUNS:-5000}
COV=${COV:-}		# 1: show the coverage
UNIT_PLANTS=${UNIT_PLANTS:-1}	# 0: without the planted bugs

# Each page size and word size with gcc; with clang the smallest, the largest and
# 32 bits, for what another compiler says of the same code.
configurations() {
	printf '%s\n' "gcc 64 12 1" "gcc 64 14 1" "gcc 64 16 1" \
		"gcc 32 12 1" "gcc 32 14 1" "gcc 32 16 1" "gcc 64 12 0" \
		"clang 64 12 1" "clang 64 16 1" "clang 32 12 1"
}

# configuration CC BITS PAGE_SHIFT DEBUG_VM: the suite and the sweep, for each
# kind of pages there can be
configuration() {
	local name=$1-$2-$3-$4 pages
	umake "$name" CC="$1" BITS="$2" PAGE_SHIFT="$3" DEBUG_VM="$4" all || return
	for pages in always never sometimes pfmemalloc; do
		umake "$name" CC="$1" BITS="$2" PAGE_SHIFT="$3" DEBUG_VM="$4" \
			PAGES="$pages" run || return
	done
}

# can_run BITS: what is compiled for so many, this machine's kernel executes
can_run() {
	[ "$1" = 32 ] || return 0
	mkdir -p "$out"
	echo 'int main(void) { return 0; }' | gcc -m32 -x c -o "$out/can-run" - || return 0
	"$out/can-run" 2>/dev/null
}

# configuration_gate CC BITS PAGE_SHIFT DEBUG_VM: at the least, it compiles
configuration_gate() {
	local name="unit: $1, $2-bit, pages of $((1 << ($3 - 10)))K, DEBUG_VM=$4"
	if can_run "$2"; then
		gate "$name" configuration "$@"
	else
		gate "$name, compiled" umake "$1-$2-$3-$4" CC="$1" BITS="$2" PAGE_SHIFT="$3" DEBUG_VM="$4" all
		gate_skip "$name" "this machine's kernel runs no 32-bit programs"
	fi
}

# The harness as the series carries it, by the tree's own Makefile.
in_tree() { make -s -C "$tree/tools/testing/page_frag" O="$out/tree"; }

# The headers of another base, of the tree that make tree left in the cache.
other_headers() {
	local tree=$CACHE/$1/tree out=$out/headers-$1
	configuration gcc 64 12 1
}

# Its own lock and its own run make that tree; one without the struct of the series
# is not patched.
other_headers_gate() {
	local name="unit: headers of $1, gcc"
	if grep -qs encoded_end "$CACHE/$1/tree/include/linux/mm_types_task.h"; then
		gate "$name" other_headers "$1"
	else
		gate_skip "$name" "no patched tree of $1: make tree BASE=$1 makes one"
	fi
}

while read -r cc bits shift debug; do
	configuration_gate "$cc" "$bits" "$shift" "$debug"
done < <(configurations)
for other in "$TOP"/kernels/*; do
	[ "${other##*/}" = "$BASE" ] || other_headers_gate "${other##*/}"
done
gate "unit: make -C tools/testing/page_frag in the patched tree" in_tree
gate "unit: fuzz, $FUZZ_RUNS runs, seed 1" fuzz_again "$FUZZ_RUNS"
for cc in gcc clang; do
	gate "unit: threads under ThreadSanitizer, $cc" threads "$cc"
done
gate "unit: model of the references, all interleavings" model
counts_gate
gate "unit: coverage by the tests of the interface" coverage "$TOP" 100 95
[ -z "$COV" ] || sed 's/^/# /' "$gate_log/unit--coverage-by-the-tests-of-the-interface.log"
if [ "$UNIT_PLANTS" != 0 ]; then
	# shellcheck source=scripts/unit-plants.sh
	. "$TOP/scripts/unit-plants.sh"
fi
gates_done
