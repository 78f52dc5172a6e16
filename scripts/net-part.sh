#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# net-part.sh OPTION...: what git diff says, with these options, of the steps that are
# for the net tree: from the last step of the mm part to the end.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

tree=$(work_dir)/tree
first=$(part_commits mm "$tree" | tail -n 1) || :
[ -n "$first" ] || die "$tree has no step of the mm part" "run: make tree"
git -C "$tree" diff "$first" HEAD "$@"
