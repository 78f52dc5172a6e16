#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# base.sh: a worktree with the unpatched base, for what compares with it. Prints
# its path. Made once.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

work=$(work_dir)
base=$work/base-tree
git -C "$work/tree" worktree prune
# After a new import it belongs to a tree that is gone.
if ! git -C "$base" checkout -q --detach base 2>/dev/null; then
	rm -rf "$base"
	git -C "$work/tree" worktree prune
	git -C "$work/tree" worktree add -q --detach "$base" base
fi
printf '%s\n' "$base"
