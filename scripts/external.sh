#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# external.sh TREE BUILD [DIR OBJECT...]: prepare BUILD for modules that are not of
# TREE, and compile OBJECTs of DIR, which has the sources and may have no Makefile.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

tree=$1 build=$2 dir=${3:-}
mkdir -p "$build"
"$TOP/scripts/config.sh" "$tree" "$build" x86_64 "$TOP/configs/fastpath.config"
make -s -C "$tree" O="$build" CC="ccache gcc" -j"$JOBS" prepare modules_prepare
[ -n "$dir" ] || exit 0
shift 3
[ -e "$dir/Makefile" ] || echo "obj-m := $*" >"$dir/Makefile"
make -s -C "$build" M="$dir" CC="ccache gcc" "$@"
