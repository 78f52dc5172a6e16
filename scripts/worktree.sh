#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# worktree.sh NAME COMMIT: a work tree of its own, NAME-tree, with COMMIT checked
# out and nothing else: what an interrupted run changed there is undone. Prints
# its path. Files that do not differ keep their time.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

work=$(work_dir)
git=$work/tree/.git
tree=$work/$1-tree
commit=$(git -C "$work/tree" rev-parse --verify "$2^{commit}")

git -C "$work/tree" worktree prune
rm -f "$git/worktrees/$1-tree/index.lock"
# After a new import it belongs to a git directory that is gone.
if [ ! -e "$git/worktrees/$1-tree" ]; then
	rm -rf "$tree"
	git -C "$work/tree" worktree add -q --detach --no-checkout "$tree" "$commit"
fi
git -C "$tree" checkout -q --detach --force "$commit"
printf '%s\n' "$tree"
