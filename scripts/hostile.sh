#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# hostile.sh: the stress on a kernel with the checkers of HOSTILE, as a test layer. The soak
# has that kernel and others.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

export DEBUG=${HOSTILE:-kasan lockdep poison}
exec "$TOP/scripts/stress.sh"
