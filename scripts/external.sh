#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# external.sh TREE BUILD [DIR OBJECT...]: prepare BUILD for modules that are not of
# TREE, and compile OBJECTs of DIR, which has the sources and may have no Makefile.
# Prepared once for a tree, a configuration and a compiler.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

tree=$1 build=$2 dir=${3:-}
mkdir -p "$build"
config=$TOP/configs/fastpath.config
wanted="$(git -C "$tree" rev-parse 'HEAD^{tree}') $(sha256sum <"$config") $(gcc -dumpfullversion)"
if [ "$(cat "$build/prepared" 2>/dev/null)" != "$wanted" ]; then
	rm -f "$build/prepared"
	"$TOP/scripts/config.sh" "$tree" "$build" x86_64 "$config"
	make -s -C "$tree" O="$build" CC="ccache gcc" -j"$JOBS" prepare modules_prepare
	echo "$wanted" >"$build/prepared"
fi
[ -n "$dir" ] || exit 0
shift 3
[ -e "$dir/Makefile" ] || echo "obj-m := $*" >"$dir/Makefile"
make -s -C "$build" M="$dir" CC="ccache gcc" "$@"
