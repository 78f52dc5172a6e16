#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fetch.sh: the source package of $BASE, authenticated by apt, in the cache.
# Prints its path. The version that was tested is preferred. Ends with status
# EXIT_GONE if the archive was reached and has no such package.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base

debs=$CACHE/deb
own=$CACHE/apt/$BASE
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
apt_options=(-o "APT::Sandbox::User=$(id -un)" -o Acquire::AllowInsecureRepositories=false
	-o Acquire::AllowDowngradeToInsecureRepositories=false)

# debian_lists: those that were fetched, as origin|label|site; apt names no others
debian_lists() {
	# shellcheck disable=SC2016
	apt-get "${apt_options[@]}" indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' |
		grep '^Debian' || :
}

# The Debian mirror the machine uses already.
debian_site() {
	debian_lists | awk -F'|' '$1 == "Debian" && $2 == "Debian" && !n++ { print $3 }'
}

# A suite the machine does not use gets sources, lists and state of its own.
own_sources() {
	local site

	[ -e "$keyring" ] || die "no $keyring to authenticate the archive with" \
		"run: sudo apt-get install debian-archive-keyring"
	site=$(debian_site)
	if [ -z "$site" ] && [ "$(id -u)" -eq 0 ]; then
		apt-get -q --error-on=any update >&2 || :
		site=$(debian_site)
	fi
	[ -n "$site" ] || die "no Debian archive among the package lists of this machine" \
		"run: sudo apt-get update"
	mkdir -p "$own"/{lists/partial,state,cache/archives/partial}
	cat >"$own/page_frag.sources" <<-EOF
	Types: deb
	URIs: $site
	Suites: $suite
	Components: main
	Signed-By: $keyring
	EOF
	apt_options+=(-o "Dir::Etc::sourcelist=$own/page_frag.sources"
		-o Dir::Etc::sourceparts=/dev/null -o "Dir::State=$own/state"
		-o "Dir::State::lists=$own/lists" -o "Dir::Cache=$own/cache"
		-o Dir::State::status=/dev/null)
}

versions() {
	apt-cache "${apt_options[@]}" madison "$package" 2>/dev/null |
		awk -F' *[|] *' '{ print $2 }'
}

# refresh: the lists may be missing or older than the archive. Fails unless all were
# fetched; without being asked, apt calls a mirror that does not answer a warning.
refresh() {
	if [ -z "$suite" ] && [ "$(id -u)" -ne 0 ]; then
		die "the package lists of this machine do not offer a $package that can be had" \
		    "run: sudo apt-get update"
	fi
	apt-get "${apt_options[@]}" -q --error-on=any update >&2 && [ -n "$(debian_lists)" ]
}

# choose: the tested version, else the newest, else nothing
choose() {
	versions | grep -Fx "$tested" || versions | head -n 1
}

download() {
	local tmp
	tmp=$(mktemp -d "$debs/.partial.$BASE.XXXXXX")

	if (cd "$tmp" && apt-get "${apt_options[@]}" -q download "$package=$1" >&2); then
		mv "$tmp"/*.deb "$debs/${package}_$1.deb"
	fi
	rm -rf "$tmp"
	[ -e "$debs/${package}_$1.deb" ]
}

no_lists() {
	die "the package lists cannot be fetched: no network?" "run again with the network up"
}

# Only who has read the archive's lists can say so.
gone() {
	say "error: the archive no longer has $package"
	say "       use another base (make help), or a tree of your own: KERNEL_SRC=/path"
	exit "$EXIT_GONE"
}

mkdir -p "$debs"
cached=$(find "$debs" -maxdepth 1 -name "${package}_*.deb" | sort -V | tail -n 1)
[ ! -e "$debs/${package}_$tested.deb" ] || cached=$debs/${package}_$tested.deb
if [ -n "$cached" ]; then
	printf '%s\n' "$cached"
	exit 0
fi

need_space "$debs" 400
rm -rf "$debs/.partial.$BASE".*
[ -z "$suite" ] || own_sources
version=$(choose)
if [ -z "$version" ] || ! download "$version"; then
	missing=gone
	refresh || missing=no_lists
	version=$(choose)
	[ -n "$version" ] || "$missing"
	download "$version" || die "$package $version cannot be downloaded: no network?" \
		"run again with the network up"
fi
[ "$version" = "$tested" ] ||
	say "  note: $package $version; the series was tested with $tested, which has left the archive"
printf '%s\n' "$debs/${package}_$version.deb"
