#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# plant.sh: prove that the KUnit suite can fail. Each bug of tests/plant is put
# alone into the tree that kunit.sh builds, and the cases its Caught-by: line
# names have to fail under UML. The tree is put back. Prints KTAP.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

PLANTS=${PLANTS:-$TOP/tests/plant}	# a directory of *.patch
PLANT_ONLY=${PLANT_ONLY:-}		# names, without .patch; empty: all
PLANT_TIMEOUT=${PLANT_TIMEOUT:-60}	# seconds for one run of the suite
PLANT_MEM=${PLANT_MEM:-512M}		# memory of the UML kernel

work=$(work_dir)
build=$work/build/um
log=$work/log/plant
PLANTS=$(readlink -f "$PLANTS")
export PYTHONDONTWRITEBYTECODE=1

# Only what has inlined the allocator and is run needs to be built again.
objects="mm/page_frag_cache.c mm/page_frag_test.c"

# patch_tree PLANT [-R]: a header keeps its time, or the whole kernel would be
# built for each plant.
patch_tree() {
	local files f
	mapfile -t files < <(git -C "$tree" apply --numstat "$1" | cut -f3)
	for f in "${files[@]}"; do
		touch -r "$tree/$f" "$log/time-of-${f//\//_}"
	done
	git -C "$tree" apply "${@:2}" "$1" || return
	for f in "${files[@]}"; do
		touch -r "$log/time-of-${f//\//_}" "$tree/$f"
	done
	touch_objects
}

touch_objects() {
	local f
	for f in $objects; do touch "$tree/$f"; done
}

kmake() { make -C "$tree" ARCH=um O="$build" CC="ccache gcc" -s -j"$JOBS" "$@"; }

configure() {
	mkdir -p "$build"
	(cd "$tree" && ./tools/testing/kunit/kunit.py config --build_dir "$build" \
		--kunitconfig "$TOP/configs/kunit.config" --make_options CC="ccache gcc")
}

# run_suite LOG: the exit status is of no use, the report is what counts
run_suite() {
	timeout -k 5 "$PLANT_TIMEOUT" "$build/linux" mem="$PLANT_MEM" \
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
	patch_tree "$1" || { echo "does not apply"; return 1; }
	local rc=0
	if kmake linux >"$2.make" 2>&1; then
		run_suite "$2"
		caught "$1" "$2" || rc=1
	else
		echo "does not build, see $2.make"
		rc=1
	fi
	patch_tree "$1" -R
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
	kmake linux >"$log/baseline.make" 2>&1 || { echo "does not build, see $log/baseline.make"; return 1; }
	run_suite "$log/baseline.log"
	case_is ok page_frag_cache "$log/baseline.log" ||
		{ echo "fails, see $log/baseline.log"; return 1; }
	# UML warns at boot, of a device it has none of.
	! sed '1,/KTAP version 1/d' "$log/baseline.log" | grep -E 'WARNING:|BUG:' || return
}

mapfile -t plants < <(list_plants)
for p in "${plants[@]}"; do
	[ -r "$p" ] || die "no planted bug $p" "see: ls $PLANTS"
	[ -n "$(header Caught-by "$p")" ] || die "$p has no Caught-by: line" "name the KUnit cases that must fail"
done

mkdir -p "$log"
tree=$("$TOP/scripts/worktree.sh" um HEAD)
configure >"$log/config.log" 2>&1 ||
	die "the UML kernel cannot be configured" "see $log/config.log"

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
	if why=$(try_plant "$p" "$log/$name.log"); then
		echo "ok $n - plant $name: caught by $(header Caught-by "$p")"
	else
		echo "not ok $n - plant $name: not caught: $why"
		failed=$((failed + 1))
	fi
done
touch_objects
[ "$failed" -eq 0 ]
