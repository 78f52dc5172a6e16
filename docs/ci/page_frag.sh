#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# page_frag.sh LINUX RESULTS [LAYER...]: run the suite against the kernel tree LINUX, which
# is copied and not changed, and keep in RESULTS the report of each layer (TAP) with the
# log, configuration and command line of each guest. These layers, as in scripts/test.sh, or
# those of make test but mutate and plant, which judge the tests and not the tree. Ends with
# 0 if nothing failed.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
if [ $# -lt 2 ]; then
	sed -n '3,7s/^# //p' "$0" >&2
	exit 1
fi
if [ ! -r "$1/Makefile" ]; then
	echo "error: $1 is no kernel tree" >&2
	exit 1
fi
KERNEL_SRC=$(cd "$1" && pwd)
mkdir -p "$2"
KEPT=$(cd "$2" && pwd)
shift 2
[ $# -gt 0 ] || set -- unit check matrix kunit vm stress hostile
BASE=$(awk -F' *= *' '/^(VERSION|PATCHLEVEL) =/ { v = v s $2; s = "." } END { print v }' "$KERNEL_SRC/Makefile")
export BASE KERNEL_SRC KEPT
exec "$top/scripts/test.sh" "$@"
