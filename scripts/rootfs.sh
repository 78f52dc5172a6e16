#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# rootfs.sh: a directory with the user space of the suites, made of the packages of
# this machine's Debian, so that programs compiled here run there. Prints its path;
# beside it, in rootfs.versions, which versions it has.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

root=$CACHE/rootfs
new=$CACHE/rootfs.partial
log=$CACHE/log/rootfs.log
mapfile -t packages < <(grep -v '^#' "$TOP/scripts/rootfs-packages")
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)

# The mirror the machine uses already, as in fetch.sh.
site() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' |
		awk -F'|' '$1 == "Debian" && $2 == "Debian" && !n++ { print $3 }'
}

unpack() {
	mmdebstrap --variant=essential --include="$(IFS=,; echo "${packages[*]}")" "$release" "$new" "$(site)" &&
		mkdir -p "$new/lib/modules" &&
		dpkg-query --admindir="$new/var/lib/dpkg" -W >"$CACHE/rootfs.versions"
}

mkdir -p "$CACHE/log"
exec 8>>"$CACHE/log/rootfs.lock"
flock 8
id="$release ${packages[*]}"
if [ "$(cat "$root/.made-of" 2>/dev/null)" != "$id" ]; then
	need_space "$CACHE" 500
	rm -rf "$new" "$root"
	step "packing the user space of the suites" "$log" unpack ||
		die "the user space of the suites cannot be made: no network?" "see $log"
	printf '%s\n' "$id" >"$new/.made-of"
	mv "$new" "$root"
fi
install -m 755 "$TOP/tests/guest/suite-init" "$root/sbin/suite-init"
printf '%s\n' "$root"
