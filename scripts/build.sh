#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# build.sh NAME TARGET...: make TARGETs of the patched tree in build/NAME of the
# work directory, whose .config is there already. ARCH as in the environment.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

work=$(work_dir)
name=$1
shift
need_space "$work" 1500
step "building $name: $*" "$work/log/build-$name.log" \
	make -C "$work/tree" O="$work/build/$name" CC="ccache gcc" -j"$JOBS" "$@" ||
	die "the $name kernel does not build" "see $work/log/build-$name.log"
