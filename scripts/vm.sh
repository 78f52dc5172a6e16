#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# vm.sh: the guest as a test layer. Its own TAP, numbered on, then the verdict.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

run=$("$TOP/scripts/guest.sh")
"$TOP/scripts/guest-tap.sh" "$run" "$TOP/scripts/verdict.sh" guest
