#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# objects.sh: compile every object of tests/objects with x86_64 allmodconfig and
# -Werror; hardware that nobody here has is at least compiled. Then again for what W=1
# and sparse, W=1 of clang, and coccicheck say of lines that the series adds. TAP, a line
# each.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

work=$(work_dir)
tree=${CHECK_TREE:-$work/tree}
build=$work/build${CHECK_TREE:+-gates}/objects
log=$work/log/objects

# shellcheck source=scripts/allmod.sh
. "$TOP/scripts/allmod.sh"
# shellcheck source=scripts/added.sh
. "$TOP/scripts/added.sh"

# about_the_series PATTERN LOG: a compiler also warns of a line that stays, when the one
# that used it goes
about_the_series() {
	of_the_series "$1" <"$2" && of_the_series '\[-W[^]]*\]$' -W <"$2"
}

# says_nothing WHAT NAME PATTERN COMMAND...: in its log there is no line with PATTERN
# about a line of the series
says_nothing() {
	local what=$1 said=$log/$2 pattern=$3
	n=$((n + 1))
	rm -f "$said".*
	if step "$what" "$said.log" "${@:4}" && ! grep "is not available" "$said.log" &&
		about_the_series "$pattern" "$said.log" | sort -u >"$said.added" && [ ! -s "$said.added" ]; then
		echo "ok $n - $what: nothing to say about what the series adds"
	else
		bad=$((bad + 1))
		echo "not ok $n - $what, see $said.log"
		[ ! -e "$said.added" ] || sed 's/^/# /' "$said.added"
	fi
}

# with_clang: the same objects, in a build of their own
with_clang() {
	local build=$build-clang compiler=clang-19
	mkdir -p "$build"
	allmod_configure && (cd "$build" && rm -f "${objects[@]}") &&
		kmake --keep-going W=1 CONFIG_WERROR= "${objects[@]}"
}

# unread: the files of which sparse kept its warnings back, because of an error
unread() { from_top <"$log/w1.log" | sed -nE 's,^([^ :]+):[0-9]+:[0-9]+: error: .*,\1,p' | sort -u; }

# read_all: those are the ones known, whose error is the base's
read_all() {
	n=$((n + 1))
	if diff <(sed '/^#/d; s/\t.*//' "$TOP/tests/sparse-errors") <(unread) >"$log/unread"; then
		echo "ok $n - sparse: every file is read, but those of tests/sparse-errors"
	else
		bad=$((bad + 1))
		echo "not ok $n - sparse: every file is read, but those of tests/sparse-errors"
		sed -n 's/^</# no error any more:/p; s/^>/# an error, and no warning after it:/p' "$log/unread"
	fi
}

# touched_rules: in a step, whose $log is the file of its own
touched_rules() {
	local files rules_said=$work/log/objects/spatch.err
	mapfile -t files < <(touched)
	[ ${#files[@]} -eq 0 ] || run_rules "${files[@]}"
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
says_nothing "W=1 and sparse" w1 '([Ww]arning|error):' kmake --keep-going W=1 C=2 CHECK="$SPARSE" CONFIG_WERROR= "${objects[@]}"
read_all
says_nothing "W=1, clang-19" clang '[Ww]arning:' with_clang
says_nothing coccicheck cocci '^[^ ]+:[0-9]+' touched_rules
echo "1..$n"
[ "$bad" -eq 0 ]
