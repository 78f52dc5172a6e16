#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# clean.sh build|all: remove what was built for this base, or all that the project
# made in the cache: that and nothing else, and nothing while a run uses it.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# is_work NAME: the work directory of a base, known or dropped, or of a user's tree
is_work() { [[ -e $TOP/kernels/$1 || $1 =~ ^([0-9]+\.[0-9]+|src-[0-9a-f]{12})$ ]]; }

is_shared() { [[ $1 =~ ^(apt|ccache|deb|log|rootfs|rootfs\.(partial|versions))$ ]]; }

# The locks are held until the script ends.
clean_all() {
	local path name fd ours=() kept=()
	for path in "$CACHE"/*; do
		name=${path##*/}
		if [ -d "$path" ] && is_work "$name"; then
			exec {fd}>>"$path/lock"
			take_lock "$path" "$fd"
			ours+=("$path")
		elif is_shared "$name"; then
			ours+=("$path")
		else
			kept+=("$name")
		fi
	done
	rm -rf "${ours[@]}"
	[ ${#kept[@]} -eq 0 ] || say "kept: ${kept[*]}, in $CACHE: not made by the project"
	rmdir --ignore-fail-on-non-empty "$CACHE"
}

shopt -s nullglob
case ${1:-} in
build) lock_work; rm -rf "$(work_dir)/build" ;;
all) [ ! -d "$CACHE" ] || clean_all ;;
*) die "clean.sh: '${1:-}' is neither build nor all" "make clean, or make distclean" ;;
esac
