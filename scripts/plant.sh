#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# plant.sh TREE BUILD: prove that the KUnit suite can fail. Each bug of
# tests/plant is put alone into a copy of TREE, a patched kernel tree, and the
# cases its Caught-by: line names have to fail under UML. The copy (hard links
# where possible) and the objects are kept in BUILD. Prints KTAP.
set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
JOBS=${JOBS:-$(nproc)}
MAKE_CC=${MAKE_CC:-$(command -v ccache >/dev/null && echo "ccache gcc" || echo gcc)}
PLANT_CONFIG=${PLANT_CONFIG:-$TOP/configs/kunit.config}
PLANTS=${PLANTS:-$TOP/tests/plant}	# a directory of *.patch
PLANT_ONLY=${PLANT_ONLY:-}		# names, without .patch; empty: all
PLANT_TIMEOUT=${PLANT_TIMEOUT:-60}	# seconds for one run of the suite
PLANT_MEM=${PLANT_MEM:-512M}		# memory of the UML kernel

die() { printf 'error: %s\n       %s\n' "$1" "$2" >&2; exit 1; }

for tool in git make gcc python3; do
	command -v "$tool" >/dev/null || die "$tool is missing" "apt-get install $tool"
done
[ $# -eq 2 ] || die "two arguments are needed" "usage: scripts/plant.sh TREE BUILD"
[ -f "$1/mm/page_frag_test.c" ] ||
	die "$1 is no patched tree" "make one with: make tree; make where prints its path"
mkdir -p "$2"
tree=$(readlink -f "$1")
build=$(readlink -f "$2")
copy=$build/tree
PLANTS=$(readlink -f "$PLANTS")
export GIT_CEILING_DIRECTORIES=$build

# Only what has inlined the allocator and is run needs to be built again.
objects="mm/page_frag_cache.c mm/page_frag_test.c"

# Time stamps survive, so objects stay valid. An interrupted copy is never
# used: it has another name. What is touched later gets an inode of its own.
copy_tree() {
	local f
	rm -rf "$copy" "$copy.new"
	cp -al "$tree" "$copy.new" 2>/dev/null ||
		{ rm -rf "$copy.new"; cp -a --reflink=auto "$tree" "$copy.new"; }
	rm -rf "$copy.new/.git"
	for f in $objects; do
		cp "$copy.new/$f" "$build/own"
		mv "$build/own" "$copy.new/$f"
	done
	mv "$copy.new" "$copy"
}

# patch_copy PLANT [-R]: a header keeps its time, or the whole kernel would be
# built for each plant.
patch_copy() {
	local f
	git -C "$copy" apply "${@:2}" "$1" || return
	for f in $(git -C "$copy" apply --numstat "$1" | cut -f3); do
		touch -r "$tree/$f" "$copy/$f"
	done
	for f in $objects; do
		touch "$copy/$f"
	done
}

kmake() { make -C "$copy" ARCH=um O="$build/um" CC="$MAKE_CC" -s -j"$JOBS" "$@"; }

configure() {
	mkdir -p "$build/um"
	(cd "$copy" && ./tools/testing/kunit/kunit.py config \
		--kunitconfig="$PLANT_CONFIG" --build_dir="$build/um" \
		--make_options CC="$MAKE_CC")
}

# run_suite LOG: the exit status is of no use, the report is what counts
run_suite() {
	timeout -k 5 "$PLANT_TIMEOUT" "$build/um/linux" mem="$PLANT_MEM" \
		console=tty kunit.enable=1 kunit_shutdown=halt \
		"kunit.filter_glob=page_frag_cache" </dev/null >"$1" 2>&1 || :
}

# case_is VERDICT CASE LOG
case_is() { grep -qE "^ *$1 [0-9]+ $2( |\$)" "$3"; }

header() { sed -n "s/^$1: //p" "$2"; }

# caught PLANT LOG: names the case that let it through
caught() {
	local want
	for want in $(header Caught-by "$1"); do
		if [ "$want" = crash ]; then
			! case_is "(not )?ok" page_frag_cache "$2" || { echo "a crash"; return 1; }
		else
			case_is "not ok" "$want" "$2" || { echo "$want"; return 1; }
		fi
	done
}

# try_plant PLANT LOG: prints why, if it was not caught
try_plant() {
	patch_copy "$1" || { echo "does not apply"; return 1; }
	local rc=0
	if kmake linux >"$2.make" 2>&1; then
		run_suite "$2"
		caught "$1" "$2" || rc=1
	else
		echo "does not build, see $2.make"
		rc=1
	fi
	patch_copy "$1" -R
	return "$rc"
}

list_plants() {
	local name
	if [ -z "$PLANT_ONLY" ]; then
		printf '%s\n' "$PLANTS"/*.patch
	else
		for name in $PLANT_ONLY; do
			printf '%s\n' "$PLANTS/$name.patch"
		done
	fi
}

# The suite has to pass before a failure means anything.
baseline() {
	kmake linux >"$build/baseline.make" 2>&1 || { echo "does not build, see $build/baseline.make"; return 1; }
	run_suite "$build/baseline.log"
	case_is ok page_frag_cache "$build/baseline.log" ||
		{ echo "fails, see $build/baseline.log"; return 1; }
}

mapfile -t plants < <(list_plants)
for p in "${plants[@]}"; do
	[ -r "$p" ] || die "no planted bug $p" "see: ls $PLANTS"
	[ -n "$(header Caught-by "$p")" ] || die "$p has no Caught-by: line" "name the KUnit cases that must fail"
done

copy_tree
configure >"$build/config.log" 2>&1 ||
	die "the UML kernel cannot be configured" "see $build/config.log"

echo "KTAP version 1"
echo "1..$((${#plants[@]} + 1))"
if why=$(baseline); then
	echo "ok 1 - unplanted: the suite passes"
else
	echo "not ok 1 - unplanted: $why"
	echo "Bail out! without a passing suite no plant can be judged"
	exit 1
fi

n=1
failed=0
for p in "${plants[@]}"; do
	n=$((n + 1))
	name=$(basename "$p" .patch)
	if why=$(try_plant "$p" "$build/$name.log"); then
		echo "ok $n - plant $name: caught by $(header Caught-by "$p")"
	else
		echo "not ok $n - plant $name: not caught: $why"
		failed=$((failed + 1))
	fi
done
[ "$failed" -eq 0 ]
