#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# bisect.sh: every prefix of the series builds (x86_64 allmodconfig, each object
# of tests/objects, -Werror); the first, the middle and the last boot under UML
# and pass the KUnit suites they have. TAP, a line each.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

work=$(work_dir)
tree=$work/bisect-tree
build=$work/build/bisect
log=$work/log/bisect
export PYTHONDONTWRITEBYTECODE=1

# shellcheck source=scripts/allmod.sh
. "$TOP/scripts/allmod.sh"

# The objects whose source this prefix has.
objects() {
	allmod_objects | while read -r object; do
		[ ! -e "$tree/${object%.o}.c" ] || echo "$object"
	done
}

compile() {
	local list
	mapfile -t list < <(objects)
	allmod_configure && kmake --keep-going "${list[@]}" && echo "objects: ${#list[@]}"
}

# The lines of the fragment whose symbols this prefix has, and KUnit's example.
kunit_config() {
	local line name
	while read -r line; do
		name=${line#CONFIG_} name=${name%%=*}
		! git -C "$tree" grep -qE "^(menu)?config $name\$" -- '*Kconfig*' || echo "$line"
	done < <(grep ^CONFIG_ "$TOP/configs/kunit.config")
	# Not KUNIT_TEST, which makes the kernel complain on purpose.
	echo CONFIG_KUNIT_EXAMPLE_TEST=y
}

# quiet LOG: the kernel warned of nothing since the tests began
quiet() {
	! awk '/KTAP version 1/ { on = 1 } on' "$1" | grep -aE 'WARNING:|BUG:|Oops|Call Trace:|Kernel panic'
}

boot() {
	local out=$work/build/bisect-um
	mkdir -p "$out"
	kunit_config >"$out/fragment"
	cd "$tree" || return
	./tools/testing/kunit/kunit.py run --kunitconfig "$out/fragment" \
		--build_dir "$out" --jobs "$JOBS" --timeout 300 --make_options CC="ccache gcc" &&
		quiet "$out/test.log"
}

n=0
bad=0
# judge NAME LOG COMMAND...
judge() {
	local name=$1
	n=$((n + 1))
	if step "$name" "$2" "${@:3}"; then
		echo "ok $n - bisect: $name, $(grep -aE '^objects: |Testing complete' "$2" | tail -n 1 | sed 's/.*objects: /objects /; s/.*complete. //')"
	else
		bad=1
		echo "not ok $n - bisect: $name, see $2"
	fi
}

mkdir -p "$build" "$log"
need_space "$work" 5000
mapfile -t commits < <(git -C "$work/tree" rev-list --reverse base..HEAD)
total=${#commits[@]}
for i in "${!commits[@]}"; do
	number=$((i + 1))
	"$TOP/scripts/worktree.sh" bisect "${commits[i]}" >/dev/null
	subject=$(git -C "$tree" log -1 --format=%s)
	judge "$number of $total builds: $subject" "$log/$number.build" compile
	case $number in
	1|$(((total + 1) / 2))|"$total")
		judge "$number of $total boots: $subject" "$log/$number.boot" boot ;;
	esac
done
echo "1..$n"
[ "$bad" -eq 0 ]
