#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# unit-record.sh: what the calls cost now, with this compiler, is the record.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work
# shellcheck source=scripts/unit-lib.sh
. "$TOP/scripts/unit-lib.sh"

"$TOP/scripts/deps.sh" unit
"$TOP/scripts/tree.sh"
dump_counts
"$TOP/scripts/unit-count.py" --record "$TOP/tests/unit-counts" "$(compiler)" "$out/count/dumps"
say "recorded for $(compiler) in tests/unit-counts; git diff shows what changed"
