#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# modules.sh NAME ARCH: the guest's modules, for the kernel in build/NAME of the work
# directory; prints where they are. Built aside, as kbuild writes beside its sources.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -eq 2 ] || die "usage: modules.sh NAME ARCH"
work=$(work_dir)
build=$work/build/$1
aside=$work/build/$1-modules
[ -r "$build/Module.symvers" ] || die "$build has no Module.symvers" "build its target 'modules' first"
mkdir -p "$aside"
cp -u "$TOP"/tests/guest/modules/* "$aside/"
step "building the guest's modules" "$work/log/build-$1-modules.log" \
	make -C "$work/tree" O="$build" ARCH="$2" CC="ccache gcc" M="$aside" -j"$JOBS" modules ||
	die "the guest's modules do not build" "see $work/log/build-$1-modules.log"
printf '%s\n' "$aside"
