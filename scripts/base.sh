#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# base.sh: a worktree with the unpatched base, for what compares with it. Prints
# its path. Made once.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

work=$(work_dir)
git -C "$work/tree" worktree prune
[ -e "$work/base-tree/Makefile" ] ||
	git -C "$work/tree" worktree add -q --force --detach "$work/base-tree" base
git -C "$work/base-tree" checkout -q --detach base
printf '%s\n' "$work/base-tree"
