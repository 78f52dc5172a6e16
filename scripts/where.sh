#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# where.sh: paths of this base, one a line, for people and scripts.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base

work=$(work_dir)
printf 'tree=%s\nbuild=%s\nlog=%s\n' "$work/tree" "$work/build" "$work/log"
