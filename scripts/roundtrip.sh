#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# roundtrip.sh MAILS: git am of MAILS/mm and then MAILS/net on the base, in a
# sparse worktree aside. Every commit must have the tree and the message of the
# one that was tested.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

work=$(work_dir)
tree=$work/tree
mails=$(readlink -f "${1:-$work/mails}")
aside=$work/roundtrip

drop_aside() {
	rm -rf "$aside"
	git -C "$tree" worktree prune
}

git_aside() { git -C "$aside" -c core.hooksPath=/dev/null -c commit.gpgSign=false "$@"; }

# history REVISION: the tree and the message of each commit on the base
history() { git -C "$tree" log --reverse --format='tree %T%n%B' "base..$1"; }

same() {
	diff <(history HEAD) <(history "$1") && return
	say "error: the mails in $mails give another tree or message than what was tested (> is theirs)"
	return 1
}

mapfile -t files < <(find "$mails/mm" "$mails/net" -name '*.patch' ! -name '0000-*' 2>/dev/null | sort)
[ ${#files[@]} -gt 0 ] || die "no mails in $mails" "run: make series BASE=$BASE"
drop_aside
trap drop_aside EXIT
git -C "$tree" worktree add -q --no-checkout --detach "$aside" base
git_aside sparse-checkout set --no-cone /Makefile
for mail in "${files[@]}"; do
	git_aside apply --numstat "$mail" | awk -F'\t' '{ print "/" $3 }'
done | sort -u | git_aside sparse-checkout add --stdin
git_aside checkout -q
git_aside am -q --no-3way --whitespace=error-all "${files[@]}" ||
	die "git am refuses a mail of $mails" "run: make series BASE=$BASE"
same "$(git_aside rev-parse HEAD)"
say "  ok ${#files[@]} mails give the tree that was tested"
