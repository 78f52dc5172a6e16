# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # the two are set by who sources this
# x86_64 allmodconfig with -Werror, of $tree in $build, by $compiler or gcc. Sourced
# after lib.sh.

kmake() { make -C "$tree" O="$build" ARCH=x86_64 CC="ccache ${compiler:-gcc}" -s -j"$JOBS" "$@"; }

allmod_configure() {
	KCONFIG_ALLCONFIG=$TOP/configs/objects.config kmake allmodconfig &&
		kmake prepare modules_prepare
}

# The objects of tests/objects that this base has.
allmod_objects() {
	sed -e 's/#.*//' "$TOP/tests/objects" |
		awk -v base="$BASE" 'NF == 1 || $2 == base { print $1 }'
}
