#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# import.sh: a git tree with the unpatched base as the tag 'base', in the work
# directory. The user's own tree (KERNEL_SRC) is copied, never written to.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

work=$(work_dir)
tree=$work/tree
log=$work/log
new=$work/tree.partial

unpack_package() {
	dpkg-deb --fsys-tarfile "$1" | tar -xO "./$member" | tar -xJ -C "$new" --strip-components=1
}

# No error ends a function that runs under '||', as the steps here do: each command
# is tied to the next.

# The files a checkout has, or all files of a tree that is none.
copy_tree() {
	if git -C "$KERNEL_SRC" rev-parse --show-toplevel 2>/dev/null | grep -qFx "$(readlink -f "$KERNEL_SRC")"; then
		git -C "$KERNEL_SRC" ls-files -z |
			tar -C "$KERNEL_SRC" --null --ignore-failed-read -T - -cf - | tar -x -C "$new"
	else
		tar -C "$KERNEL_SRC" --exclude=./.git -cf - . | tar -x -C "$new" &&
			make -C "$new" -s mrproper
	fi
}

# Debian's .gitignore ignores the whole tree: add by force.
commit_base() {
	cd "$new" &&
		git init -q -b kernel . &&
		git config gc.auto 0 &&
		git config user.name page_frag &&
		git config user.email page_frag@localhost &&
		git add -A -f &&
		GIT_AUTHOR_DATE=$EPOCH GIT_COMMITTER_DATE=$EPOCH git commit -qm "base: $1" &&
		git tag base
}

# not_unpacked DEB: a broken package is dropped; one that is whole is not to blame
not_unpacked() {
	if dpkg-deb --fsys-tarfile "$1" >/dev/null 2>&1; then
		die "$1 cannot be unpacked, and the package is whole" "see $log/import.log; is there room in $work?"
	fi
	rm -f "$1"
	die "$1 cannot be unpacked; it was removed" "run again: it is fetched anew"
}

# source_id: what the imported tree was made from
source_id() {
	if [ -n "$KERNEL_SRC" ]; then
		(cd "$KERNEL_SRC" && find . -path ./.git -prune -o -type f -printf '%P %s %T@\n') |
			sort | sha256sum | cut -d' ' -f1
	else
		basename "$1" .deb
	fi
}

check_version() {
	local have
	[ -r "$KERNEL_SRC/mm/Makefile" ] ||
		die "$KERNEL_SRC is not a kernel source tree" "KERNEL_SRC=/path/to/linux"
	# A release candidate is another version; what a distribution adds is none.
	have=$(awk -F' *= *' '/^VERSION|^PATCHLEVEL/ { v = v $2 "." } /^EXTRAVERSION/ && $2 ~ /^-rc/ { rc = $2 }
		END { sub(/\.$/, "", v); print v rc }' "$KERNEL_SRC/Makefile")
	[ "$have" = "$version" ] ||
		die "$KERNEL_SRC is Linux $have, the series asked for is for $version" \
		    "give a $version tree, or BASE= one of: $(cd "$TOP/kernels" && echo *)"
}

deb=
if [ -n "$KERNEL_SRC" ]; then
	check_version
else
	deb=$("$TOP/scripts/fetch.sh") || exit
fi
id=$(source_id "$deb")
if [ "$(cat "$work/source" 2>/dev/null)" = "$id" ] && git -C "$tree" rev-parse -q --verify base >/dev/null 2>&1; then
	exit 0
fi

need_space "$work" 5000
rm -rf "$new" "$tree" "$work/source"
mkdir -p "$new"
if [ -n "$KERNEL_SRC" ]; then
	step "copying $KERNEL_SRC" "$log/import.log" copy_tree ||
		die "$KERNEL_SRC cannot be copied" "see $log/import.log"
else
	step "unpacking $id" "$log/import.log" unpack_package "$deb" ||
		not_unpacked "$deb"
fi
step "recording the base in git" "$log/commit.log" commit_base "$id" ||
	die "the base cannot be committed" "see $log/commit.log"
mv "$new" "$tree"
printf '%s\n' "$id" >"$work/source"
