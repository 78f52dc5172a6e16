#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# modules.sh NAME ARCH [plants|stress]: the guest's modules and that of the selftest, for the
# kernel in build/NAME of the work directory; prints where they are. Built aside, as kbuild
# writes beside its sources. In plants/ those of the selftest with the faults of
# tests/stress-plants, if asked for; with these and with stress no modules of the guest.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

kind=${3:-}
[[ $# -ge 2 && $kind =~ ^(|plants|stress)$ ]] || die "usage: modules.sh NAME ARCH [plants|stress]"
work=$(work_dir)
build=$work/build/$1
aside=$work/build/$1-modules
arch=$2
[ -r "$build/Module.symvers" ] || die "$build has no Module.symvers" "build its target 'modules' first"

# build_in DIRECTORY: the modules whose sources are there
build_in() {
	make -C "${GUEST_TREE:-$work/tree}" O="$build" ARCH="$arch" CC="ccache gcc" M="$1" -j"$JOBS" modules
}

# build_selftest DIRECTORY: by the makefile of the selftest, as anybody would
build_selftest() { make -C "$1" KDIR="$build" ARCH="$arch" CC="ccache gcc" -j"$JOBS" modules; }

# modules_of DIRECTORY HOW
modules_of() {
	local copy=$aside/${1##*/}
	mkdir -p "$copy"
	rm -f "$copy"/*.ko
	cp -u "$TOP/$1"/* "$copy/"
	"$2" "$copy" && cp -u "$copy"/*.ko "$aside/"
}

modules() {
	rm -f "$aside"/*.ko
	[ -n "$kind" ] || modules_of tests/guest/modules build_in || return
	modules_of tools/testing/selftests/mm/page_frag build_selftest
}

# plant NAME SCRIPT: a script that changes nothing is no fault
plant() {
	local from=$TOP/tools/testing/selftests/mm/page_frag dir=$aside/plants/$1
	mkdir -p "$dir"
	cp "$from/Makefile" "$dir/"
	sed "$2" "$from/page_frag_stress.c" >"$dir/page_frag_stress.c"
	! cmp -s "$from/page_frag_stress.c" "$dir/page_frag_stress.c" || { echo "$1: changes nothing"; return 1; }
	build_selftest "$dir" && cp "$dir/page_frag_stress.ko" "$aside/plants/$1.ko"
}

# Those that a kernel of DEBUG can see, and the table of them.
plants() {
	local name script kernel=${DEBUG:--}
	rm -rf "$aside/plants"
	mkdir -p "$aside/plants"
	awk -F'\t' -v kernel="${kernel// /,}" '/^[a-z]/ && $2 == kernel' "$TOP/tests/stress-plants" >"$aside/plants/stress-plants"
	[ -s "$aside/plants/stress-plants" ] || { echo "tests/stress-plants has none for $kernel"; return 1; }
	while IFS=$'\t' read -r name _ _ _ script; do
		plant "$name" "$script" || return
	done <"$aside/plants/stress-plants"
}

step "building the guest's modules" "$work/log/build-$1-modules.log" modules ||
	die "the guest's modules do not build" "see $work/log/build-$1-modules.log"
[ "$kind" != plants ] ||
	step "building modules with planted faults" "$work/log/build-$1-plants.log" plants ||
	die "a planted fault does not build" "see $work/log/build-$1-plants.log"
printf '%s\n' "$aside"
