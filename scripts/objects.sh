#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# objects.sh: compile every object of tests/objects with x86_64 allmodconfig and
# -Werror; hardware that nobody here has is at least compiled. Then again for what
# W=1 and sparse say of lines that the series adds. TAP, a line each.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

work=$(work_dir)
tree=${CHECK_TREE:-$work/tree}
build=$work/build${CHECK_TREE:+-gates}/objects
log=$work/log/objects

# shellcheck source=scripts/allmod.sh
. "$TOP/scripts/allmod.sh"

# added: each line that the series adds, as FILE:NUMBER
added() {
	git -C "$tree" diff -U0 base..HEAD -- '*.[ch]' | awk '
		/^\+\+\+ b\// { file = substr($0, 7) }
		/^@@/ { split($3, range, /[+,]/); n = range[3] == "" ? 1 : range[3]
			for (i = 0; i < n; i++) print file ":" range[2] + i }'
}

# of_the_series LOG: its warnings that are about such a line
of_the_series() {
	{ grep -aE ':[0-9]+:[0-9]+: warning:' "$1" || :; } | sed -E "s,^.*$tree/,,; s,^(\.\./)*(${tree##*/}/)?,," |
		awk -F: 'NR == FNR { want[$1 ":" $2]; next } ($1 ":" $2) in want' <(added) - | sort -u
}

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
n=$((n + 1))
if step "W=1 and sparse" "$log/w1.log" kmake --keep-going W=1 C=2 CHECK="$SPARSE" CONFIG_WERROR= "${objects[@]}" &&
	! grep "is not available" "$log/w1.log" &&
	of_the_series "$log/w1.log" >"$log/w1.added" && [ ! -s "$log/w1.added" ]; then
	echo "ok $n - W=1 and sparse have nothing to say about what the series adds"
else
	bad=$((bad + 1))
	echo "not ok $n - W=1 and sparse, see $log/w1.log"
	sed 's/^/# /' "$log/w1.added"
fi
echo "1..$n"
[ "$bad" -eq 0 ]
