#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# hostile.sh: the stress on a kernel with the checkers of HOSTILE, as a test layer. Under
# UML, where they cost a part of what they do on an emulated machine; the soak has these, too.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

export STRESS_ON=uml DEBUG=${HOSTILE:-kasan kmemleak lockdep poison ubsan}
exec "$TOP/scripts/stress.sh"
