#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# mutate.sh: change the allocator, one thing at a time; do the tests notice? TAP.
# No tool for this is packaged for Debian 12, so the script is our own.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work
# shellcheck source=scripts/unit-lib.sh
. "$TOP/scripts/unit-lib.sh"

"$TOP/scripts/mutate.py" "$TOP" "$tree" "$work/build/mutate" "$JOBS"
