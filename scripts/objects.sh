#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# objects.sh: compile every object of tests/objects with x86_64 allmodconfig and
# -Werror; hardware that nobody here has is at least compiled. TAP, a line each.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

work=$(work_dir)
tree=$work/tree
build=$work/build/objects
log=$work/log/objects

# shellcheck source=scripts/allmod.sh
. "$TOP/scripts/allmod.sh"

mkdir -p "$build" "$log"
need_space "$work" 3000
[ -e "$build/include/generated/utsrelease.h" ] && [ "$build/.config" -nt "$TOP/configs/objects.config" ] ||
	step "allmodconfig" "$log/config.log" allmod_configure ||
	die "allmodconfig cannot be prepared" "see $log/config.log"

mapfile -t objects < <(allmod_objects)
step "compiling ${#objects[@]} objects" "$log/make.log" kmake --keep-going "${objects[@]}" || :
n=0
bad=0
for object in "${objects[@]}"; do
	n=$((n + 1))
	if kmake "$object" >"$log/${object//\//_}.log" 2>&1 && [ -e "$build/$object" ] &&
		! grep -q "${object%.o}\.[ch]:[0-9].*warning" "$log/make.log"; then
		echo "ok $n - object $object"
	else
		bad=$((bad + 1))
		echo "not ok $n - object $object"
		tail -n 5 "$log/${object//\//_}.log" | sed 's/^/# /'
	fi
done
echo "1..$n"
[ "$bad" -eq 0 ]
