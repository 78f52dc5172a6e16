#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# build.sh NAME ARCH TARGET...: make TARGETs of the patched tree, or of GUEST_TREE, in
# build/NAME of the work directory, whose .config is there already and is for ARCH. A
# TARGET may be a variable of make, too.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -ge 3 ] || die "usage: build.sh NAME ARCH TARGET..."
work=$(work_dir)
name=$1 arch=$2
shift 2
need_space "$work" 1500
targets=$(printf '%s\n' "$@" | grep -v = | paste -sd' ')
step "building $name: $targets" "$work/log/build-$name.log" \
	make -C "${GUEST_TREE:-$work/tree}" O="$work/build/$name" ARCH="$arch" CC="ccache gcc" -j"$JOBS" "$@" ||
	die "the $name kernel does not build" "see $work/log/build-$name.log"
