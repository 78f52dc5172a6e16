#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# config.sh TREE BUILD ARCH FRAGMENT...: the fragments and nothing else, in
# BUILD/.config. Every line of a fragment must survive; each that does not is
# named. An unchanged configuration is left alone, so that make builds nothing.
# allnoconfig, since tinyconfig with the fragments added later would take the
# defaults of all that they make visible: three times as much to build.
set -euo pipefail

die() {
	printf 'error: %s\n' "$1" >&2
	[ $# -lt 2 ] || printf '       %s\n' "$2" >&2
	exit 1
}

[ $# -ge 4 ] || die "usage: config.sh TREE BUILD ARCH FRAGMENT..."
tree=$1 build=$2 arch=$3
shift 3
[ -r "$tree/Kbuild" ] || die "$tree is no kernel tree" "run: make tree"
for fragment; do
	[ -r "$fragment" ] || die "no configuration fragment $fragment"
done

# settings FRAGMENT...: the lines that say something, the last of a symbol wins
settings() {
	grep -hE '^(CONFIG_|# CONFIG_.* is not set$)' "$@" |
		tac | awk '{ sub(/^# /, ""); name = $1; sub(/=.*/, "", name) }
			   !seen[name]++ { print $0 }' |
		tac | sed 's/^\(CONFIG_[A-Za-z0-9_]*\) is not set$/# & /; s/ $//'
}

# lost FRAGMENT...: settings that the final configuration does not have
lost() {
	local line name
	while read -r line; do
		grep -qxF -e "$line" "$new/.config" && continue
		name=${line#\# } name=${name%%[= ]*}
		# A symbol that cannot be chosen at all is not set either.
		[[ $line == '# '* ]] &&
			! grep -q "^$name=" "$new/.config" && continue
		printf '  %s (now: %s)\n' "$line" \
			"$(grep -wE "$name" "$new/.config" || echo 'not there')"
	done < <(settings "$@")
}

# A directory of its own keeps .config whole, and kconfig is compiled once.
new=$build/kconfig
mkdir -p "$new"

run_make() {
	make -s -C "$tree" O="$new" ARCH="$arch" ${CC:+CC="$CC"} "$@" \
		>"$new/log" 2>&1 && return
	cat "$new/log" >&2
	die "make $* failed in $tree"
}

settings "$tree/kernel/configs/tiny-base.config" "$@" >"$new/wanted"
KCONFIG_ALLCONFIG=$new/wanted run_make allnoconfig
bad=$(lost "$@")
[ -z "$bad" ] || die "the configuration of $tree lost lines of $*:
$bad" "a dependency is missing in the fragment, or the base renamed the symbol"
cmp -s "$new/.config" "$build/.config" || mv "$new/.config" "$build/.config"
