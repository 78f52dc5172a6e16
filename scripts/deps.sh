#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# deps.sh VERB...: install what the verbs need, or say what is missing.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# missing VERB...: "package<TAB>why" for each probe that finds nothing
missing() {
	local verbs probe package why verb
	while IFS=$'\t' read -r verbs probe package why; do
		case $verbs in ''|'#'*) continue ;; esac
		for verb in all "$@"; do
			[[ ,$verbs, == *,$verb,* ]] || continue
			present "$probe" || printf '%s\t%s\n' "$package" "$why"
		done
	done <"$TOP/scripts/packages"
}

present() {
	case $1 in
	/usr/include/openssl/opensslconf.h) [ -e "$1" ] || compgen -G '/usr/include/*/openssl/opensslconf.h' >/dev/null ;;
	/*) [ -e "$1" ] ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

list=$(missing "$@" | sort -u)
[ -n "$list" ] || exit 0
mapfile -t packages < <(cut -f1 <<<"$list")

say "missing packages:"
while IFS=$'\t' read -r package why; do say "  $package: $why"; done <<<"$list"
if [ "$(id -u)" -ne 0 ]; then
	die "only root can install packages" \
	    "run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}"
fi

# The package lists of a new machine may be empty or old. One source that cannot be
# reached need not be the one that has the packages.
log=$CACHE/log/apt.log
why=
step "apt-get update" "${log%.log}-update.log" apt-get -q --error-on=any update ||
	why="; the package lists could not be fetched: no network?"
step "installing ${packages[*]}" "$log" \
	env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}" ||
	die "apt-get could not install ${packages[*]}$why" "see $log"
[ -z "$(missing "$@")" ] || die "still missing after the installation: $(missing "$@")" "see $log"
