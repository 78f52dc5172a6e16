#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# stress-plants.sh: the stress module with the faults of tests/stress-plants, one at a
# time, in a guest: does the runner tell each? TAP.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

export VM_MEMORY=512
run=$("$TOP/scripts/guest.sh" plants rdinit=/plants-init panic_on_warn=0)
"$TOP/scripts/guest-tap.sh" "$run" "$TOP/scripts/plants-verdict.sh" stress-plants
